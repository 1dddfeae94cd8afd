"""How a load begins: servers that serve one request after the other, against their own log and against formulas.

A run at 46 and 80 % of the server's capacity passes `p99 < 500ms`, with the p99 of the server's log of arrivals; the
join has no part in it. A search finds as many users as the formula gives, and a verdict on half or twice as many comes
soon.
"""

import concurrent.futures
import functools
import itertools
import json
import math
import os
import statistics
import subprocess
import time

from parts.lab import CLIENT_CORE, DRAIN_ALLOWANCE_SECONDS, LabError
from parts.report import Row, at_most, equal, near, plain
from parts.statistics import quantile

RATES = (100, 500, 5_000)
PACES = (1.0, 10.0, 43.2)
SHARES = (0.46, 0.8)
LAWS = ("constant", "exponential")
# Local ports for one server address.
USERS_LIMIT = 20_000
LIMIT_SECONDS = 0.5
HOLD_SECONDS = 20
# Ten beyond the p99, and a margin.
FEWEST_REQUESTS = 1_200
# A join of fewer requests is repeated this often, and its median counts: one pause of this machine decides such a p99.
SHORT_JOINS = 5
SHORTEST_TRIAL_SECONDS = 5
# Sixteen trials of two cycles of the longest pace, with their drains and joins.
SEARCH_LIMIT_SECONDS = 3_600
# Servers with at most this rate leave both cores idle most of the time. So this many of their searches run at the same
# time: their limit is far above what they add to each other. A run is alone, because its p99 is compared to 2 ms.
SLOW_RATE = 500
SEARCHES_AT_ONCE = 6
# A clear verdict, with its confirmation, at this pace and with the shortest trials.
VERDICT_PACE = 1.0
VERDICT_RATIOS = {0.5: "refuted", 2.0: "supported"}
VERDICT_TRIALS = 4
VERDICT_SECONDS = 40


def beginning(lab):
    """All runs, half an hour; quick: a pace of 1 s, and the smaller servers."""
    return table(lab, "beginning", 1, lambda rate, pace: [
        functools.partial(run_rows, lab, rate, pace, law, share) for law in LAWS for share in SHARES
    ])


def searches(lab):
    """All searches, half an hour or more; quick as above."""
    return table(lab, "search", SEARCHES_AT_ONCE, lambda rate, pace: [
        functools.partial(search_rows, lab, rate, pace, law) for law in LAWS
    ] + [
        functools.partial(verdict_rows, lab, rate, pace, law, ratio)
        for law in LAWS for ratio in VERDICT_RATIOS if pace == VERDICT_PACE
    ])


def table(lab, name, most, tests_of):
    """The rows of each server and pace, the short paces first; `most` tests at once."""
    rates, paces = (RATES[:2], PACES[:1]) if lab.quick else (RATES, PACES)
    for at_once, chosen in (
        (most, [rate for rate in rates if rate <= SLOW_RATE]),
        (1, [rate for rate in rates if rate > SLOW_RATE]),
    ):
        # If several run at once, the long ones begin first.
        groups = sorted(itertools.product(chosen, paces), key=lambda group: -group[1] if at_once > 1 else group[1])
        if lab.only:
            groups = [group for group in groups if f"{group[0]}/s {group[1]:g} s" in lab.only.split(",")]
        with concurrent.futures.ProcessPoolExecutor(at_once) as pool:
            tests = [[pool.submit(test) for test in tests_of(*group)] for group in groups]
            for (rate, pace), group in sorted(zip(groups, tests), key=lambda pair: pair[0][1]):
                rows = [row for test in group for row in result(test)]
                for row in rows:
                    row.test = f"{name} {rate}/s {pace:g} s"
                yield rows


def result(test):
    """The rows of a test, or one row with the reason why there are none."""
    try:
        return test.result()
    except (LabError, subprocess.TimeoutExpired) as error:
        return [Row("", "the test itself", "runs", str(error)[:200], "", False)]


def service(rate, law):
    nanoseconds = round(1e9 / rate)
    return f"{'exponential:' if law == 'exponential' else ''}{nanoseconds}ns"


