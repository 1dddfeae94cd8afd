"""The calibration: is a verdict ever wrong because of the generator?

Each run draws a load, a server and a disturbance of the generator. The truth is the server's response times to the
plan: for one server with a queue, Lindley's recursion over the planned arrivals and the logged service times; for a
server without a queue, the logged residence times. Both include what the loopback and an undisturbed client add,
which the undisturbed runs show. `headroom report --slo` then judges p50, p90 and p99 of the record at
limits around that truth: PASS below the truth or FAIL above it is a verdict that contradicts the truth.
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
from typing import NamedTuple

from parts import disturbed
from parts.lab import LabError, residence_quantiles
from parts.report import commit, machine_facts, say
from parts.statistics import quantile

# Repeated in this order, ten with a queue and ten without, so that a calibration that stops early has some of each.
CYCLE = ["none", "steal", "none", "stop", "none", "quota", "none", "neighbour", "none", "steal"]
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
FACTORS = (0.5, 0.8, 0.95, 1.05, 1.25, 1.5, 2.0, 4.0)
WORDS = ("PASS", "FAIL", "UNKNOWN")
# A limit this near the truth: the truth's own error decides.
NEAR = 0.03
UNKNOWN_FACTOR, UNKNOWN_SHARE = 1.5, 0.25  # of the undisturbed runs, at most
LEFT_OUT_SHARE = 0.10
UTILISATION = (0.5, 0.8)
# A server that was delayed itself is no reference: share of the time in which it was ready without a CPU, or busy.
OBSERVER_DELAY, OBSERVER_BUSY = 0.01, 0.75
PUNCTUAL, TIMER_NANOSECONDS = 1.03, 150_000
# For paced users, between two requests: longer than any steal, and this many times the mean service.
PACE_SECONDS, PACE_SERVICES = 0.4, 20
FLOOR_RUNS = 10  # undisturbed ones, for a floor of their own
FEWEST_ANSWERS = 100
REPORT_LIMIT_SECONDS = 60


# MARK: A run


def draw(seed, number):
    """The parameters of run `number`; the same for the same seed."""
    random_ = random.Random(f"{seed} {number}")
    has_queue = number // len(CYCLE) % 2 == 0
    plan = {
        "run": number,
        "disturbance": CYCLE[number % len(CYCLE)],
        "server": "queue" if has_queue else "delay",
        "load": random_.choice(["even", "poisson"] if has_queue else ["open", "poisson", "paced"]),
        "rate": round(log_uniform(random_, 100, 1_000 if has_queue else 2_000)),
        "law": random_.choice(["constant", "exponential"]),
        "seed": random_.randrange(1, 1 << 31),
        "utilisation": "",
        "setting": "",
    }
    if has_queue:
        plan["utilisation"] = round(random_.uniform(*UTILISATION), 3)
        plan["service_ms"] = round(1_000 * plan["utilisation"] / plan["rate"], 3)
    else:
        plan["service_ms"] = round(random_.uniform(1, 20), 2)
    settings = {
        "none": lambda: "",
        "steal": lambda: steal(random_),
        "neighbour": lambda: str(random_.randint(1, 3)),
        "quota": lambda: f"{log_uniform(random_, 0.03, 0.4):.3f}",
        "stop": lambda: f"{log_uniform(random_, 0.02, 0.3):.4f}/{random_.uniform(0.5, 1.5):.3f}",
    }
    plan["setting"] = settings[plan["disturbance"]]()
    return plan


def log_uniform(random_, low, high):
    return math.exp(random_.uniform(math.log(low), math.log(high)))


def steal(random_):
    """5 to 300 ms, 0.2 to 30 % of the time, at least once a second and a half."""
    length = log_uniform(random_, 0.005, 0.3)
    period = max(length * 1.5, min(length / log_uniform(random_, 0.002, 0.3), 1.5))
    return f"{length:.4f}/{period:.4f}"


def make(lab, plan, seconds):
    """Runs it: a row of figures, and the record, which is judged once the floor is known."""
    options = ["--service-time", f"{plan['law']}:{plan['service_ms']}ms", "--seed", plan["seed"]]
    if plan["server"] == "queue":
        options += ["--concurrency", "1"]
    due = planned(plan, seconds) if plan["server"] == "queue" else []
    with lab.serve(*options) as server:
        before, began = server.usage(), time.monotonic()
        run = disturb(lab, plan, seconds, lambda **more: load(lab, server, plan, seconds, due, record=True, **more))
        span, after = (time.monotonic() - began) * 1e9, server.usage()
        arrivals = server.stop()
    truth = truths(plan, run, arrivals, due)
    row = {**plan, "logged": len(arrivals), "latency_claim": run.claim("latency"), "exit": run.code}
    for name, value in zip(QUANTILES, truth):
        published = run[f"latency.response.{name}"]
        row[f"truth_{name}"] = round(value * 1e9)
        row[f"response_{name}"] = "" if published is None else published
        lower = run[f"latency.response.lower.{name}"]
        row[f"lower_{name}"] = "" if lower is None else lower
    row["observer_cpu"] = round((after[0] - before[0]) / span, 4)
    row["observer_delay"] = round((after[1] - before[1]) / span, 4)
    row["observer_late"] = int(plan["law"] == "constant" and not is_punctual(plan, arrivals))
    return row, run


def planned(plan, seconds):
    """When the requests of a trace are due, in seconds; the first at 0."""
    random_ = random.Random(plan["seed"])
    times, now = [], 0.0
    while now < seconds:
        times.append(now)
        now += random_.expovariate(plan["rate"]) if plan["load"] == "poisson" else 1 / plan["rate"]
    return times


def truths(plan, run, arrivals, due):
    """The quantiles that the plan would have had, in seconds, without the floor."""
    if plan["server"] == "queue":
        times = lindley(due, services(arrivals), plan)
        if len(times) < FEWEST_ANSWERS:
            raise LabError(f"only {len(times)} answers")
        times.sort()
        return [quantile(times, share) for share in QUANTILES.values()]
    # What was due before the hold came first.
    skipped = run["requests.started"] - run["hold.requests.started"]
    answered = [arrival for arrival in arrivals[skipped:] if arrival.out is not None]
    if len(answered) < FEWEST_ANSWERS:
        raise LabError(f"only {len(answered)} answers")
    return residence_quantiles(answered, *QUANTILES.values())


def services(arrivals):
    """Seconds that the one server spent on each request, in the order in which it took them."""
    found, free = [], 0
    for arrival in sorted((one for one in arrivals if one.out is not None), key=lambda one: one.out):
        found.append(max(0, arrival.out - max(arrival.first_in, free)) / 1e9)
        free = max(free, arrival.out)
    return found


def lindley(due, spent, plan):
    """The time that each planned request would have taken, first come, first served (Lindley 1952).

    Requests that a stopped generator never sent would have had the next service times of the server.
    """
    drawn = service_times(plan)
    free, times = 0.0, []
    for number, (time_, own) in enumerate(zip(due, drawn)):
        service = spent[number] if number < len(spent) else own
        free = max(free, time_) + service
        times.append(free - time_)
    return times


def service_times(plan):
    """The draws of `serve`, one after the other: its SplitMix64 and inversion (Sources/Target/Delay)."""
    mean, state, mask = plan["service_ms"] / 1e3, plan["seed"], (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        uniform = (((mixed ^ (mixed >> 31)) >> 11) + 0.5) * 2.0**-53
        yield mean if plan["law"] == "constant" else -mean * math.log(uniform)


def is_punctual(plan, arrivals):
    """Whether the server's timers are punctual: it answers a single request as fast as it should."""
    if plan["server"] == "queue":
        values = sorted(services(arrivals))
    else:
        values = sorted(arrival.residence / 1e9 for arrival in arrivals if arrival.out is not None)
    return quantile(values, 0.99) <= PUNCTUAL * plan["service_ms"] / 1e3 + TIMER_NANOSECONDS / 1e9


