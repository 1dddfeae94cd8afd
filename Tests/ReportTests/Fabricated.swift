import Measure

@testable import Record
@testable import Report

/// Made-up runs, the same each time, from which the goldens are made.
enum Fabricated {
    static let redactor = Redactor(key: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
    static let second: UInt64 = 1_000_000_000

    static func plan(pace: String = "every 43.2s", url: String = "http://127.0.0.1:8080") -> RunRecord.Plan {
        RunRecord.Plan(
            name: "seed-paced", url: url, session: "10 × GET /bytes/50000", requestsPerSession: 10,
            model: .closed, pace: OlderRecord.pace(pace, isOpen: false), connection: .perUser, usersAsked: 2_000, threads: 2,
            ramp: 5 * Self.second, warmup: 0, hold: 60 * Self.second, sessions: nil, seed: 7)
    }

    /// A paced run in which everything went well.
    static func healthy(pace: String = "every 43.2s") -> RunRecord {
        let window = Window()
        window.counters = Self.counters(requests: 2_778, sessions: 278)
        Self.fill(window.succeeded[Metric.response.rawValue], count: 2_778, from: 180_000, spread: 2_400_000)
        Self.fill(window.succeeded[Metric.service.rawValue], count: 2_778, from: 150_000, spread: 1_900_000)
        Self.fill(window.succeeded[Metric.firstByte.rawValue], count: 2_778, from: 90_000, spread: 1_200_000)
        Self.fill(window.succeeded[Metric.session.rawValue], count: 278, from: 2_000_000, spread: 20_000_000)
        Self.fill(window.succeeded[Metric.sendLag.rawValue], count: 2_778, from: 12_000, spread: 90_000)
        Self.fill(
            window.succeeded[Metric.generatorLag.rawValue], count: 2_770, from: 11_000, spread: 40_000)
        Self.fill(
            window.succeeded[Metric.clientDelay.rawValue], count: 174, from: 9_000, spread: 60_000)
        Self.fill(
            window.succeeded[Metric.kernelService.rawValue], count: 174, from: 140_000, spread: 1_700_000)
        Self.fill(window.succeeded[Metric.connect.rawValue], count: 40, from: 40_000, spread: 300_000)
        var summary = RunRecord(
            state: .complete, plan: Self.plan(pace: pace), hold: window, outside: Window())
        summary.total = Self.counters(requests: 4_778, sessions: 300)
        summary.total.connectionsOpened = 2_040
        summary.total.reconnects = 40
        summary.total.requestsStarted &+= 2
        summary.total.sessionsStarted &+= 1_700
        summary.hold.counters.requestsStarted &+= 2
        summary.hold.counters.sessionsStarted &+= 1_700
        summary.outcome.requestsInFlight = InFlight(total: 2, hold: 2)
        summary.outcome.sessionsInFlight = InFlight(total: 1_700, hold: 1_700)
        summary.outcome.duration = 65_200_000_000
        summary.outcome.holdDuration = 60_000_000_000
        summary.outcome.usersEstablished = 2_000
        summary.outcome.usersHeld = Held(
            lowest: 2_000, highest: 2_000, area: 2_000 * 60e9, duration: 60_000_000_000)
        summary.outcome.connectionsHeld = Held(
            lowest: 1_998, highest: 2_003, area: 1_999.5 * 60e9, duration: 60_000_000_000)
        summary.outcome.longestSilence = 43_100_000_000
        summary.outcome.heldAfter = 5_012_000_000
        summary.outcome.longestPause = 43_200_100_000
        summary.outcome.steadiness = Steadiness(
            inFlight: Steadiness.Trend(
                begin: 3, end: 2, begun: 2_778, perSecond: -0.0166, error: 0.21, word: .steady),
            inSession: Steadiness.Trend(
                begin: 1_700, end: 1_700, begun: 278, perSecond: 0, error: 0.07, word: .tooShort))
        var target = TargetUsage(cpu: 0.4321, busiestCore: 0.8765)
        target.memoryBytes = 512_000_000
        target.connections = 2_001
        target.sentBitsPerSecond = 18_600_000
        summary.target = target
        summary.slo = [
            SLOOutcome(text: "p99 < 500ms", verdict: .pass, measured: .nanoseconds(2_412_000)),
            SLOOutcome(text: "errors < 0.1%", verdict: .pass, measured: .fraction(0)),
            SLOOutcome(text: "held = asked", verdict: .pass, measured: .count(2_000)),
        ]
        summary.conditions = [
            ("kernel", .text("Linux 6.1.0")), ("cores", .number(2)), ("addresses", .list(["127.0.0.1:8080"])),
            ("loopback", .text("yes: the network was not measured")),
        ]
        summary.verdict = RunVerdict(
            word: .pass, basis: .held(users: 2_000, asked: 2_000, requestsPerSecond: 46.3), exit: .success)
        summary.cpuSeconds = 1.25
        summary.peakResidentBytes = 21_340_160
        summary.outcome.health = Self.health
        summary.outcome.holdSessionsCompleted = summary.hold.counters.sessionsCompleted
        return summary
    }

    /// A generator with little to do.
    static var health: GeneratorHealth {
        var health = GeneratorHealth()
        health.cores = 2
        health.timer = Self.timer(p99: 90_000)
        for index in 0..<UInt64(2) {
            var usage = WorkerUsage()
            usage.duration = 60 * Self.second
            usage.cpu = 500_000_000 + index
            usage.runDelay = 3_000_000
            usage.involuntarySwitches = 12
            usage.loopLag = 740_000
            usage.turns = 8_000
            var worker = WorkerHealth()
            worker.add(usage)
            worker.worstCPUShare = 0.035
            health.workers.append(worker)
        }
        health.host.duration = 60 * Self.second
        health.host.ticks = 12_000
        health.host.idleTicks = 11_000
        health.host.stealTicks = 6
        health.openFilesHighest = 2_031
        health.openFilesLimit = 65_536
        health.portsHighest = 2_003
        health.portsLimit = 28_232
        health.transport.connections = 134
        health.transport.segmentsSent = 2_400
        health.transport.bytesReceived = 9_331_806
        health.transport.bytesRead = 9_331_806
        health.transport.bytesAcknowledged = 15_252 + 134
        health.transport.bytesSent = 15_252
        return health
    }

    /// An interrupted run against a server that failed in several ways and wrote arbitrary bytes.
    static func troubled() -> RunRecord {
        var summary = Self.healthy(pace: "back to back")
        summary.state = .interrupted
        summary.outcome.stopReason = "SIGINT (Ctrl-C)"
        for (error, count) in [
            (ErrorClass.truncated, UInt64(120)), (.timeoutFirstByte, 3), (.protocolHTTP1, 1),
            (.status, 12_345),
        ] {
            summary.total.errors[Int(error.rawValue)] = count
            summary.hold.counters.errors[Int(error.rawValue)] = count / 2
        }
        summary.total.requestsStarted &+= 12_469
        summary.hold.counters.requestsStarted &+= 6_233
        summary.hold.counters.neverStarted = 17
        // 60 truncated, one that timed out, and these.
        summary.hold.counters.requestsCensored = 78
        summary.total.status[4] = 12_345
        summary.total.sessionsFailed = 60
        summary.total.sessionsStarted &+= 60
        summary.hold.counters.status[4] = 6_172
        summary.hold.counters.sessionsFailed = 31
        summary.hold.counters.sessionsStarted &+= 31
        Self.fill(
            summary.hold.failed[Metric.response.rawValue], count: 6_233, from: 900_000, spread: 9_000_000)
        summary.outcome.usersHeld.lowest = 1_742
        summary.outcome.usersHeld.area = 1_893.25 * 60e9
        summary.outcome.settleShortfall = 4
        summary.slo = [
            SLOOutcome(text: "p99 < 500ms", verdict: .fail, measured: .nanoseconds(812_400_000)),
            SLOOutcome(text: "session p95 < 5s", verdict: .fail, measured: nil),
            SLOOutcome(text: "errors < 0.1%", verdict: .fail, measured: .fraction(0.72291)),
            SLOOutcome(text: "held = asked", verdict: .fail, measured: .count(1_742)),
        ]
        summary.verdict = RunVerdict(
            word: .fail, basis: .objective(summary.slo[0], others: 3), exit: .interrupted)
        summary.outcome.examples = Self.examples
        for (cause, count) in [(ResentCause.idleClose, UInt64(1_200)), (.goAway, 34)] {
            summary.total.resent[Int(cause.rawValue)] = count
            summary.hold.counters.resent[Int(cause.rawValue)] = count / 2
        }
        summary.outcome.resentExamples = Self.resentExamples
        for (error, count) in [(ErrorClass.reset, UInt64(12)), (.refused, 140)] {
            summary.total.connectionFaults[Int(error.rawValue)] = count
            summary.hold.counters.connectionFaults[Int(error.rawValue)] = count / 2
        }
        summary.total.redirects[1] = 321
        summary.total.redirects[4] = 5
        summary.hold.counters.redirects[1] = 300
        summary.total.redirectsFollowed = 7
        summary.total.status[2] = 326
        summary.outcome.redirectExample = RedirectExample(
            status: 302, request: "GET /b", location: "https://login.example/?next=%2Fb&secret=hunter2\u{1B}[2J")
        summary.outcome.addresses = [
            AddressCount(address: "127.0.0.1:8080", connections: 2_040, requests: 17_247),
            AddressCount(address: "[::1]:8080", failed: 1),
        ]
        return summary
    }

    /// Sessions that arrived at a rate, a few of them late.
    static func open() -> RunRecord {
        var summary = Self.healthy(pace: "33.3 sessions/s, Poisson, back to back inside")
        summary.plan.model = .open
        summary.plan.pace = OlderRecord.pace(summary.plan.pace.text, isOpen: true)
        summary.plan.connection = .perSession
        summary.plan.usersAsked = 61
        summary.plan.ramp = 0
        summary.outcome.holdSessionsDue = 2_000
        summary.hold.counters.sessionsStarted = 1_978
        summary.hold.counters.lateServer = 31
        summary.hold.counters.lateGenerator = 2
        summary.outcome.usersHeld = Held(lowest: 0, highest: 61, area: 4.25 * 60e9, duration: 60_000_000_000)
        summary.slo.removeLast()
        summary.verdict = RunVerdict(
            word: .pass, basis: .held(users: nil, asked: 61, requestsPerSecond: 46.3), exit: .success)
        return summary
    }

    /// The healthy run, judged: nothing speaks against it, and only p50 is known well enough.
    static func judged() -> RunRecord {
        var summary = Self.healthy()
        summary.validity = RunValidity()
        summary.confidence = LatencyConfidence(
            p50: .interval(ConfidenceInterval(lower: 321_000, upper: 349_500, level: 0.95, count: 20)),
            p99: .refused(.thinBatches(samples: 1.39, needed: 10)))
        return summary
    }

    /// A back-to-back run that the generator limited, and that sent late besides.
    static func limited() -> RunRecord {
        var summary = Self.healthy(pace: "back to back")
        var validity = RunValidity()
        let limited = ValidityFinding.generatorLimited(share: 0.987)
        validity.throughput.reasons = [ValidityReason(.invalid, limited)]
        validity.latency.reasons = [
            ValidityReason(.invalid, .sendLag(.p99, lag: 1_400_000, response: 2_470_000)),
            ValidityReason(.suspect, limited),
        ]
        summary.validity = validity
        summary.confidence = LatencyConfidence(
            p50: .interval(ConfidenceInterval(lower: 321_000, upper: 349_500, level: 0.95, count: 20)),
            p99: .interval(ConfidenceInterval(lower: 2_310_000, upper: 2_620_000, level: 0.95, count: 20)))
        summary.hold.counters.lateServer = 12
        summary.hold.counters.lateGenerator = 345
        summary.total.lateServer = 13
        summary.total.lateGenerator = 400
        return summary
    }

    static let resentExamples = [
        ResentExample(
            cause: .idleClose, at: 3_000_000_000, request: "GET /b",
            detail: "closed\u{1B}[31m"),
        ResentExample(
            cause: .goAway, at: 4_000_000_000, request: "GET /bytes/50000", 
            detail: "the server ended the connection before it processed the request: GOAWAY with ENHANCE_YOUR_CALM"),
    ]

    static let examples: [ErrorExample] = [
        ErrorExample(
            error: .truncated, at: 12_345_678_901, request: "GET /truncate",
            detail: "closed after 49,999 of 50,000 body bytes",
            excerpt: Array(
                "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\nSet-Cookie: id=chocolate\r\n\r\nabc".utf8)),
        ErrorExample(
            error: .timeoutFirstByte, at: 20_000_000_000, request: "GET /never?api_key=hunter2&page=2",
            detail: "no byte of an answer within 10 s", excerpt: []),
        ErrorExample(
            error: .protocolHTTP1, at: 1, request: "GET /",
            detail: "status line is \"\u{1B}]0;owned\u{07}\u{1B}[2Jhello\"",
            excerpt: [0x1B, 0x5B, 0x32, 0x4A, 0xFF, 0xFE, 0x00] + Array("<script>\u{202E}\u{2028}ü\\".utf8)),
        ErrorExample(
            error: .status, at: 7, request: "POST http://joe:secret@example.com/buy",
            detail: "status 503 Service Unavailable",
            excerpt: Array("HTTP/1.1 503 Service Unavailable\r\n\r\n{\"access_token\": \"abc\"}".utf8)),
        ErrorExample(
            error: .refused, at: 9, request: "connection to 127.0.0.1:8080", detail: "Connection refused", excerpt: [],
            of: .connection),
    ]

    /// One second of a run; `index` moves the numbers a little.
    static func row(_ index: UInt64, phase: Phase = .hold, errors: UInt64 = 0) -> IntervalRow {
        var counters = Self.counters(requests: 40 + index * 7 % 13, sessions: 4)
        counters.errors[Int(ErrorClass.truncated.rawValue)] = errors
        counters.requestsStarted &+= errors
        let held = Held(lowest: 1_990 + index % 11, highest: 2_000, area: 1_999.25e9, duration: Self.second)
        var row = IntervalRow(
            start: index * Self.second, end: (index + 1) * Self.second, phase: phase, inFlightAtStart: 1,
            inFlightAtEnd: 1, counters: counters, established: 2_000, usersHeld: held, connectionsHeld: held,
            responseP50: 213_000, responseP99: 1_240_000 + index * 90_000 % 700_000,
            responseMaximum: 12_000_000, serviceP50: 190_000, serviceP99: 1_100_000,
            serviceMaximum: 11_800_000)
        row.workerCPU = 0.031
        row.loopLag = 740_000
        return row
    }

    static func counters(requests: UInt64, sessions: UInt64) -> Counters {
        var counters = Counters()
        counters.requestsStarted = requests
        counters.requestsOK = requests
        counters.sessionsStarted = sessions
        counters.sessionsCompleted = sessions
        counters.status[1] = requests
        counters.receivedBody = requests * 50_000
        counters.receivedHeader = requests * 171
        counters.receivedSocket = requests * 50_171
        counters.sentHeader = requests * 82
        counters.sentSocket = requests * 82
        return counters
    }

    /// Values with a tail: a fixed generator, squared twice.
    static func fill(_ histogram: Histogram, count: Int, from lowest: UInt64, spread: UInt64) {
        var state: UInt64 = 42
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let share = Double(state >> 40) / Double(1 << 24)
            histogram.record(lowest + UInt64(share * share * share * share * Double(spread)))
        }
    }
}
