"""T1, T3, T4, T9, T14: times, against formulas and against the server's own log."""

import math
import statistics as standard

from parts.report import Row, at_most, equal, near, percent, plain, say, seconds_text, within
from parts.statistics import autocorrelation, dispersion, ks_exponential, mean, quantile
from parts.lab import LabError, Wire, bare_timer, residence_quantiles, residences

TAIL = (("p95", 0.95), ("p99", 0.99), ("p999", 0.999))


# MARK: T1


STALL, PERIOD, RATE = 1.0, 10.0, 200


def stall(lab):
    """A server that stalls for 1 s in 10, at 200 requests/s."""
    seconds = int(PERIOD) * (3 if lab.quick else 6)
    rows = []
    loads = [
        ("open, a user for each", lambda server: lab.open(server, RATE, seconds)),
        (
            "closed, 400 users every 2 s",
            lambda server: lab.run(server.url(), "-c", 400, "--every", "2s", "-d", f"{seconds}s"),
        ),
        (
            "closed, 10 users every 50 ms",
            lambda server: lab.run(server.url(), "-c", 10, "--every", "50ms", "-d", f"{seconds}s"),
        ),
    ]
    for name, start in loads:
        with lab.serve("--stall", f"{STALL:g}s/{PERIOD:g}s") as server:
            run = start(server)
            load = utilisation(server.stop())
        rows += stall_rows(name, run, load, seconds, TAIL[:2] if lab.quick else TAIL)
    return rows


def utilisation(arrivals):
    """ρ: the rate as a share of that at which a backlog drains, from the gaps of requests that came at once."""
    gaps = [later.first_in - earlier.first_in for earlier, later in zip(arrivals, arrivals[1:])]
    together = [gap / 1e9 for gap in gaps if gap / 1e9 < 0.2 / RATE]
    return RATE * standard.median(together) if together else 0.0


def stall_quantile(share, base, load):
    """The quantile of response times under a periodic stall, by arithmetic."""
    return base + max(0.0, STALL - (1 - share) * PERIOD * (1 - load))


def stall_rows(name, run, load, seconds, tail):
    """Rows of one load; a short run has too few samples for a p99.9."""
    base = run.seconds("latency.service.p50")
    tolerance = 1 / RATE + 0.002
    rows = [
        near(
            "T1",
            f"{name}: response {key}",
            stall_quantile(share, base, load),
            run.seconds(f"latency.response.{key}"),
            tolerance,
        )
        for key, share in tail
    ]
    average = base + STALL**2 / (2 * PERIOD * (1 - load))
    rows.append(near("T1", f"{name}: mean", average, run.seconds("latency.response.mean"), 0.02 * average))
    hold = run["hold.requests"]
    rows.append(
        equal("T1", f"{name}: starts counted", RATE * seconds, hold["started"] + hold["never_started"], 1)
    )
    rows.append(
        equal(
            "T1",
            f"{name}: started = ok + failed + in flight",
            run["requests.started"],
            run["requests.ok"] + run["requests.failed"] + run["requests.in_flight_at_end"],
        )
    )
    service = run.seconds("latency.service.p99")
    if "10 users" in name:
        # At most N / (λT) = 0.5 % of the requests can be out while it stalls: the uncorrected p99 shows nothing.
        rows.append(at_most("T1", f"{name}: service p99 beside it", base + 0.005, service))
    else:
        rows.append(Row("T1", f"{name}: service p99 beside it", "-", seconds_text(service), "", None))
    return rows


# MARK: T3


IDLE_TRIES = 5  # runs that wait for an idle core at most


def fidelity(lab):
    """Starts at 1,000/s, with and without spinning."""
    rows = []
    for name, options, median in (("", [], 100e-6), ("--spin: ", ["--spin"], 50e-6)):
        rows += quiet_fidelity(lab, name, options, median)
    return rows