def load(lab, server, plan, seconds, due, **more):
    if plan["server"] == "queue":
        trace = lab.path("trace.csv")
        with open(trace, "w") as file:
            file.writelines(f"{time_:.9f}\n" for time_ in due)
        profile = lab.session_profile(server, "  - get: /bytes/100\n", f"load:\n  trace: {trace}\n")
        return lab.run(profile, "--connection", "per_user", allowance=seconds, **more)
    if plan["load"] == "paced":
        # Users who never wait for an earlier answer: the server causes that wait, but its log does not have it.
        users = math.ceil(plan["rate"] * max(PACE_SECONDS, PACE_SERVICES * plan["service_ms"] / 1000))
        every = round(users / plan["rate"] * 1e6)
        words = ["-c", users, "--every", f"{every}us", "-d", f"{seconds}s", "--seed", plan["seed"]]
        return lab.run(server.url(), *words, **more)
    words = ["--seed", plan["seed"]] + (["--arrivals", "poisson"] if plan["load"] == "poisson" else [])
    return lab.open(server, plan["rate"], seconds, *words, **more)


def disturb(lab, plan, seconds, start):
    name, setting = plan["disturbance"], plan["setting"]
    if name == "steal":
        length, period = map(float, setting.split("/"))
        with disturbed.hogs(1, length, period):
            return start()
    if name == "stop":
        length, period = map(float, setting.split("/"))
        return start(beside=disturbed.Stops(length, period, math.ceil(seconds / period)))
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
    if options.table:
        rows = read_csv(path)
        publish(rows, measure_floors(rows), options, rows[0]["commit"])
    plans = [draw(options.seed, number) for number in range(options.runs)]
    if options.only:
        plans = [plan for plan in plans if plan["disturbance"] == options.only]
    rows, records, began = [], [], time.monotonic()
    for done, plan in enumerate(plans, 1):
        try:
            row, run = make(lab, plan, options.seconds)
        except (LabError, OSError, subprocess.SubprocessError) as error:
            say(f"run {plan['run']} ({plan['disturbance']} {plan['setting']}): {error}")
            continue
        rows.append(row)
        records.append(run)
        left = (time.monotonic() - began) / done * (len(plans) - done)
        say(
            f"{done}/{len(plans)}, {left / 60:.1f} min left: {row['server']}, {row['load']} {row['rate']}/s, "
            f"{row['law']} {row['service_ms']} ms, {row['disturbance']} {row['setting']}: p99 "
            f"{milliseconds(row['lower_p99'])} to {milliseconds(row['response_p99'])} ms, truth "
            f"{milliseconds(row['truth_p99'])} ms and the floor"
        )
    origin, floors = commit(), measure_floors(rows)
    for row, run in zip(rows, records):
        row["commit"] = origin
        judge(row, run, floors)
        run.forget()
    write_csv(path, rows)
    publish(rows, floors, options, origin)


