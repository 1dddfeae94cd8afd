"""The rules of `Validity` on latency (Sources/Measure/Validity), to try other thresholds on validity.csv.

Only for calibration: `wanted` of validity.py counts where this and headroom disagree.
"""

import math

# ValidityThresholds, those that speak about latency; nanoseconds and shares.
DEFAULTS = {
    "shapedShare": 0.10,
    "suspectShare": 0.05,
    "lagFloorP99": 1_000_000,
    "lagFloorP50": 250_000,
    "suspectLagFloorP99": 250_000,
    "suspectLagFloorP50": 100_000,
    "stallSuspect": 50_000_000,
    "workerFull": 0.95,
}
METRICS = ("response", "service", "send_lag", "generator_lag", "client_delay")


def evidence(run):
    """What run.json tells of the generator, flat; nanoseconds, shares and counts; nil as nothing."""
    row = {"verdict": run.claim("latency"), "run_verdict": run.verdict}
    reasons = run["validity.claims.latency.reasons"] or []
    row["reasons"] = " ".join(f"{reason['rule']}:{reason['verdict']}" for reason in reasons)
    for metric in METRICS:
        for key in ("p50", "p99", "max"):
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


SHARES = (0.05, 0.10)
LAGS = ("generator_lag", "client_delay")


def shifts(run):
    """How far lags of ours may have shifted p50 and p99, by the distributions of the record.

    Where a share f of the requests waited for us for more than a part s of a percentile Q(p), the percentile without
    us lies between Q(p - f) and Q(p), or within s of it: lags that are smaller cannot shift it by more than s.
    """
    response = run.buckets("response")
    lags = {name: run.buckets(name) for name in LAGS}
    row = {}
    for key, share in (("p50", 0.5), ("p99", 0.99)):
        value = quantile(response, share)
        for part in SHARES:
            late = {name: above(slots, part * value) for name, slots in lags.items()}
            # Every request of a share has a start and an answer; which were late at both is not known.
            without = quantile(response, max(0.0, share - sum(late.values())))
            mark = f"{key}_{round(100 * part)}"
            for name in LAGS:
                row[f"{name}_share_{mark}"] = round(late[name], 6)
            row[f"shift_{mark}"] = round(value / without - 1, 5)
    return row


def quantile(slots, share):
    wanted = max(1, math.ceil(share * sum(count for _, _, count in slots) - 1e-9))
    for _, upper, count in slots:
        wanted -= count
        if wanted <= 0:
            return upper
    return 0


def above(slots, limit):
    """The share of values above a limit."""
    total = sum(count for _, _, count in slots)
    return sum(count for low, _, count in slots if low > limit) / total if total else 0.0


def verdict(row, thresholds):
    """VALID, SUSPECT or INVALID, as the rules that can be recomputed make it."""
    found = {"VALID"}
    for metric, whole in (("generator_lag", "response"), ("client_delay", "service")):
        for key, floor, low in (
            ("p50", thresholds["lagFloorP50"], thresholds["suspectLagFloorP50"]),
            ("p99", thresholds["lagFloorP99"], thresholds["suspectLagFloorP99"]),
        ):
            own, latency = row[f"{metric}_{key}"], row[f"{whole}_{key}"]
            if "" in (own, latency):
                continue
            if own > floor and own > thresholds["shapedShare"] * latency:
                found.add("INVALID")
            elif own > low and own > thresholds["suspectShare"] * latency:
                found.add("SUSPECT")
    stall = row["loop_lag_max"]
    if stall != "" and stall >= thresholds["stallSuspect"] and stall > thresholds["shapedShare"] * row["response_max"]:
        found.add("SUSPECT")
    if row["cpu_share"] != "" and row["cpu_share"] >= thresholds["workerFull"]:
        found.add("SUSPECT")
    others = ("drift", "warm_up", "unsettled", "retransmits", "clock_steps", "probe", "worker_busy", "accounting")
    for reason in str(row["reasons"]).split():
        rule, word = reason.split(":")
        if rule in others:
            found.add(word)
    return max(found, key=["VALID", "SUSPECT", "INVALID"].index)
