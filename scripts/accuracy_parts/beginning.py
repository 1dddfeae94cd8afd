"""How a load begins: servers that serve one request after the other, against their own log and against formulas.

A run at 46 and 80 % of what the server can do passes `p99 < 500ms`, with the p99 that the server's log of arrivals has; nothing
of the join is in it. A search finds as many users as the formula has.
"""

import json
import math
import os
import subprocess

from accuracy_parts.lab import CLIENT_CORE, DRAIN_ALLOWANCE_SECONDS, LabError
from accuracy_parts.report import Row, at_most, equal, near, plain
from accuracy_parts.statistics import quantile

RATES = (100, 500, 5_000)
PACES = (1.0, 10.0, 43.2)
SHARES = (0.46, 0.8)
LAWS = ("constant", "exponential")
# Local ports, of one server's address.
USERS_LIMIT = 20_000
LIMIT_SECONDS = 0.5
HOLD_SECONDS = 20
# Ten beyond the p99, and some to spare.
FEWEST_REQUESTS = 1_200
TRIAL_SECONDS = 5
SEARCH_LIMIT_SECONDS = 900


def beginning(lab):
    """The whole table, a server and a pace at a time, for it takes more than an hour; quick: a pace of 1 s, and the
    smaller servers."""
    for pace in PACES[:1] if lab.quick else PACES:
        for rate in RATES[:2] if lab.quick else RATES:
            rows = []
            for law in LAWS:
                for share in SHARES:
                    rows += run_rows(lab, rate, pace, law, share)
                if pace < PACES[-1]:
                    rows.append(search_row(lab, rate, pace, law))
            for row in rows:
                row.test = f"beginning {rate}/s {pace:g} s"
            yield rows


def service(rate, law):
    nanoseconds = round(1e9 / rate)
    return f"{'exponential:' if law == 'exponential' else ''}{nanoseconds}ns"


def run_rows(lab, rate, pace, law, share):
    """One run: held, passed, and its p99 as the server's log has it."""
    users = round(rate * pace * share)
    name = f"{rate}/s {law}, {100 * share:.0f} %, {users:,} users every {pace:g} s"
    if users > USERS_LIMIT:
        return [Row("beginning", name, f"≤ {USERS_LIMIT:,} users", "not run: more users than local ports", "", None)]
    seconds = max(HOLD_SECONDS, math.ceil(FEWEST_REQUESTS / (rate * share)), pace)
    with lab.serve("--service-time", service(rate, law), "--concurrency", 1) as server:
        run = lab.run(
            server.url(), "-c", users, "--every", f"{pace}s", "-d", f"{seconds}s", "--slo", "p99 < 500ms",
            allowance=2 * pace + 10,
        )
        arrivals = [arrival for arrival in server.stop() if arrival.out is not None]
    join = arrivals[0].first_in + round(pace * 1e9)
    early = sorted(each.residence / 1e9 for each in arrivals if each.first_in < join)
    late = sorted(each.residence / 1e9 for each in arrivals if each.first_in >= join)
    truth = quantile(late, 0.99)
    slo = {outcome["text"]: outcome for outcome in run["slo"]}
    passed = slo["p99 < 500ms"].get("verdict", "PASS" if slo["p99 < 500ms"].get("met") else "FAIL")
    tolerance = max(0.1 * truth, 0.002)
    return [
        Row("beginning", f"{name}: p99 < 500ms", "PASS", passed, "", passed == "PASS"),
        equal("beginning", f"{name}: held", users, run["users.held.lowest"]),
        near("beginning", f"{name}: p99, as the server has it", truth, run.seconds("latency.response.p99"), tolerance),
        at_most("beginning", f"{name}: p99 while joining", truth + tolerance, quantile(early, 0.99)),
    ]


def formula(rate, pace, law):
    """Users at which the p99 is the limit. Constant: the server is full. Exponential times under even arrivals (D/M/1):
    p99 = ln 100 / (μ (1 - σ)) with σ = exp(-(1 - σ) / ρ) (Kleinrock, Queueing Systems 1, 6.4)."""
    if law == "constant":
        return rate * pace
    idle = math.log(100) / (rate * LIMIT_SECONDS)
    return rate * pace * -idle / math.log(1 - idle)


def search_row(lab, rate, pace, law):
    expected = formula(rate, pace, law)
    name = f"{rate}/s {law}: users every {pace:g} s"
    if expected > USERS_LIMIT:
        return Row("beginning", name, f"{expected:,.0f}", "not run: more users than local ports", "", None)
    with lab.serve("--service-time", service(rate, law), "--concurrency", 1) as server:
        folder = lab.path("record")
        words = [
            lab.binary, "capacity", server.url(), "--every", f"{pace}s", "--trial", f"{TRIAL_SECONDS}s", "--slo",
            "p99 < 500ms", "-t", "1", "-o", folder,
        ]
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=SEARCH_LIMIT_SECONDS + DRAIN_ALLOWANCE_SECONDS,
            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
        )
        server.stop()
    try:
        with open(os.path.join(folder, "capacity.json")) as file:
            capacity = json.load(file)["capacity"]
    except (OSError, ValueError, KeyError):
        raise LabError(f"capacity ended with {done.returncode}: {done.stderr[-200:]}") from None
    found = (capacity["lower"] + capacity["upper"]) / 2 if capacity.get("upper") else None
    return near("beginning", name, expected, found, 0.03 * expected, text=plain)