def publish(rows, floors, options, origin):
    """Prints and stores the table; ends with 0 if everything holds."""
    text, holds = table(rows, floors, options, origin, options.runs)
    print(text)
    with open(os.path.join(options.output, "validity.md"), "w") as file:
        file.write(text)
    sys.exit(0 if holds else 1)


def judge(row, run, floors):
    """The verdict of the record at each limit around the truth, from one `headroom report`."""
    words = []
    for name in QUANTILES:
        truth = row[f"truth_{name}"] + floors[row["server"], row["load"], name].median
        for factor in FACTORS:
            words += ["--slo", f"{name} < {truth * factor / 1e3:.3f}us"]
    done = subprocess.run(
        [run.lab.binary, "report", run.folder, "--json", *words],
        capture_output=True, text=True, check=False, timeout=REPORT_LIMIT_SECONDS,
    )
    try:
        outcomes = json.loads(done.stdout)["slo"]
    except (ValueError, KeyError):
        raise LabError(f"report ended with {done.returncode}: {done.stderr.strip()[-300:]}") from None
    judged = iter([outcome for outcome in outcomes if outcome["text"].startswith("p")])
    for name in QUANTILES:
        for factor in FACTORS:
            row[f"{name}@{factor:g}"] = next(judged)["verdict"]


