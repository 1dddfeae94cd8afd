import Measure
import Numerics
import Testing
import Workload

@testable import Judge

@Suite("The seconds behind the intervals of objectives")
struct ObjectiveSeriesTests {
    static let objectives = [
        "p90 < 52ms", "service p90 < 52ms", "ttfb p90 < 52ms", "session p90 < 52ms", "connect p90 < 52ms",
        "session mean < 52ms", "p90 < 52ms for cart", "ttfb mean < 52ms for cart", "service p90 < 52ms for pay",
    ]

    private var plan: RunRecord.Plan {
        var plan = RunRecord.Plan(
            name: "n", url: "http://h/", session: "GET /", requestsPerSession: 3, model: .closed,
            pace: LoadPace(text: "every 1s", isPlanned: true, isConstant: true),
            connection: .perUser, usersAsked: 100, threads: 1, ramp: 0, warmup: 0, hold: 10 * second,
            sessions: nil, seed: 1)
        // Two steps with the same name.
        plan.steps = [
            RunRecord.Plan.Step(number: 1, title: "cart", words: ["cart"]),
            RunRecord.Plan.Step(number: 3, title: "cart", words: ["cart"]),
            RunRecord.Plan.Step(number: 2, title: "pay", words: ["pay"]),
        ]
        return plan
    }

    /// A run of that many seconds: each latency is around 50 ms, in the hold and before it.
    private func run(
        connectsInHold: Bool = true, each: (IntervalRow, _ hold: Window, _ outside: Window) throws -> Void
    ) rethrows -> RunRecord {
        var random = RandomGenerator(seed: 9)
        let whole = (hold: Window(steps: [1, 3, 2]), outside: Window())
        var seconds = [(Phase.ramp, 30), (.hold, 40), (.drain, 2)].flatMap { [Phase](repeating: $0.0, count: $0.1) }
        seconds.insert(.hold, at: 50)
        let (hold, outside) = (Window(steps: [1, 3, 2]), Window())
        for (index, phase) in seconds.enumerated() {
            hold.reset()
            outside.reset()
            let isHold = phase != .ramp
            let connects = connectsInHold && isHold ? hold : outside
            // Requests that end after the hold took longer, and are not a second of it.
            let level: UInt64 = phase == .drain ? 500 : 40
            for _ in 0..<300 {
                func value() -> UInt64 { (level + random.next() % 15) * millisecond }
                let window = isHold ? hold : outside
                for metric in [Metric.response, .service, .firstByte, .session] {
                    window.succeeded[metric.rawValue].record(value())
                }
                if phase != .drain { connects.succeeded[Metric.connect.rawValue].record(value()) }
                if isHold {
                    for step in hold.steps {
                        step.response.record(value())
                        step.service.record(value())
                        step.firstByte.record(value())
                    }
                }
            }
            whole.hold.add(hold)
            whole.outside.add(outside)
            let start = UInt64(index) * second
            let row = IntervalRow(
                start: start, end: start + second, phase: phase, inFlightAtStart: 0, inFlightAtEnd: 0,
                counters: Counters(), established: 1, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0,
                responseP99: 0, responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
            try each(row, hold, outside)
        }
        var summary = RunRecord(state: .complete, plan: self.plan, hold: whole.hold, outside: whole.outside)
        summary.outcome.holdDuration = 41 * second
        return summary
    }

    @Test("every latency that an objective compares has an interval, of all requests and of steps")
    func everyLatency() throws {
        let objectives = try Self.objectives.map(SLO.parse)
        for connectsInHold in [true, false] {
            var series = ObjectiveSeries(objectives, plan: self.plan)
            let summary = self.run(connectsInHold: connectsInHold) { series.take($0, hold: $1, outside: $2) }
            series.finish()
            for slo in objectives {
                let found = series.interval(of: slo, in: summary)
                let interval = try #require(found, "\(slo.text), connects in the hold: \(connectsInHold)")
                let range = slo.text.contains("mean") ? 46.5...47.5 : 51...54.5
                #expect(range.contains(interval.lower / 1e6) && range.contains(interval.upper / 1e6), "\(slo.text)")
                #expect(interval.count >= 20)
            }
            for text in ["session max < 52ms", "errors < 1%", "p90 < 52ms in 90% of 10s windows", "p90 < 52ms for x"] {
                #expect(series.interval(of: try SLO.parse(text), in: summary) == nil, "\(text)")
            }
        }
    }

    @Test("a log that is read back has the intervals of the run that wrote it")
    func log() throws {
        let objectives = try Self.objectives.map(SLO.parse)
        var (series, read) = (
            ObjectiveSeries(objectives, plan: self.plan), ObjectiveSeries(objectives, plan: self.plan)
        )
        let lines = IntervalLines()
        var log = HistogramLogWriter.header(writer: "tests", startedAt: 1_700_000_000_000)
        let summary = self.run { row, hold, outside in
            series.take(row, hold: hold, outside: outside)
            log += lines.lines(hold: hold, outside: outside, start: row.start, end: row.end)
        }
        series.finish()
        var reader = HistogramLogReader()
        let take = { (entry: HistogramLogEntry) throws(HistogramLogFault) in
            guard let tag = entry.tag, read.wants(tag) else { return }
            read.take(
                tag, try entry.histogram(), start: entry.offset, length: UInt64(entry.length * 1e9),
                isHold: entry.offset < 70.5)
        }
        try reader.feed(log[...], take)
        _ = try reader.finish(take)
        read.finish()
        for slo in objectives {
            let interval = try #require(series.interval(of: slo, in: summary))
            #expect(read.interval(of: slo, in: summary) == interval, "\(slo.text)")
        }
        #expect(LatencyConfidence(of: read.response) == LatencyConfidence(of: series.response))
        #expect(!read.wants(HistogramTag(.sendLag)))
    }

    @Test("a run records for each latency whether its limit is close")
    func concluded() throws {
        let objectives = try (Self.objectives + ["session p90 < 60ms", "connect p90 < 40ms"]).map(SLO.parse)
        var series = ObjectiveSeries(objectives, plan: self.plan)
        var summary = self.run(connectsInHold: false) { series.take($0, hold: $1, outside: $2) }
        series.finish()
        // The generator delayed none of it.
        for metric in Metric.bounded {
            summary.hold.lower(metric)?.add(summary.hold.succeeded[metric.rawValue])
            summary.outside.lower(metric)?.add(summary.outside.succeeded[metric.rawValue])
        }
        summary.conclude(objectives, windows: [:], series: series)
        let close = summary.slo.filter { $0.isClose }.map(\.text)
        let interval = try #require(series.interval(of: objectives[3], in: summary))
        #expect(close.contains("session p90 < 52ms") == interval.contains(52e6))
        #expect(!close.contains("session p90 < 60ms") && !close.contains("connect p90 < 40ms"))
    }
}
