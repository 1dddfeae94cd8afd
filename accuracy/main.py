#!/usr/bin/env python3
"""The tests behind scripts/accuracy: headroom on core 0, `headroom serve` with its log of arrivals on core 1."""

import argparse
import os
import sys

from parts import accounting, beginning, disturbed, latency, peers, pure, report, validity
from parts.lab import Lab, LabError

TESTS = {
    "T1": latency.stall,
    "T3": latency.fidelity,
    "T4": latency.poisson,
    "T8": disturbed.stopped,
    "T9": latency.observer,
    "T10": accounting.exact,
    "T11": accounting.littles_law,
    "T12": accounting.lost,
    "T13": accounting.censored,
    "T14": latency.queue,
    "beginning": beginning.beginning,
    "search": beginning.searches,
    "pure": pure.all_of_them,
    "peers": peers.stall,
}
ALONE = {"T17": lambda lab: pure.one("T17"), "T19": lambda lab: pure.one("T19")}


def main():
    options = parse()
    if os.cpu_count() < 2:
        sys.exit("accuracy: two cores are needed, one for headroom and one for the server")
    lab = Lab(os.environ.get("HEADROOM_BINARY", ""), options.work, options.quick, options.shield, options.only)
    if options.what == "validity":
        validity.calibrate(lab, options)
        return
    names = list(TESTS) if options.what == "all" else [options.what]
    store = report.Store(options.output, lab)
    failed = False
    for name in names:
        report.say(f"{name}{' (quick)' if options.quick else ''}")
        for rows in parts(name, lab):
            store.add(rows)
            store.write()
            failed |= any(row.held is False for row in rows)
    sys.exit(1 if failed else 0)


def parts(name, lab):
    """The rows of a test: all as a list, or one after the other if the test takes long."""
    try:
        rows = {**TESTS, **ALONE}[name](lab)
        if isinstance(rows, list):
            yield rows
        else:
            yield from rows
    except LabError as error:
        yield [report.Row(name, "the test itself", "runs", str(error), "", None)]


def parse():
    parser = argparse.ArgumentParser(prog="scripts/accuracy", description=__doc__)
    parser.add_argument(
        "what", nargs="?", default="all", choices=[*TESTS, *ALONE, "all", "validity"]
    )
    parser.add_argument("--quick", action="store_true", help="shorter runs where that is possible")
    parser.add_argument("--runs", type=int, default=300, help="validity: how many")
    parser.add_argument("--seconds", type=float, default=3, help="validity: the hold of each")
    parser.add_argument("--seed", type=int, default=1, help="validity: of everything that is drawn")
    parser.add_argument(
        "--shield", action="store_true", help="headroom as a real-time process, on a machine that is not quiet"
    )
    parser.add_argument("--table", action="store_true", help="validity: the table of the stored runs again")
    parser.add_argument("--only", help="validity: only runs with this disturbance; beginning, search: only these, such as '500/s 10 s,100/s 43.2 s'")
    parser.add_argument("--output", help="folder for the tables (results/)")
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    options.output = options.output or os.path.join(root, "results")
    os.makedirs(options.output, exist_ok=True)
    return options


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"accuracy: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