def milliseconds(value):
    return "none" if value in (None, "") else f"{value / 1e6:.2f}"


def write_csv(path, rows):
    if not rows:
        return
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path):
    """The rows of an earlier calibration."""
    with open(path, newline="") as file:
        return [{key: number(text) for key, text in row.items()} for row in csv.DictReader(file)]


def number(text):
    try:
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        return text


# MARK: The reference


class Floor(NamedTuple):
    """The time that the loopback and an undisturbed client add, in nanoseconds. The truth is known only from `low` to
    `high`, the 5th and 95th percentile of the undisturbed runs."""

    low: float
    median: float
    high: float


def is_yardstick(row):
    if row["observer_delay"] > OBSERVER_DELAY or row["observer_late"]:
        return False
    return row["law"] == "constant" or row["observer_cpu"] <= OBSERVER_BUSY


def measure_floors(rows):
    """The floor per kind of load."""
    floors = {}
    calm = [row for row in rows if row["disturbance"] == "none" and is_yardstick(row)]
    for name in QUANTILES:
        every = [above(row, name) for row in calm if row[f"response_{name}"] != ""]
        for kind in {(row["server"], row["load"]) for row in rows}:
            own = [
                above(row, name)
                for row in calm
                if (row["server"], row["load"]) == kind and row[f"response_{name}"] != ""
            ]
            chosen = own if len(own) >= FLOOR_RUNS else every
            floors[*kind, name] = floor_of(chosen)
    return floors


def floor_of(values):
    if len(values) < 2:
        return Floor(*[values[0] if values else 0] * 3)
    cuts = standard.quantiles(values, n=20, method="inclusive")
    return Floor(cuts[0], standard.median(values), cuts[-1])


def above(row, name):
    return row[f"response_{name}"] - row[f"truth_{name}"]


# MARK: The table


def is_wrong(word, factor):
    return word == ("FAIL" if factor > 1 else "PASS")


def is_near(row, name, factor, floors):
    """Whether the limit is within some per cent of a possible truth, as far as the floor is known."""
    truth, floor = row[f"truth_{name}"], floors[row["server"], row["load"], name]
    limit = (truth + floor.median) * factor
    return (truth + floor.low) * (1 - NEAR) <= limit <= (truth + floor.high) * (1 + NEAR)


def table(rows, floors, options, origin, planned_runs):
    usable = [row for row in rows if is_yardstick(row)]
    cells = [
        (row, name, factor, row[f"{name}@{factor:g}"]) for row in usable for name in QUANTILES for factor in FACTORS
    ]
    lines = [
        "# Is a verdict ever wrong because of the generator?",
        "",
        f"`{shown(options)}`: {planned_runs} runs at commit {origin}; every run and its figures: validity.csv. "
        f"{machine_facts()}.",
        "",
        "Truth: with a queue, Lindley's recursion over the planned arrivals and the service times of the server's log; "
        "without one, the residence times of that log. Plus the floor of the loopback and an undisturbed client, "
        "medians of the undisturbed runs with their 5th and 95th percentile: "
        + ", ".join(
            f"{server} {load_} {name} {floor.median / 1e3:.0f} µs ({floor.low / 1e3:.0f} to {floor.high / 1e3:.0f})"
            for (server, load_, name), floor in sorted(floors.items())
        )
        + ". Each record is judged by `headroom report --slo` at "
        + ", ".join(f"{factor:g}" for factor in FACTORS)
        + " x the truth of p50, p90 and p99; a limit above the truth must not FAIL, one below it must not PASS.",
        "",
        f"{planned_runs - len(usable)} of {planned_runs} runs are left out: the server itself was held up (ready "
        f"without a CPU for more than {OBSERVER_DELAY:.0%} of the time; with a constant service time, timers more than "
        f"{PUNCTUAL - 1:.0%} late at p99; else busy for more than {OBSERVER_BUSY:.0%}), or did not answer every request."
        + (" headroom ran as a real-time process, for the machine was not quiet." if options.shield else ""),
        "",
        "| disturbance | runs | limit | " + " | ".join(WORDS) + " | wrong |",
        "|---|--:|--:|" + "--:|" * (len(WORDS) + 1),
    ]
    for name in [*dict.fromkeys(CYCLE), "all"]:
        for factor in FACTORS:
            chosen = [cell for cell in cells if cell[2] == factor and name in ("all", cell[0]["disturbance"])]
            counts = [sum(cell[3] == word for cell in chosen) for word in WORDS]
            runs = sum(name in ("all", row["disturbance"]) for row in usable)
            wrong = sum(is_wrong(cell[3], factor) and not is_near(*cell[:3], floors) for cell in chosen)
            lines.append(f"| {name} | {runs} | {factor:g} x | " + " | ".join(map(str, counts)) + f" | {wrong} |")
    verdicts = wanted(usable, cells, planned_runs, floors)
    lines += [""] + [f"- {'met' if holds else 'NOT MET'}: {text}" for holds, text in verdicts]
    return "\n".join(lines + [""] + exceptions(cells, floors)) + "\n", all(holds for holds, _ in verdicts)


