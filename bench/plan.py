"""Times the simulation of `headroom plan`, holds it against its limits, and stores the result: scripts/bench plan."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

from parts.machine import machine

SCHEMA = "headroom.bench-plan/1"
ROUNDS = 5
POLICIES = "[simple, step, target_tracking, scheduled, predictive, combined]"
# What is simulated: its days, and the seconds of one core that it may take.
ROWS = (("a day", 1, 1.0), ("a year", 365, 10.0))
REGIONS = 10


def fleet(days):
    """A fleet file: ten regions around the world, a sine in each, and all policies beside static peak and foresight."""
    regions = "\n".join(
        f"  - {{name: r{index}, weight: {100 // REGIONS}%, hours: {2 * index - 10}, geography: europe}}"
        for index in range(REGIONS)
    )
    return (
        "version: 1\nusers: {daily: 500M, peak: 5%}\nsession: {requests: 10, size: 50KB}\n"
        f"instance: {{type: m5.2xlarge, users: 2000}}\nregions:\n{regions}\n"
        f"traffic: {{shape: sine}}\nscaling: {{days: {days}, policies: {POLICIES}}}\n"
    )


def run(binary, path):
    """The CPU seconds of a plan, from its start to its end, with reading and printing. It has one thread."""

    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    subprocess.run([binary, "plan", path], stdout=subprocess.DEVNULL, check=True)
    return used() - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, days, limit in ROWS:
            path = f"{folder}/fleet.yaml"
            with open(path, "w") as file:
                file.write(fleet(days))
            samples = [run(options.binary, path) for _ in range(options.rounds)]
            rows.append({"what": name, "days": days, "limit_seconds": limit, "seconds": samples})
    facts = machine(root)
    lines = [
        "# Plans: how long a simulation takes",
        "",
        f"`scripts/bench plan`, {facts['cpu']}, {facts['cores']} cores, {facts['kernel']}, commit {facts['commit']}. "
        f"CPU time of `headroom plan`, which has one thread, medians of {options.rounds} runs: {REGIONS} regions in "
        "steps of 30 s, all policies. Every sample is in bench-plan.json.",
        "",
        "| simulated | time | limit |",
        "|---|---|---|",
    ]
    late = []
    for row in rows:
        middle = statistics.median(row["seconds"])
        lines.append(f"| {row['what']} | {middle:.2f} s | {row['limit_seconds']:.0f} s |")
        if middle > row["limit_seconds"]:
            late.append(f"{row['what']} takes {middle:.2f} s; at most {row['limit_seconds']:.0f} s is the aim")
    text = "\n".join(lines) + "\n"
    with open(f"{root}/results/bench-plan.md", "w") as file:
        file.write(text)
    with open(f"{root}/results/bench-plan.json", "w") as file:
        json.dump({"schema": SCHEMA, "machine": facts, "rows": rows}, file, indent=2)
        file.write("\n")
    print(text, end="")
    if late:
        sys.exit("bench: " + "; ".join(late))


main()
