#!/usr/bin/env python3
"""The bench behind scripts/bench: rounds interleaved, one nginx on core 0, one client on core 1."""

import argparse
import os
import random
import resource
import subprocess
import sys

from parts import client, evenness, report, tools
from parts.nginx import Nginx, NginxError

SERVER_CORE, CLIENT_CORE = 0, 1
SIZES = (50_000, 100)
PACED_USERS = 10_000
PACED_SETTLE_SECONDS = 2
# A multiple of every rate's cycle, so that no tool with bunched users is measured between two bunches.
PACED_WINDOW_SECONDS = 20
HELD_RATE_SHARE = 0.95
# The busiest second may have this many times the mean. Above that, users ask together, which is another load.
EVEN_LIMIT = 1.25
MEMORY_EVERY_SECONDS = 5.0
# The server sees a connection before its handshake, of which a core does about a thousand per second.
TLS_SETTLE_SECONDS_PER_CONNECTION = 0.002
DESCRIPTORS_BESIDE_CONNECTIONS = 100
BEFORE_LIMIT = 1.03  # of an earlier headroom's CPU per response
PAIR = ("before", "headroom")  # compared round by round
ORDER_SEED = 1  # a run can be repeated in the same order


def main():
    options = parse()
    wanted = ["main", "paced", "memory", "tls", "h2"] if options.what == "all" else [options.what]
    binaries = {
        "headroom": os.environ.get("HEADROOM_BINARY", ""),
        "floor": os.path.join(options.work, "bench-floor"),
        "floor-tls": os.path.join(options.work, "bench-floor-tls"),
    }
    if os.cpu_count() < 2:
        sys.exit("bench: two cores are needed, one for the server and one for the client")
    # A client asks for descriptors within the hard limit; most peers take the soft one as it is.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        nginx = Nginx(options.work, SERVER_CORE, SIZES, tls="tls" in wanted)
    except NginxError as error:
        sys.exit(f"bench: {error}")
    try:
        for what in wanted:
            run = {
                "main": run_main,
                "paced": run_paced,
                "memory": run_memory,
                "tls": run_tls,
                "h2": run_http2,
            }[what]
            rows = run(options, binaries, nginx)
            store(what, options, binaries, rows)
    except NginxError as error:
        sys.exit(f"bench: {error}")
    finally:
        nginx.stop()


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "what", nargs="?", default="main", choices=["main", "paced", "memory", "tls", "h2", "all"]
    )
    parser.add_argument("--rounds", type=int, help="of each row (5; paced 3; memory and held over TLS 1)")
    parser.add_argument("--seconds", type=float, help="of each measurement (4; paced 20; memory 5)")
    parser.add_argument("--tools", help="comma-separated, instead of the usual ones")
    parser.add_argument(
        "--rows", help="main, tls: connections, h2: streams, paced: responses/s; comma-separated, instead of all"
    )
    parser.add_argument("--before", help="an earlier headroom, measured in the same rounds: at most 1.03 x its CPU")
    parser.add_argument("--output", help="folder for the table (results/)")
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.shown = "scripts/bench " + " ".join(
        [options.what]
        + [
            f"--{name} {getattr(options, name)}"
            for name in ("rounds", "tools", "rows", "seconds")
            if getattr(options, name) is not None
        ]
        + ["--before EARLIER"] * bool(options.before)
    )
    if options.before and not os.access(options.before, os.X_OK):
        parser.error(f"--before: {options.before} is no program")
    known = set(tools.MAIN + tools.PACED + tools.MEMORY + tools.TLS + tools.HTTP2 + tools.OPTIONAL)
    for tool in options.tools.split(",") if options.tools else []:
        if tool not in known:
            parser.error(f"--tools: there is no '{tool}'; there are {', '.join(sorted(known))}")
    if (options.rounds or 1) < 1 or (options.seconds or 1) <= 0:
        parser.error("--rounds and --seconds are above 0")
    return options


def chosen(options, usual):
    names = options.tools.split(",") if options.tools else usual
    return ["before", *names] if options.before else names


def command_of(name, options, command):
    """The command line of a tool; `before` is an earlier build of headroom."""
    if name != "before":
        return command(name)
    argv = command("headroom")
    return argv and [options.before, *argv[1:]]