def quiet_fidelity(lab, name, options, median):
    """The promise is for an idle core. So of several runs the one with the most punctual bare timer before and after it
    counts, whatever headroom's own lag was: the first run with a bare timer within the limits, otherwise the one with
    the lowest p99.9."""
    rate, seconds = 1_000, 10 if lab.quick else 60
    limits = {"p50": median, "p99": 1e-3, "p999": 2e-3}
    quietest = None
    for attempt in range(1, IDLE_TRIES + 1):
        machine = bare_timer(rate, seconds / 2)
        with lab.serve() as server:
            run = lab.open(server, rate, seconds, *options)
            arrivals = server.stop()
        after = bare_timer(rate, seconds / 2)
        machine = {key: max(value, after[key]) for key, value in machine.items()}
        # A bare timer's median is its slack, on any machine.
        is_idle = all(machine[key] <= limits[key] for key in ("p99", "p999"))
        if quietest is None or is_idle or machine["p999"] < quietest[0]["p999"]:
            quietest = machine, run, arrivals
        tail = ", ".join(f"{key} {seconds_text(machine[key])}" for key in ("p99", "p999"))
        say(f"T3 {name}run {attempt}: a bare timer's {tail}")
        if is_idle:
            break
    machine, run, arrivals = quietest
    span = (arrivals[-1].first_in - arrivals[0].first_in) / 1e9
    return [
        Row(
            "T3",
            f"{name}runs, of {IDLE_TRIES} at most, until a bare timer found the core idle",
            "-",
            str(attempt) if is_idle else "it never did",
            "",
            None,
        ),
        equal("T3", f"{name}starts", rate * seconds, run["hold.requests.started"], 1),
        near("T3", f"{name}first to last, as the server saw", seconds - 1 / rate, span, 1 / rate + 0.001),
        *(
            punctual(name, key, limit, run.seconds(f"latency.send_lag.{key}"), machine[key])
            for key, limit in limits.items()
        ),
        Row("T3", f"{name}send lag max", "-", seconds_text(run.seconds("latency.send_lag.max")), "", None),
    ]


def punctual(name, key, limit, measured, machine):
    """A lag above its limit is no failure of headroom if a bare timer on the same core is above it, too."""
    row = at_most("T3", f"{name}send lag {key} (a bare timer loop beside it: {seconds_text(machine)})", limit, measured)
    if not row.held and machine > limit:
        row.held = None
    return row


# MARK: T4


def poisson(lab):
    """Poisson arrivals as the server sees them: 200/s, 2,000 gaps."""
    rate, count, seeds = 200, 2_000, 3 if lab.quick else 20
    worst = {"ks": 0.0, "dispersion": 0.0, "autocorrelation": 0.0}
    rejected = dict.fromkeys(worst, 0)
    for seed in range(1, seeds + 1):
        # In every fourth run there are two workers at half the rate each.
        threads = 2 if seed % 4 == 0 else 1
        with lab.serve() as server:
            lab.open(
                server, rate, round(count / rate * 1.2), "--arrivals", "poisson", "--seed", seed, threads=threads
            )
            arrivals = server.stop()
        times = [arrival.first_in / 1e9 for arrival in arrivals][: count + 1]
        gaps = [later - earlier for earlier, later in zip(times, times[1:])]
        ratio, windows = dispersion(times, 0.1)
        found = {
            "ks": ks_exponential(gaps, rate) / 1.63,
            "dispersion": abs(ratio - 1) / (2.58 * math.sqrt(2 / (windows - 1))),
            "autocorrelation": abs(autocorrelation(gaps)) / (2.58 / math.sqrt(len(gaps))),
        }
        for key, value in found.items():
            worst[key] = max(worst[key], value)
            rejected[key] += value > 1
    names = {
        "ks": "Kolmogorov-Smirnov of the gaps against Exp(200)",
        "dispersion": "dispersion of counts in 100 ms",
        "autocorrelation": "lag-1 autocorrelation of the gaps",
    }
    return [
        Row(
            "T4",
            f"{names[key]}: rejected at 1 %, of {seeds} seeds",
            "≤ 1",
            f"{rejected[key]} (worst {plain(worst[key])} of the limit)",
            "",
            rejected[key] <= 1,
        )
        for key in worst
    ]


# MARK: T9


