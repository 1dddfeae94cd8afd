"""The calibration: does the verdict on latency tell when latency is wrong?

Each run draws a load and a disturbance of the generator. The truth is what the server's own log says of the same
requests, plus what the loopback costs, which undisturbed runs tell. The server delays each request by a timer and by
itself (no queue), so that what it would have taken does not depend on when a disturbed generator asked.
"""

import csv
import json
import math
import os
import random
import statistics as standard
import subprocess
import sys
import time

from accuracy_parts import disturbed, judge
from accuracy_parts.lab import LabError, residence_quantiles
from accuracy_parts.report import commit, machine_facts, say

# In this order, again and again: what stops early has some of each.
CYCLE = ["none", "steal", "none", "busy", "none", "steal", "neighbour", "none", "quota", "steal"]
ONLY_FAR = "< 3 %, but p99.9"
BANDS = ["< 3 %", ONLY_FAR, "3-10 %", "> 10 %"]
KEEP = os.environ.get("ACCURACY_KEEP")
GOOD, BAD = 0.03, 0.10
VALID_SHARE = 0.95  # of the runs off by less than GOOD
# A server that was itself held up is no yardstick: share of the hold that it was ready and had no CPU, or was busy.
OBSERVER_DELAY, OBSERVER_BUSY = 0.01, 0.75
PUNCTUAL, TIMER_NANOSECONDS = 1.03, 150_000
# Of paced users, between two requests: longer than any steal, and so many times the mean service.
PACE_SECONDS, PACE_SERVICES = 0.4, 20
FLOOR_RUNS = 10  # undisturbed ones, for a floor of their own
QUANTILES = judge.QUANTILES


# MARK: A run


def draw(seed, number):
    """What run `number` is; the same for the same seed."""
    random_ = random.Random(f"{seed} {number}")
    plan = {
        "run": number,
        "disturbance": CYCLE[number % len(CYCLE)],
        "load": random_.choice(["open", "poisson", "paced"]),
        "rate": round(log_uniform(random_, 200, 2_000)),
        "law": random_.choice(["constant", "exponential"]),
        "service_ms": round(random_.uniform(1, 20), 2),
        "seed": random_.randrange(1, 1 << 31),
        "setting": "",
    }
    return {
        "none": lambda: plan,
        "steal": lambda: steal(random_, plan),
        "busy": lambda: busy(random_, plan),
        "neighbour": lambda: {**plan, "setting": f"{random_.randint(1, 3)}"},
        "quota": lambda: {**plan, "setting": f"{log_uniform(random_, 0.03, 0.4):.3f}"},
    }[plan["disturbance"]]()


def log_uniform(random_, low, high):
    return math.exp(random_.uniform(math.log(low), math.log(high)))


def steal(random_, plan):
    """5 to 300 ms, 0.2 to 30 % of the time, at least once a second and a half."""
    length = log_uniform(random_, 0.005, 0.3)
    period = max(length * 1.5, min(length / log_uniform(random_, 0.002, 0.3), 1.5))
    return {**plan, "setting": f"{length:.4f}/{period:.4f}"}


def busy(random_, plan):
    """So many requests that a worker's core is 80 to 100 % busy, here or on a faster machine."""
    plan = {**plan, "law": "constant", "service_ms": round(random_.uniform(2, 10), 2)}
    if random_.random() < 0.3:
        return {**plan, "load": "closed", "rate": 0, "setting": f"{random_.randint(50, 600)}"}
    return {**plan, "load": "open", "rate": round(log_uniform(random_, 10_000, 60_000))}


def make(lab, plan, seconds):
    """Runs it; a row of figures."""
    options = ["--service-time", f"{plan['law']}:{plan['service_ms']}ms", "--seed", plan["seed"]]
    with lab.serve(*options) as server:
        before, began = server.usage(), time.monotonic()
        run = disturb(lab, plan, lambda **more: load(lab, server, plan, seconds, record=True, **more))
        span, after = (time.monotonic() - began) * 1e9, server.usage()
        arrivals = server.stop()
    # What was due before the hold came first.
    skipped = run["requests.started"] - run["hold.requests.started"]
    answered = [arrival for arrival in arrivals[skipped:] if arrival.out is not None]
    if len(answered) < 100:
        raise LabError(f"only {len(answered)} answers")
    truth = residence_quantiles(answered, *QUANTILES.values())
    buckets = {tag: run.buckets(tag) for tag in ("response", "service", "generator_lag", "client_delay")}
    row = {**plan, **judge.evidence(run), **judge.shifts(buckets), "logged": len(answered)}
    run.forget()
    for name, value in zip(QUANTILES, truth):
        row[f"residence_{name}"] = round(value * 1e9)
    row["observer_cpu"] = round((after[0] - before[0]) / span, 4)
    row["observer_delay"] = round((after[1] - before[1]) / span, 4)
    if KEEP:
        with open(KEEP, "a") as file:
            file.write(json.dumps({"row": row, "buckets": buckets}) + "\n")
    return row