def selected(options, rows, key):
    if not options.rows:
        return rows
    return [row for row in rows if str(row[key]) in options.rows.split(",")]


def run_rounds(names, options, rounds, row, nginx, command, measure):
    """Every tool once per round, in a random order, so that a drift of the machine affects all tools equally.
    Failures stay in the row."""
    if options.before and "limits" in row:
        row = {**row, "limits": {**row["limits"], "before": BEFORE_LIMIT}}
    results = {name: {"samples": [], "failure": None, "command": None} for name in names}
    draw = random.Random(ORDER_SEED)
    for number in range(rounds):
        for name in order(names, draw):
            result = results[name]
            if result["failure"]:
                continue  # a tool that failed to carry the load once is not run again
            argv = command_of(name, options, command)
            if argv is None:
                result["failure"] = tools.NO_SUCH_LOAD
                continue
            result["command"] = tools.shown(argv, nginx)
            print(
                f"bench: {row['title']}, round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True
            )
            try:
                result["samples"].append({**measure(argv), "round": number})
            except client.ClientError as error:
                result["failure"] = str(error)
                print(f"bench: {name}: {error}", file=sys.stderr)
            except OSError as error:
                result["failure"] = f"cannot be run: {error.strerror}"
    return {**row, "tools": results}


def order(names, draw):
    """A round's order: random, with an earlier headroom next to this one, either of them first."""
    rest = [name for name in names if name not in PAIR]
    draw.shuffle(rest)
    pair = [name for name in names if name in PAIR]
    draw.shuffle(pair)
    place = draw.randint(0, len(rest))
    return rest[:place] + pair + rest[place:]


