"""The rules of `Validity` on latency (Sources/Measure/Validity), to try other thresholds on validity.csv.

Only for calibration: `wanted` of validity.py counts where this and headroom disagree.
"""

import bisect

# ValidityThresholds, those that speak about latency; nanoseconds and shares.
DEFAULTS = {
    "shiftInvalid": 0.065,
    "shiftSuspect": 0.055,
    "suspectShare": 0.05,
    "lagFloorP50": 250_000,
    "suspectLagFloorP50": 100_000,
    "stallSuspect": 50_000_000,
    "shapedShare": 0.10,
    "workerFull": 0.95,
}
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
# Those that make a run INVALID; one further out is SUSPECT at most.
JUDGED = ("p50", "p90", "p95", "p99")
LAGS = ("generator_lag", "client_delay")
METRICS = ("response", "service", "send_lag", "generator_lag", "client_delay")


def evidence(run):
    """What run.json tells of the generator, flat; nanoseconds, shares and counts; nil as nothing."""
    row = {"verdict": run.claim("latency"), "run_verdict": run.verdict}
    reasons = run["validity.claims.latency.reasons"] or []
    row["reasons"] = " ".join(f"{reason['rule']}:{reason['verdict']}" for reason in reasons)
    for metric in METRICS:
        for key in (*QUANTILES, "max"):
            value = run[f"latency.{metric}.{key}"]
            row[f"{metric}_{key}"] = "" if value is None else value
    row["count"] = run["latency.response.count"]
    for key in ("started", "never_started", "failed"):
        row[key] = run[f"hold.requests.{key}"]
    row["late_server"], row["late_generator"] = run["hold.late.server"], run["hold.late.generator"]
    workers = run["client.workers"] or []
    spans = [worker for worker in workers if worker["duration"]]

    def highest(value):
        return max((value(worker) for worker in spans), default="")

    row["cpu_share"] = highest(lambda worker: round(worker["cpu"] / worker["duration"], 4))
    row["cpu_share_highest"] = highest(lambda worker: round(worker["cpu_share_highest"], 4))
    row["run_delay_share"] = highest(lambda worker: round(worker["run_delay"] / worker["duration"], 4))
    row["involuntary_per_second"] = highest(
        lambda worker: round(worker["involuntary_switches"] / worker["duration"] * 1e9, 1)
    )
    row["loop_lag_max"] = highest(lambda worker: worker["loop_lag_highest"])
    host = run["client.host"] or {}
    row["steal_share"] = round(host["steal_ticks"] / host["ticks"], 4) if host.get("ticks") else ""
    row["throttled_share"] = round(host["throttled"] / host["duration"], 4) if host.get("duration") else ""
    return row


FLOOR = 200_000
# Fewer answers whose wait for us is known say nothing of a tail; alone, without starts, they have to be more.
DELAYS_NEEDED, DELAYS_NEEDED_ALONE = 100, 1_000


def shifts(buckets):
    """How far lags of ours shifted each percentile of response, by the distributions of the record.

    A response R is the time T without us, and our lag D: F_R(x) = E[F_T(x - D)]. With T near R inside of the
    difference, F_T(x) is near F_R(x) + E[F_R(x) - F_R(x - D)], for both lags of a request, at its start and its answer.
    What holds up starts holds up answers, and few of those are known: the larger shift counts.
    """
    starts, answers = (parts(buckets[name]) for name in LAGS)
    cases = [starts + starts] if buckets[LAGS[0]] else []
    known = sum(slot[2] for slot in buckets[LAGS[1]])
    if known >= (DELAYS_NEEDED if cases else DELAYS_NEEDED_ALONE):
        cases.append(starts + answers)
    return {
        f"shift_{name}": round(max((shift(buckets["response"], mass, share) for mass in cases), default=0), 5)
        for name, share in QUANTILES.items()
    }


def parts(slots):
    """(lag, part of all that had it), of lags that are no idle machine's."""
    total = sum(slot[2] for slot in slots)
    return [(slot[1], slot[2] / total) for slot in slots if slot[0] >= FLOOR]


def shift(slots, mass, share):
    values = [slot[1] for slot in slots]
    total, shares = sum(slot[2] for slot in slots), []
    for slot in slots:
        shares.append((shares[-1] if shares else 0) + slot[2] / total)

    def below(value):
        index = bisect.bisect_right(values, value) - 1
        return shares[index] if index >= 0 else 0.0

    def is_reached(index):
        own = shares[index]
        return own + sum(part * (own - below(values[index] - lag)) for lag, part in mass) >= share - 1e-9

    published = bisect.bisect_left(shares, share - 1e-9)
    without = bisect.bisect_left(range(published), True, key=is_reached)
    return values[published] / values[without] - 1


def verdict(row, thresholds):
    """VALID, SUSPECT or INVALID, as the rules that can be recomputed make it."""
    found = {"VALID"}
    for name in QUANTILES:
        if row[f"response_{name}"] == "":
            continue
        if name in JUDGED and row[f"shift_{name}"] > thresholds["shiftInvalid"]:
            found.add("INVALID")
        elif row[f"shift_{name}"] > thresholds["shiftSuspect"]:
            found.add("SUSPECT")
    for metric, whole in (("generator_lag", "response"), ("client_delay", "service")):
        own, latency = row[f"{metric}_p50"], row[f"{whole}_p50"]
        if "" in (own, latency):
            continue
        if own > thresholds["lagFloorP50"] and own > thresholds["shapedShare"] * latency:
            found.add("INVALID")
        elif own > thresholds["suspectLagFloorP50"] and own > thresholds["suspectShare"] * latency:
            found.add("SUSPECT")
    stall = row["loop_lag_max"]
    if stall != "" and stall >= thresholds["stallSuspect"] and stall > thresholds["shapedShare"] * row["response_max"]:
        found.add("SUSPECT")
    if row["cpu_share"] != "" and row["cpu_share"] >= thresholds["workerFull"]:
        found.add("SUSPECT")
    others = ("drift", "warm_up", "unsettled", "retransmits", "clock_steps", "probe", "worker_busy", "accounting", "own_delays_p9999")
    for reason in str(row["reasons"]).split():
        rule, word = reason.split(":")
        if rule in others:
            found.add(word)
    return max(found, key=["VALID", "SUSPECT", "INVALID"].index)