def load(lab, server, plan, seconds, **more):
    if plan["load"] == "closed":
        return lab.run(server.url(), "-c", plan["setting"], "-d", f"{seconds}s", **more)
    if plan["load"] == "paced":
        # Users who never wait for an answer before: that wait is the server's, and no part of its log.
        users = math.ceil(plan["rate"] * max(PACE_SECONDS, PACE_SERVICES * plan["service_ms"] / 1000))
        every = round(users / plan["rate"] * 1e6)
        words = ["-c", users, "--every", f"{every}us", "-d", f"{seconds}s", "--seed", plan["seed"]]
        return lab.run(server.url(), *words, **more)
    words = ["--seed", plan["seed"]] + (["--arrivals", "poisson"] if plan["load"] == "poisson" else [])
    return lab.open(server, plan["rate"], seconds, *words, **more)


def disturb(lab, plan, start):
    name, setting = plan["disturbance"], plan["setting"]
    if name == "steal":
        length, period = map(float, setting.split("/"))
        with disturbed.hogs(1, length, period):
            return start()
    if name == "neighbour":
        with disturbed.hogs(int(setting)):
            return start(is_exposed=True)
    if name == "quota":
        quota = disturbed.Quota.create(float(setting))
        if quota is None:
            raise LabError("no control group can be made here")
        try:
            return start(prepare=quota.join, is_exposed=True)
        finally:
            quota.remove()
    return start()


# MARK: All runs


def calibrate(lab, options):
    path = os.path.join(options.output, "validity.csv")
    plans = [draw(options.seed, number) for number in range(options.runs)]
    if options.only:
        plans = [plan for plan in plans if plan["disturbance"] == options.only]
    rows, began = [], time.monotonic()
    for done, plan in enumerate(plans, 1):
        try:
            row = make(lab, plan, options.seconds)
        except (LabError, OSError, subprocess.SubprocessError) as error:
            say(f"run {plan['run']} ({plan['disturbance']} {plan['setting']}): {error}")
            continue
        rows.append(row)
        left = (time.monotonic() - began) / done * (len(plans) - done)
        say(
            f"{done}/{len(plans)}, {left / 60:.1f} min left: {row['load']} {row['rate']}/s, {row['law']} "
            f"{row['service_ms']} ms, {row['disturbance']} {row['setting']}: {row['verdict']}, p50 "
            f"{milliseconds(row['response_p50'])} beside {milliseconds(row['residence_p50'])} ms, p99 "
            f"{milliseconds(row['response_p99'])} beside {milliseconds(row['residence_p99'])} ms"
        )
        if done % 20 == 0:
            write_csv(path, rows)
    finish(rows, options, path, commit())


def milliseconds(value):
    return "none" if value in (None, "") else f"{value / 1e6:.2f}"


def judge_again(options):
    """The table once more, of the figures that are there."""
    path = os.path.join(options.output, "validity.csv")
    try:
        with open(path) as file:
            rows = [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file)]
    except FileNotFoundError:
        sys.exit(f"accuracy: there is no {path}: run scripts/accuracy validity first")
    finish(rows, options, path, rows[0].get("commit") or commit())


