"""T10 to T13: every request is counted, and the times include requests without an answer."""

import math

from parts.report import Row, at_most, equal, near, percent, plain, seconds_text, within


def exact(lab):
    """T10: headroom's counts, the server's, and the kernel's."""
    rows = []
    body = 50_000
    with lab.serve() as server:
        run = lab.run(server.url("/bytes/50000"), "-c", 20, "-d", "5s", record=True)
        server.stats_now = server.stats()
        server.stop()
    rows += count_rows("20 users, 50 KB", run, server.stats_now)
    answers = run["requests.ok"]
    rows.append(equal("T10", "20 users, 50 KB: body bytes of complete answers", body * answers, run["bytes.received.body"]))
    rows += interval_rows("20 users, 50 KB", run) + kernel_rows("20 users, 50 KB", run)
    run.forget()
    with lab.serve() as server:
        run = lab.open(server, 400, 5, "--connection", "per_session", path="/half-500", record=True)
        stats = server.stats()
        server.stop()
    rows += count_rows("open, half of the answers 500", run, stats)
    rows.append(
        equal(
            "T10", "open, half of the answers 500: failed", run["status.5xx"], run["requests.failed"]
        )
    )
    rows += interval_rows("open, half of the answers 500", run)
    run.forget()
    return rows


def count_rows(name, run, stats):
    requests = run["requests"]
    ends = requests["ok"] + sum(run["errors"].values()) + requests["in_flight_at_end"]
    return [
        equal("T10", f"{name}: started = ok + error classes + in flight", requests["started"], ends),
        equal(
            "T10", f"{name}: requests, of the server's count", stats["requests"],
            requests["started"] + sum(count for cause, count in run["resent"].items() if cause != "address"),
        ),
        equal("T10", f"{name}: bytes received, of the server's", stats["bytesSent"], run["bytes.received.socket"]),
        equal("T10", f"{name}: bytes sent, of the server's", stats["bytesReceived"], run["bytes.sent.socket"]),
        equal("T10", f"{name}: connections, of the server's", stats["connectionsAccepted"] - 1, run["connections.opened"]),
    ]


def interval_rows(name, run):
    """In each interval: in flight before + started = ok + failed + in flight after."""
    rows = run.intervals()
    in_flight, wrong = 0, 0
    for row in rows:
        before, after = int(row["in_flight_at_start"]), int(row["in_flight_at_end"])
        ended = int(row["requests_ok"]) + int(row["requests_failed"])
        wrong += before != in_flight or before + int(row["requests_started"]) != ended + after
        in_flight = after
    return [equal("T10", f"{name}: intervals of {len(rows)} whose counts do not close", 0, wrong)]


def kernel_rows(name, run):
    """TCP_INFO of the sampled connections with settled figures."""
    sample = run["client.sampled_connections"]
    if not sample:
        return [Row("T10", f"{name}: TCP_INFO", "-", "not in run.json", "", None)]
    settled = sample["count"] - sample["unsettled"]
    return [
        equal(
            "T10", f"{name}: TCP_INFO bytes received of {settled} connections",
            sample["bytes_read"] + sample["bytes_unread"] + sample["ends"], sample["bytes_received"],
        ),
        equal(
            "T10", f"{name}: TCP_INFO bytes acknowledged, a SYN each",
            sample["bytes_sent"] + settled, sample["bytes_acknowledged"],
        ),
    ]


def littles_law(lab):
    """T11: requests in the server by its log, against headroom's rate times its mean."""
    rate, service, seconds = 200, 0.05, 10 if lab.quick else 60
    with lab.serve("--service-time", f"exponential:{service * 1000:g}ms") as server:
        run = lab.open(server, rate, seconds, "--arrivals", "poisson")
        arrivals = server.stop()
    duration = run["hold.duration"] / 1e9
    begin = arrivals[0].first_in / 1e9
    held, level = edges_integral(arrivals, begin, begin + duration)
    passed = run["hold.requests.ok"] / duration
    stay = run.seconds("latency.service.mean")
    # Requests inside at the beginning and at the end count only in part.
    slack = 0.005 + level * stay / (passed * stay * duration)
    return [
        Row(
            "T11",
            "mean in flight by the server's log = requests/s × mean service",
            plain(held / duration),
            plain(passed * stay),
            "± " + percent(slack),
            abs(held / duration - passed * stay) <= slack * held / duration,
        )
    ]


def edges_integral(arrivals, begin, end):
    """(request-seconds between two times, requests inside at the last one), by a walk over the edges."""
    edges = []
    for arrival in arrivals:
        edges += [(arrival.first_in / 1e9, 1), (arrival.out / 1e9, -1)]
    edges.sort()
    area, level, last = 0.0, 0, begin
    for time, step in edges:
        if time > end:
            break
        area += level * (max(time, begin) - last)
        last = max(time, begin)
        level += step
    return area + level * (end - last), level


def lost(lab):
    """T12: 1 % of the requests get no answer; timeout 2 s."""
    rate, seconds, share, timeout = 200, 15 if lab.quick else 60, 0.01, 2.0
    with lab.serve() as server:
        run = lab.open(server, rate, seconds, "--timeout", "2s", path="/lose/100", record=True)
    count = run["hold.requests.started"]
    failed = run["hold.requests.failed"]
    slots = run.buckets("response.all")
    run.forget()
    spread = 2.58 * math.sqrt(share * (1 - share) / count)
    return [
        near("T12", "failed, of started", share, failed / count, spread, percent),
        equal("T12", "all of them timeouts", failed, sum(run["hold.errors"].get(key, 0) for key in TIMEOUTS)),
        Row(
            "T12", "p99.5 of all attempts", "≥ 2 s", seconds_text(slot_quantile(slots, 0.995)), "",
            slot_quantile(slots, 0.995) >= timeout,
        ),
        equal("T12", "lower bounds among them, as marked", failed, run["latency_all.response.censored"]),
        at_most("T12", "largest of the successful alone", 1.0, run.seconds("latency.response.max")),
        equal("T12", "attempts in the distribution of all", count, run["latency_all.response.count"]),
    ]


TIMEOUTS = ("timeout_connect", "timeout_ttfb", "timeout_idle", "timeout_total")


def slot_quantile(slots, share):
    """Seconds, from slots in the form that `buckets` gives."""
    wanted = math.ceil(share * sum(count for _, _, count in slots) - 1e-9)
    for _, upper, count in slots:
        wanted -= count
        if wanted <= 0:
            return upper / 1e9
    return None


def censored(lab):
    """T13: the server answers nothing in the last second."""
    rate, seconds = 200, 30 if lab.quick else 60
    with lab.serve("--stop-after", f"{seconds - 1}s") as server:
        run = lab.open(server, rate, seconds, "--timeout", "10s")
    # Requests in flight for 1 s at most: a lower bound of x s for all but 1 % of the run.
    bound = 1 - 0.01 * seconds
    every = run["latency_all.response"]
    unanswered = run["requests.in_flight_at_end"] + run["requests.failed"]
    drain = 10.0
    return [
        equal("T13", "without an answer at the end (in flight, or timed out in the drain)", rate, unanswered, 1),
        Row("T13", "p99 of all attempts", f"≥ {seconds_text(bound)}", seconds_text(every["p99"] / 1e9), "", every["p99"] / 1e9 >= bound),
        equal("T13", "marked as lower bounds", unanswered, every["censored"]),
        Row("T13", "p99 of the successful alone", "-", seconds_text(run.seconds("latency.response.p99")), "", None),
        within("T13", "run, drain and all", seconds, seconds + drain + 1, run.wall),
    ]