def observer(lab):
    """The server's log beside headroom's times, 50 KB bodies: by distributions, then request by request."""
    seconds = 10 if lab.quick else 60
    with lab.serve() as server:
        run = lab.open(server, 200, seconds, "--arrivals", "poisson", path="/bytes/50000")
        arrivals = server.stop()
    names = {(arrival.connection, arrival.number) for arrival in arrivals}
    ours = [run.seconds(f"latency.service.{key}") for key in ("p50", "p99")]
    theirs = residence_quantiles(arrivals, 0.5, 0.99)
    extra = run.seconds("latency.service.mean") - mean(residences(arrivals))
    rows = [
        equal("T9", "requests that the server saw, of ours", run["requests.started"], len(arrivals)),
        equal("T9", "connection and number, each once", len(arrivals), len(names)),
        within("T9", "service − residence, p50 of each", 0, 150e-6, ours[0] - theirs[0]),
        within("T9", "service − residence, p99 of each", 0, 1e-3, ours[1] - theirs[1]),
        within("T9", "service − residence, mean of every request", 0, 150e-6, extra),
        Row(
            "T9",
            "client delay p50, p99 (within it)",
            "-",
            f"{seconds_text(run.seconds('latency.client_delay.p50'))}, "
            f"{seconds_text(run.seconds('latency.client_delay.p99'))}",
            "",
            None,
        ),
    ]
    return rows + wire_observer(lab, seconds) + joined_observer(lab, seconds)


def wire_observer(lab, seconds):
    """Durations by the stamps of the packets on the loopback, from the request's to the answer's last."""
    with lab.serve() as server:
        with Wire(server.port) as wire:
            run = lab.open(server, 200, seconds, "--arrivals", "poisson", path="/bytes/50000")
        server.stop()
    ours = [run.seconds(f"latency.service.{key}") for key in ("p50", "p99")]
    theirs = [quantile(wire.durations, share) for share in (0.5, 0.99)]
    return [
        equal("T9", "packets on the loopback: exchanges", run["requests.started"], len(wire.durations)),
        equal("T9", "packets that were missed", 0, wire.dropped),
        near("T9", "service p50, beside the packets'", theirs[0], ours[0], 100e-6),
        near("T9", "service p99, beside the packets'", theirs[1], ours[1], max(1e-3, 0.05 * theirs[1])),
    ]


APART = 16  # steps of a session that can be recorded apart
BETWEEN = 10  # steps from one of them to the next: a core after a long sleep wakes up late


def joined_observer(lab, seconds):
    """headroom writes no log of requests, but the distributions of every second for each step that an objective names.
    If a user makes each step once a second, each distribution holds one value. It is joined with the server's time of
    the same request: the user's next one on its connection. The first run gives each step a different delay in the
    server, so that a wrong partner would show."""
    told, _, _ = joined(lab, 10, [f"/delay/{3 * step + 1}" for step in range(APART)])
    extras, apart, connections = joined(lab, seconds, ["/bytes/50000"] * APART * BETWEEN)
    return [
        within("T9", "joined, each step delayed otherwise: all of service − residence", 0, 2e-3, worst(told)),
        Row(
            "T9",
            "request by request: joined, of the hold's that are apart (two of a step in a second are left out)",
            f"≥ {round(0.9 * apart):,}",
            f"{len(extras):,} of {apart:,}",
            "",
            len(extras) >= 0.9 * apart,
        ),
        equal("T9", "on one connection", 1, connections),
        within("T9", "service − residence, the smallest of all", 0, 150e-6, min(extras)),
        within("T9", "service − residence, p50", 0, 150e-6, quantile(sorted(extras), 0.5)),
        within("T9", "service − residence, p99", 0, 1e-3, quantile(sorted(extras), 0.99)),
    ]


def worst(extras):
    """The smallest if it is below zero, otherwise the p99: the value to check `within` 0 and a limit."""
    return min(extras) if min(extras) < 0 else quantile(sorted(extras), 0.99)