def too_many(connections):
    """Why this machine cannot open so many connections, or nil."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < connections + DESCRIPTORS_BESIDE_CONNECTIONS:
        return f"the open-files limit is {hard}: raise it (ulimit -Hn)"
    return None


def run_main(options, binaries, nginx):
    rows = [
        {"size": 50_000, "connections": 64, "limits": {"floor": 1.2, "wrk": 0.6}},
        {"size": 50_000, "connections": 1_000, "limits": {"floor": 1.2, "wrk": 0.5}},
        {"size": 50_000, "connections": 15_000, "limits": {"floor": 1.2}},
        {"size": 100, "connections": 64, "limits": {"floor": 1.25, "wrk": 1.0}},
    ]
    done = []
    for row in selected(options, rows, "connections"):
        size, connections = row["size"], row["connections"]
        row["title"] = f"{report.bytes_text(size)} bodies, {connections:,} connections"
        reason = too_many(connections)
        if reason:
            done.append({**row, "tools": {}, "skipped": reason})
            continue
        done.append(
            run_rounds(
                chosen(options, tools.MAIN),
                options,
                options.rounds or 5,
                row,
                nginx,
                lambda name: tools.back_to_back(name, binaries, nginx, size, connections),
                lambda argv: client.measure(
                    nginx, argv, CLIENT_CORE, connections, 0.5 + connections / 10_000, options.seconds or 4
                ),
            )
        )
    return done


def run_paced(options, binaries, nginx):
    done = []
    for row in selected(
        options, [{"rate": rate, "limits": {"floor": 1.15}} for rate in (500, 2_000, 8_000)], "rate"
    ):
        every = PACED_USERS / row["rate"]
        row["title"] = f"{PACED_USERS:,} users at {row['rate']:,} responses/s (every {every:g} s)"
        result = run_rounds(
            chosen(options, tools.PACED),
            options,
            options.rounds or 3,
            {**row, "size": SIZES[0], "connections": PACED_USERS},
            nginx,
            lambda name: tools.paced(name, binaries, nginx, SIZES[0], PACED_USERS, every),
            lambda argv: client.measure(
                nginx,
                argv,
                CLIENT_CORE,
                PACED_USERS,
                PACED_SETTLE_SECONDS,
                options.seconds or PACED_WINDOW_SECONDS,
                sample_each_second=True,
            ),
        )
        for name, outcome in result["tools"].items():
            together = None
            if outcome["samples"] and name != "before":
                print(f"bench: {row['title']}, evenness: {name}", file=sys.stderr, flush=True)
                together = evenness.together_share(name, binaries, PACED_USERS, every, options.work)
            outcome["together_share"] = together
            outcome["held_rate"] = bool(outcome["samples"]) and all(
                sample["requests_per_second"] >= HELD_RATE_SHARE * row["rate"]
                for sample in outcome["samples"]
            )
            outcome["even"] = all(
                (sample["peak_second_over_mean"] or 0) <= EVEN_LIMIT for sample in outcome["samples"]
            )
        done.append(result)
    return done


def run_memory(options, binaries, nginx):
    every = MEMORY_EVERY_SECONDS
    row = {
        "title": f"{PACED_USERS:,} held users, every {every:g} s (wrk: back to back)",
        "size": SIZES[0],
        "connections": PACED_USERS,
        "rss_limit_bytes": 40_000_000,
    }

    def command(name):
        return tools.paced(name, binaries, nginx, SIZES[0], PACED_USERS, every) or tools.back_to_back(
            name, binaries, nginx, SIZES[0], PACED_USERS
        )

    return [
        run_rounds(
            chosen(options, tools.MEMORY),
            options,
            options.rounds or 1,
            row,
            nginx,
            command,
            lambda argv: client.measure(
                nginx, argv, CLIENT_CORE, PACED_USERS, PACED_SETTLE_SECONDS, options.seconds or 5
            ),
        )
    ]


def run_tls(options, binaries, nginx):
    rows = [
        {"size": 50_000, "connections": 64, "kind": "tls", "limits": {"floor": 1.15}},
        {"size": 50_000, "connections": 1_000, "kind": "tls", "limits": {"floor": 1.15}},
        {"size": 100, "connections": 32, "kind": "fresh", "limits": {"h2load": 1.0}},
        {"size": 100, "connections": PACED_USERS, "kind": "tls", "memory": True, "held_limits": {"wrk": 0.8}},
    ]
    done = []
    for row in selected(options, rows, "connections"):
        size, connections, kind = row["size"], row["connections"], row["kind"]
        what = "a handshake per request, " if kind == "fresh" else "memory, " if row.get("memory") else ""
        row["title"] = f"TLS: {what}{report.bytes_text(size)} bodies, {connections:,} connections"
        # If each connection ends with its answer, the server sees fewer connections than there are clients.
        seen = 1 if kind == "fresh" else connections
        names = chosen(options, tools.TLS)
        if row.get("memory"):
            names = [name for name in names if name != "ab"]
        done.append(
            run_rounds(
                names,
                options,
                options.rounds or (1 if row.get("memory") else 5),
                row,
                nginx,
                lambda name: tools.over_tls(name, binaries, nginx, size, connections, kind),
                lambda argv: client.measure(
                    nginx,
                    argv,
                    CLIENT_CORE,
                    seen,
                    1 + connections * TLS_SETTLE_SECONDS_PER_CONNECTION,
                    options.seconds or 4,
                ),
            )
        )
    return done


def run_http2(options, binaries, nginx):
    connections = 64
    rows = [
        {"size": 50_000, "connections": connections, "streams": streams, "limits": {"h2load": 0.9}}
        for streams in (1, 10)
    ]
    done = []
    for row in selected(options, rows, "streams"):
        size, streams = row["size"], row["streams"]
        row["title"] = (
            f"HTTP/2: {report.bytes_text(size)} bodies, {connections} connections,"
            f" {streams} stream{'s' if streams > 1 else ''} each"
        )
        done.append(
            run_rounds(
                chosen(options, tools.HTTP2),
                options,
                options.rounds or 5,
                row,
                nginx,
                lambda name: tools.over_http2(name, binaries, nginx, size, connections, streams),
                lambda argv: client.measure(nginx, argv, CLIENT_CORE, connections, 1, options.seconds or 4),
            )
        )
    return done


def store(what, options, binaries, rows):
    """Prints the table, and stores it with its raw values in results/."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    facts = report.machine_facts(root, binaries)
    table = report.table(what, options.shown, facts, rows)
    print(table)
    folder = options.output or os.path.join(root, "results")
    os.makedirs(folder, exist_ok=True)
    report.write(os.path.join(folder, f"bench-{what}"), what, options.shown, facts, rows, table)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.SubprocessError as error:
        sys.exit(f"bench: {error}")