def run_rows(lab, rate, pace, law, share):
    """One run: held, passed, and its p99 from the server's log; the p99 of its join, or of several if it is short."""
    users = round(rate * pace * share)
    name = f"{rate}/s {law}, {100 * share:.0f} %, {users:,} users every {pace:g} s"
    if users > USERS_LIMIT:
        return [Row("beginning", name, f"≤ {USERS_LIMIT:,} users", "not run: more users than local ports", "", None)]
    seconds = max(HOLD_SECONDS, math.ceil(FEWEST_REQUESTS / (rate * share)), pace)
    run, early, late = joined(lab, rate, pace, law, users, seconds)
    joins = [early]
    if users < FEWEST_REQUESTS:
        joins += [joined(lab, rate, pace, law, users, 1)[1] for _ in range(SHORT_JOINS - 1)]
    joining = statistics.median(quantile(each, 0.99) for each in joins)
    truth = quantile(late, 0.99)
    slo = {outcome["text"]: outcome for outcome in run["slo"]}
    passed = slo["p99 < 500ms"].get("verdict", "PASS" if slo["p99 < 500ms"].get("met") else "FAIL")
    tolerance = max(0.1 * truth, 0.002)
    return [
        Row("beginning", f"{name}: p99 < 500ms", "PASS", passed, "", passed == "PASS"),
        equal("beginning", f"{name}: held", users, run["users.held.lowest"]),
        near("beginning", f"{name}: p99, as the server has it", truth, run.seconds("latency.response.p99"), tolerance),
        at_most("beginning", f"{name}: p99 while joining", truth + tolerance, joining),
        at_most("beginning", f"{name}: longest while joining", LIMIT_SECONDS, max(each[-1] for each in joins)),
    ]


def joined(lab, rate, pace, law, users, seconds):
    """A run, and how long the server had each request, in seconds and in order: while users joined, and after it."""
    with lab.serve("--service-time", service(rate, law), "--concurrency", 1) as server:
        run = lab.run(
            server.url(), "-c", users, "--every", f"{pace}s", "-d", f"{seconds}s", "--slo", "p99 < 500ms",
            allowance=2 * pace + 10,
        )
        arrivals = [arrival for arrival in server.stop() if arrival.out is not None]
    if not arrivals:
        raise LabError("the server answered no request")
    join = arrivals[0].first_in + round(pace * 1e9)
    early = sorted(each.residence / 1e9 for each in arrivals if each.first_in < join)
    late = sorted(each.residence / 1e9 for each in arrivals if each.first_in >= join)
    return run, early, late


def formula(rate, pace, law):
    """The number of users at which the p99 equals the limit. Constant: the server is full. Exponential times under even
    arrivals (D/M/1): p99 = ln 100 / (μ (1 - σ)) with σ = exp(-(1 - σ) / ρ) (Kleinrock, Queueing Systems 1, 6.4)."""
    if law == "constant":
        return rate * pace
    idle = math.log(100) / (rate * LIMIT_SECONDS)
    return rate * pace * -idle / math.log(1 - idle)


def search_rows(lab, rate, pace, law):
    expected = formula(rate, pace, law)
    name = f"{rate}/s {law}: users every {pace:g} s"
    if expected > USERS_LIMIT:
        return [Row("search", name, f"{expected:,.0f}", "not run: more users than local ports", "", None)]
    trial = max(SHORTEST_TRIAL_SECONDS, math.ceil(FEWEST_REQUESTS / rate))
    capacity = search(lab, rate, pace, law, trial)["capacity"]
    bracket = f"{capacity.get('lower')} to {capacity.get('upper')}"
    held = capacity.get("upper") is not None and capacity["lower"] <= expected <= capacity["upper"]
    return [
        near("search", f"{name}: estimate", expected, capacity.get("estimate"), 0.03 * expected, text=plain),
        Row("search", f"{name}: bracket", f"has {expected:,.1f}", bracket, "", held),
    ]


def verdict_rows(lab, rate, pace, law, ratio):
    """A search for a verdict alone, with a capacity of so many times the assumption."""
    assumed = round(formula(rate, pace, law) / ratio)
    name = f"{rate}/s {law}: {assumed:,} users every {pace:g} s, {ratio:g} x as many are held"
    began = time.monotonic()
    found = search(lab, rate, pace, law, SHORTEST_TRIAL_SECONDS, "--assume", str(assumed), "--verdict-only")
    seconds = time.monotonic() - began
    verdict = (found["assumption"] or {}).get("verdict")
    return [
        Row("search", f"{name}: verdict", VERDICT_RATIOS[ratio], str(verdict), "", verdict == VERDICT_RATIOS[ratio]),
        at_most("search", f"{name}: trials", VERDICT_TRIALS, len(found["trials"]), text=plain),
        at_most("search", f"{name}: seconds", VERDICT_SECONDS, seconds),
    ]


def search(lab, rate, pace, law, trial, *options):
    """capacity.json of a search against one server with a queue."""
    with lab.serve("--service-time", service(rate, law), "--concurrency", 1) as server:
        folder = lab.path("record")
        words = [
            lab.binary, "capacity", server.url(), "--every", f"{pace}s", "--trial", f"{trial}s", "--slo",
            "p99 < 500ms", "-t", "1", "-o", folder, *options,
        ]
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=SEARCH_LIMIT_SECONDS + DRAIN_ALLOWANCE_SECONDS,
            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
        )
        server.stop()
    try:
        with open(os.path.join(folder, "capacity.json")) as file:
            found = json.load(file)
    except (OSError, ValueError):
        raise LabError(f"capacity ended with {done.returncode}: {done.stderr[-200:]}") from None
    if "capacity" not in found:
        raise LabError(f"capacity ended with {done.returncode}: {done.stderr[-200:]}")
    return found