def joined(lab, seconds, paths):
    """By how much each service time of these steps exceeds the server's; requests of these steps; connections. The
    session takes a second, so that each step is in an interval once."""
    steps = "".join(f"  - get: {path}\n    name: step-{number}\n" for number, path in enumerate(paths))
    apart = range(0, len(paths), len(paths) // APART)
    objectives = "".join(f"  - p99 < 10s for step-{number}\n" for number in apart)
    with lab.serve() as server:
        profile = lab.session_profile(server, steps, f"slo:\n{objectives}")
        # Cold: the first request belongs to the first step, and the others follow in order.
        every = f"{1_000_000 // len(paths)}us"
        run = lab.run(profile, "-c", 1, "--every", every, "--start", "cold", "-d", f"{seconds}s", record=True)
        arrivals = server.stop()
    # Requests before the hold are in none of its distributions.
    skipped = len(arrivals) - run["hold.requests.ok"]
    residences_of = {step: [] for step in apart}
    for number, arrival in enumerate(arrivals):
        if number >= skipped and number % len(paths) in residences_of:
            residences_of[number % len(paths)].append(arrival.residence)
    extras = []
    for step, theirs in residences_of.items():
        ours = run.interval_values(f"service.step.{step + 1}")
        if sum(map(len, ours)) != len(theirs):
            raise LabError(f"step {step + 1}: {sum(map(len, ours))} values, {len(theirs)} requests at the server")
        start = 0
        for values in ours:
            if len(values) == 1:
                extras.append((values[0] - theirs[start]) / 1e9)
            start += len(values)
    run.forget()
    return extras, sum(map(len, residences_of.values())), len({arrival.connection for arrival in arrivals})


# MARK: T14


def queue(lab):
    """M/M/1 from end to end: μ = 200/s, λ = 100/s."""
    service, arrival, seconds = 200, 100, 60 if lab.quick else 200
    # A third of the samples spreads 1.8 times as much.
    wider = math.sqrt(200 / seconds)
    with lab.serve() as server:
        floor = lab.open(server, arrival, 4, "--arrivals", "poisson").seconds("latency.response.p50")
        server.stop()
    line = ("--service-time", f"exponential:{1000 / service:g}ms", "--concurrency", 1)
    with lab.serve(*line) as server:
        run = lab.open(server, arrival, seconds, "--arrivals", "poisson")
        arrivals = server.stop()
    p50, p99 = residence_quantiles(arrivals, 0.5, 0.99)
    spare = service - arrival
    rows = [
        relative("T14", "open: mean", 1 / spare + floor, run.seconds("latency.response.mean"), 0.05 * wider),
        relative("T14", "open: p50", math.log(2) / spare + floor, run.seconds("latency.response.p50"), 0.08 * wider),
        relative("T14", "open: p90", math.log(10) / spare + floor, run.seconds("latency.response.p90"), 0.08 * wider),
        relative("T14", "open: p99", math.log(100) / spare + floor, run.seconds("latency.response.p99"), 0.08 * wider),
        relative("T14", "open: p50, of the server's log", p50 + floor, run.seconds("latency.response.p50"), 0.02),
        relative("T14", "open: p99, of the server's log", p99 + floor, run.seconds("latency.response.p99"), 0.02),
    ]
    with lab.serve(*line, "--seed", 2) as server:
        closed = lab.run(server.url(), "-c", 2, "--think", "13500us", "-d", f"{seconds / 2:g}s")
    rate = closed["hold.requests.ok"] / (closed["hold.duration"] / 1e9)
    rows += [
        relative("T14", "closed, 2 users who think: requests/s", arrival, rate, 0.15, plain),
        Row(
            "T14",
            "closed: p99 below the open load's, labelled closed",
            "< " + seconds_text(run.seconds("latency.response.p99")),
            f"{seconds_text(closed.seconds('latency.response.p99'))}, {closed['load.model']}",
            "",
            closed["latency.response.p99"] < run["latency.response.p99"] and closed["load.model"] == "closed",
        ),
    ]
    return rows


def relative(test, what, expected, measured, share, text=seconds_text):
    held = measured is not None and abs(measured - expected) <= share * expected
    return Row(test, what, text(expected), text(measured), "± " + percent(share), held)