def shown(options):
    words = f"scripts/accuracy validity --runs {options.runs} --seconds {options.seconds:g} --seed {options.seed}"
    return words + (f" --only {options.only}" if options.only else "") + (" --shield" if options.shield else "")


def wanted(usable, cells, planned_runs, floors):
    """What the issue asks for: (holds, sentence)."""
    far = [(factor, word) for row, name, factor, word in cells if not is_near(row, name, factor, floors)]
    wrong = sum(is_wrong(word, factor) for factor, word in far)
    near = sum(is_wrong(word, factor) for _, _, factor, word in cells) - wrong
    calm = [word for row, _, factor, word in cells if row["disturbance"] == "none" and factor == UNKNOWN_FACTOR]
    unknown = calm.count("UNKNOWN") / len(calm) if calm else 1
    left = (planned_runs - len(usable)) / max(1, planned_runs)
    return [
        (wrong == 0, f"no PASS or FAIL contradicts the truth ({wrong} of {len(far)} verdicts do; of the {len(cells) - len(far)} at "
            f"limits within {NEAR:.0%} of the truth, as far as the floor is known, listed apart: {near})"),
        (unknown <= UNKNOWN_SHARE, f"UNKNOWN in at most {UNKNOWN_SHARE:.0%} of the undisturbed runs at "
            f"{UNKNOWN_FACTOR:g} x ({unknown:.1%} of {len(calm)} verdicts)"),
        (left <= LEFT_OUT_SHARE, f"at most {LEFT_OUT_SHARE:.0%} of the runs are left out ({left:.1%})"),
    ]


def exceptions(cells, floors):
    """The verdicts that contradict the truth, one by one."""
    wrong = [cell for cell in cells if is_wrong(cell[3], cell[2])]
    if not wrong:
        return ["No verdict contradicts the truth."]
    lines = [
        "Verdicts on the wrong side of the truth and the median floor; *apart*: within the floor's own spread.",
        "",
        "| run | server, load | disturbance | limit | verdict | | lower, truth without and with the floor, measured in ms |",
        "|--:|---|---|---|---|---|---|",
    ]
    for row, name, factor, word in wrong:
        floor = floors[row["server"], row["load"], name]
        truth = row[f"truth_{name}"]
        apart = "apart" if is_near(row, name, factor, floors) else "**wrong**"
        lines.append(
            f"| {row['run']} | {row['server']}, {row['load']} {row['rate']}/s, {row['law']} {row['service_ms']} ms | "
            f"{row['disturbance']} {row['setting']} | {name} at {factor:g} x | {word} | {apart} | "
            f"{milliseconds(row[f'lower_{name}'])}, {milliseconds(truth)}, {milliseconds(truth + floor.low)} to "
            f"{milliseconds(truth + floor.high)}, {milliseconds(row[f'response_{name}'])} |"
        )
    return lines
