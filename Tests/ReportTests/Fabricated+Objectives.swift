import Measure

@testable import Report

extension Fabricated {
    /// The healthy run with objectives over windows and of steps, after an automatic warm-up.
    static func withObjectives() -> RunRecord {
        let healthy = Self.healthy()
        let hold = Window(steps: [1, 3])
        hold.add(healthy.hold)
        Self.fill(hold.steps[0].response, count: 1_700, from: 180_000, spread: 2_000_000)
        Self.fill(hold.steps[0].service, count: 1_700, from: 150_000, spread: 1_500_000)
        Self.fill(hold.steps[0].firstByte, count: 1_700, from: 90_000, spread: 900_000)
        Self.fill(hold.steps[1].response, count: 12, from: 300_000, spread: 2_400_000)
        Self.fill(hold.steps[1].service, count: 12, from: 300_000, spread: 2_300_000)
        Self.fill(hold.steps[1].firstByte, count: 12, from: 200_000, spread: 2_200_000)
        Self.fill(hold.steps[1].failed, count: 3, from: 400_000, spread: 1_000)
        var summary = healthy
        summary.hold = hold
        summary.plan.warmupIsAuto = true
        summary.plan.steps = [
            RunRecord.Plan.Step(number: 1, title: "front", words: ["front", "GET /bytes/50000"]),
            RunRecord.Plan.Step(number: 3, title: "POST /order?token=secret", words: ["POST /order"]),
        ]
        summary.outcome.warmUpFound = WarmUpFound(length: 27_000_000_000, isSteady: true)
        summary.slo += [
            SLOOutcome(
                text: "p99 < 500ms in 99% of 10s windows", verdict: .pass, measured: .fraction(1),
                windows: SLOOutcome.Windows(held: 6, failed: 0, count: 6)),
            SLOOutcome(text: "p99 < 100ms for POST /order", verdict: .pass, measured: nil),
            SLOOutcome(
                text: "p99 < 1ms in 50% of 90s windows", verdict: .fail, measured: nil,
                windows: SLOOutcome.Windows(held: 0, failed: 0, count: 0)),
        ]
        summary.verdict = RunVerdict(
            word: .fail, basis: .objective(summary.slo[5], others: 0), exit: .objectiveNotMet)
        return summary
    }

    /// The result of a plain timer with a p99 this late.
    static func timer(p99: UInt64) -> DistributionFigures {
        var timer = DistributionFigures()
        timer.count = 60_000
        timer.minimum = 1_200
        timer.mean = 52_000
        timer.values = [40_100, 61_000, 70_000, p99, 3 * p99, nil]
        timer.maximum = 8 * p99
        return timer
    }

    /// A quiet generator on a machine with late timers, and an objective between the value and its lower bound.
    static func unknown() -> RunRecord {
        var summary = Self.healthy()
        summary.outcome.health?.timer = Self.timer(p99: 1_030_000)
        // For the response time, the first metric with bounds.
        Self.fill(summary.hold.bounds[0].lower, count: 2_778, from: 100_000, spread: 900_000)
        Self.fill(summary.hold.bounds[0].unended, count: 5, from: 1_000_000_000, spread: 2_000_000_000)
        summary.slo[0] = SLOOutcome(
            text: "p99 < 1ms", verdict: .unknown, measured: .nanoseconds(2_010_000),
            lower: .nanoseconds(550_000), reason: .ownDelays)
        summary.slo[2].isClose = true
        summary.verdict = RunVerdict(
            word: .unknown, basis: .objective(summary.slo[0], others: 0), exit: .unknown)
        return summary
    }

    /// More objectives than a screen has room for; two of them failed.
    static func withManyObjectives() -> RunRecord {
        var summary = Self.unknown()
        summary.slo += (31...32).map {
            SLOOutcome(text: "p\($0) < 1ms", verdict: .fail, measured: .nanoseconds(300_000_000))
        }
        summary.slo += (1...30).map {
            SLOOutcome(text: "p\($0) < 500ms", verdict: .pass, measured: .nanoseconds(300_000))
        }
        return summary
    }

    /// Users that connected all at the same time.
    static func storm() -> RunRecord {
        var summary = Self.healthy(pace: "all at once, idle 60s")
        summary.slo = [
            SLOOutcome(text: "connect p50 < 1s", verdict: .pass, measured: .nanoseconds(49_500)),
            SLOOutcome(text: "held = asked", verdict: .pass, measured: .count(2_000)),
        ]
        return summary
    }

    /// Ten users on each HTTP/2 connection.
    static func shared() -> RunRecord {
        var summary = Self.healthy()
        summary.plan.streams = 10
        summary.plan.tick = 1_000_000
        summary.outcome.connectionsHeld = Held(lowest: 200, highest: 200, area: 200 * 60e9, duration: 60_000_000_000)
        return summary
    }

    /// The unknown run on several addresses of a name: each has a part of the load, and one has none.
    static func addressed(_ names: [String]) -> RunRecord {
        var summary = Self.unknown()
        summary.outcome.addresses = names.enumerated().map { index, name in
            AddressCount(address: name, connections: 100, requests: 1_000 + UInt64(index) * 40)
        }
        summary.outcome.addresses.append(AddressCount(address: "[::1]:8080", failed: 1))
        return summary
    }

    /// The IPv4 addresses of this many servers.
    static func servers(_ count: Int) -> [String] { (0..<count).map { "203.0.113.\(100 + $0):8080" } }

    /// A server with a keep-alive limit shorter than the pace, and users that were still held.
    static func silent() -> RunRecord {
        var summary = Self.healthy()
        summary.total.silentEnds = 8
        summary.total.silence = 8 * 5_004_000_000
        summary.outcome.connectionsHeld.lowest = 1_992
        return summary
    }

    /// A run that was killed: everything that only its end records is unknown.
    static func partial() -> RunRecord {
        var summary = Self.healthy()
        summary.state = .partial
        summary.outcome.health = nil
        summary.target = nil
        summary.outcome.heldAfter = nil
        (summary.outcome.longestSilence, summary.outcome.longestPause) = (nil, nil)
        summary.outcome.connectionsAdopted = nil
        (summary.cpuSeconds, summary.peakResidentBytes) = (nil, nil)
        return summary
    }

    /// Every form of the page, by the names of their goldens.
    static var pages: [(name: String, summary: RunRecord)] {
        [
            ("healthy", Self.healthy()), ("troubled", Self.troubled()), ("open", Self.open()),
            ("objectives", Self.withObjectives()), ("unknown", Self.unknown()),
            ("many-objectives", Self.withManyObjectives()), ("storm", Self.storm()), ("shared", Self.shared()),
            ("silence", Self.silent()), ("addresses", Self.addressed(Self.servers(2))), ("many-addresses", Self.addressed(Self.servers(16))),
            ("partial", Self.partial()), ("without-hold", Self.withoutHold()),
        ]
    }

    /// A run that was ended before its hold.
    static func withoutHold() -> RunRecord {
        var summary = RunRecord(state: .interrupted, plan: Self.plan(), hold: Window(), outside: Window())
        summary.outcome.usersEstablished = 120
        summary.outcome.duration = 1_300_000_000
        summary.outcome.stopReason = "SIGTERM"
        (summary.cpuSeconds, summary.peakResidentBytes) = (0, 0)
        summary.verdict = RunVerdict(word: .unknown, basis: .interrupted, exit: .terminated)
        return summary
    }
}