def number(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def finish(rows, options, path, origin):
    """Errors, table and files."""
    floors = measure_floors(rows)
    for row in rows:
        row["commit"] = origin
        add_errors(row, floors)
    write_csv(path, rows)
    text = table(rows, floors, options, origin)
    print(text)
    with open(os.path.join(options.output, "validity.md"), "w") as file:
        file.write(text)


def write_csv(path, rows):
    if not rows:
        return
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows(rows)


# MARK: Errors


def is_yardstick(row):
    if row["observer_delay"] > OBSERVER_DELAY:
        return False
    if row["law"] == "constant":
        # A server whose timers are punctual reads as punctually, however busy it is.
        return row["residence_p99"] <= PUNCTUAL * row["service_ms"] * 1e6 + TIMER_NANOSECONDS
    return row["observer_cpu"] <= OBSERVER_BUSY


def measure_floors(rows):
    """What the loopback and an undisturbed client add, per kind of load: medians of published less residence."""
    floors = {}
    calm = [row for row in rows if row["disturbance"] == "none" and is_yardstick(row)]
    for name in QUANTILES:
        every = [difference for row in calm if (difference := above(row, name)) is not None]
        for kind in {row["load"] for row in rows}:
            own = [
                difference
                for row in calm
                if row["load"] == kind and (difference := above(row, name)) is not None
            ]
            chosen = own if len(own) >= FLOOR_RUNS else every
            # Of the furthest percentile few runs tell anything.
            floors[kind, name] = standard.median(chosen) if chosen else floors.get((kind, "p99"), 0)
    return floors


def above(row, name):
    published = row[f"response_{name}"]
    return None if published in (None, "") else published - row[f"residence_{name}"]


def add_errors(row, floors):
    """Relative errors of what was published, the worst of those that are judged, and the worst of all."""
    errors = {}
    for name in QUANTILES:
        published = row[f"response_{name}"]
        truth = row[f"residence_{name}"] + floors[row["load"], name]
        if published not in (None, ""):
            errors[name] = (published - truth) / truth
        row[f"error_{name}"] = round(errors[name], 5) if name in errors else ""
    judged = [abs(error) for name, error in errors.items() if name in judge.JUDGED]
    row["error"] = round(max(judged), 5) if judged else ""
    row["error_far"] = round(max(map(abs, errors.values())), 5) if errors else ""


# MARK: The table


def table(rows, floors, options, origin):
    usable = [row for row in rows if is_yardstick(row) and row["error"] != ""]
    words = ["VALID", "SUSPECT", "INVALID"]
    lines = [
        "# Does the verdict on latency tell when latency is wrong?",
        "",
        f"`{shown(options)}`: {len(rows)} runs at "
        f"commit {origin}; every run and its figures: validity.csv. {machine_facts()}.",
        "",
        "Error: the worst of the published response p50, p90, p95 and p99 (where they are) against the server's own log "
        "of the same requests plus the floor of the loopback, which the undisturbed runs tell. A p99.9 alone that is off makes a run SUSPECT, as the maximum does. Floors: "
        + ", ".join(f"{kind} {name} {value / 1e3:.0f} µs" for (kind, name), value in sorted(floors.items()))
        + ".",
        "",
        f"{len(rows) - len(usable)} of {len(rows)} runs are left out because the server itself was held up (ready "
        f"without a CPU for more than {OBSERVER_DELAY:.0%} of the time; with a constant service time, timers more than "
        f"{PUNCTUAL - 1:.0%} late at p99; else busy for more than {OBSERVER_BUSY:.0%})."
        + (" headroom ran as a real-time process, for the machine was not quiet." if options.shield else ""),
        "",
        "| disturbance | error | " + " | ".join(words) + " |",
        "|---|---|--:|--:|--:|",
    ]
    for name in [*dict.fromkeys(CYCLE), "all"]:
        for band in BANDS:
            chosen = [row for row in usable if name in ("all", row["disturbance"]) and band_of(row) == band]
            counts = [sum(row["verdict"] == word for row in chosen) for word in words]
            lines.append(f"| {name} | {band} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines + [""] + wanted(usable) + exceptions(usable)) + "\n"


def shown(options):
    if options.what == "judge":
        return "scripts/accuracy judge"
    words = f"scripts/accuracy validity --runs {options.runs} --seconds {options.seconds:g} --seed {options.seed}"
    return words + (f" --only {options.only}" if options.only else "") + (" --shield" if options.shield else "")


def band_of(row):
    if row["error"] > BAD:
        return "> 10 %"
    if row["error"] >= GOOD:
        return "3-10 %"
    return "< 3 %" if row["error_far"] < GOOD else ONLY_FAR


def wanted(usable):
    wrong = [row for row in usable if row["error"] > BAD]
    right = [row for row in usable if band_of(row) == "< 3 %"]
    told = sum(row["verdict"] == "INVALID" for row in wrong)
    missed = sum(row["verdict"] == "VALID" for row in wrong)
    valid = sum(row["verdict"] == "VALID" for row in right)
    share = valid / len(right) if right else 0
    differing = sum(judge.verdict(row, judge.DEFAULTS) != row["verdict"] for row in usable)
    return [
        f"- {'met' if told == len(wrong) else 'NOT MET'}: every run off by more than 10 % is INVALID "
        f"({told} of {len(wrong)}; VALID: {missed}).",
        f"- {'met' if share >= VALID_SHARE else 'NOT MET'}: at least 95 % of those off by less than 3 % are VALID "
        f"({valid} of {len(right)}, {share:.1%}).",
        f"- scripts/accuracy_parts/judge.py, which tries other thresholds on validity.csv, gives another verdict than "
        f"headroom in {differing} of {len(usable)} runs.",
        "",
    ]


def exceptions(usable):
    """The runs that speak against the thresholds, one by one."""
    lines = ["Runs off by more than 10 % that are not INVALID, and off by less than 3 % that are not VALID:", ""]
    lines += ["| run | load | disturbance | errors | verdict | reasons |", "|--:|---|---|---|---|---|"]
    for row in usable:
        is_missed = row["error"] > BAD and row["verdict"] != "INVALID"
        is_false = band_of(row) == "< 3 %" and row["verdict"] != "VALID"
        if is_missed or is_false:
            lines.append(
                f"| {row['run']} | {row['load']} {row['rate']}/s, {row['law']} {row['service_ms']} ms | "
                f"{row['disturbance']} {row['setting']} | "
                + ", ".join(f"{name} {100 * row[f'error_{name}']:.1f} %" for name in QUANTILES if row[f"error_{name}"] != "")
                + f" | {row['verdict']} | {row['reasons']} |"
            )
    return lines if len(lines) > 4 else ["No run speaks against the thresholds."]

