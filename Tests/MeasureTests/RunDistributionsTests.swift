import Measure
import Numerics
import Testing

@Suite("A run's log and rows")
struct RunDistributionsTests {
    /// A window with successes and failures of some metrics.
    private static func window(_ seed: UInt64) -> Window {
        var random = RandomGenerator(seed: seed)
        let window = Window()
        for metric in Metric.allCases where metric != .connect || seed % 2 == 0 {
            for _ in 0..<50 {
                window.succeeded[metric.rawValue].record(100_000 + random.nextLogUniform(upTo: 1e9))
            }
            guard metric != .sendLag else { continue }
            for _ in 0..<Int(seed % 4) {
                window.failed[metric.rawValue].record(10 + random.nextLogUniform(upTo: 5e9))
            }
        }
        for bounds in window.bounds where seed % 2 == 1 {
            for _ in 0..<Int(seed % 4) { bounds.unended.record(10 + random.nextLogUniform(upTo: 9e9)) }
            for _ in 0..<40 { bounds.lower.record(random.nextLogUniform(upTo: 1e9)) }
        }
        window.counters.requestsStarted = 60 + seed
        window.counters.requestsOK = 50
        window.counters.errors[3] = seed % 4
        window.counters.sessionsStarted = 9
        window.counters.sessionsCompleted = 5
        return window
    }

    private static func row(_ index: UInt64, hold: Window, outside: Window) -> IntervalRow {
        var counters = hold.counters
        counters.add(outside.counters)
        var row = IntervalRow(
            start: index * 1_000, end: (index + 1) * 1_000, phase: .hold, inFlightAtStart: 0,
            inFlightAtEnd: index, counters: counters, established: index, usersHeld: Held(),
            connectionsHeld: Held(), responseP50: 0, responseP99: 0, responseMaximum: 0, serviceP50: 0,
            serviceP99: 0, serviceMaximum: 0)
        row.hold = HoldInterval(of: hold)
        row.hold.duration = 1_000
        row.hold.usersHeld = Held(lowest: 10 - index, highest: 10, area: 9_500, duration: 1_000)
        row.connectOutside = Extremes(of: outside.succeeded[Metric.connect.rawValue])
        row.tlsOutside = Extremes(of: outside.succeeded[Metric.tls.rawValue])
        return row
    }

    @Test("a run's lines are read back as the windows that it had, with extremes and failures")
    func roundTrip() throws {
        let (hold, outside) = (Window(), Window())
        let lines = IntervalLines()
        var totals = RecordTotals()
        var log = HistogramLogWriter.header(writer: "test", startedAt: 1_700_000_000_000)
        for index in 0..<UInt64(6) {
            let (one, other) = (Self.window(index), Self.window(index + 100))
            log += lines.lines(hold: one, outside: other, start: index * 1_000, end: index * 1_000 + 1_000)
            totals.add(Self.row(index, hold: one, outside: other))
            hold.add(one)
            outside.add(other)
        }
        let read = RunDistributions()
        for entry in try LogContents(log).entries { try read.add(entry) }
        try read.finish()
        #expect(read.restore(hold: totals.hold, connectOutside: totals.connectOutside, tlsOutside: totals.tlsOutside))
        var summary = RunRecord(
            state: .partial,
            plan: RunRecord.Plan(
                name: "", url: "", session: "", requestsPerSession: 1, model: .closed,
                pace: LoadPace(text: "", isPlanned: true, isConstant: true), connection: nil,
                usersAsked: 10, threads: 1, ramp: 0, warmup: 0, hold: nil, sessions: nil, seed: 1),
            hold: Window(), outside: Window())
        totals.fill(&summary, from: read)
        for (window, expected) in [(summary.hold, hold), (summary.outside, outside)] {
            #expect(window.counters == expected.counters)
            for index in 0..<Metric.count {
                for (found, wanted) in [
                    (window.succeeded[index], expected.succeeded[index]),
                    (window.failed[index], expected.failed[index]),
                ] {
                    #expect(HistogramEncoding.encode(found) == HistogramEncoding.encode(wanted))
                }
            }
        }
        for index in 0..<Metric.count {
            #expect(summary.hold.succeeded[index].minimum == hold.succeeded[index].minimum)
            #expect(summary.hold.succeeded[index].maximum == hold.succeeded[index].maximum)
            #expect(summary.hold.failed[index].minimum == hold.failed[index].minimum)
            #expect(summary.hold.failed[index].maximum == hold.failed[index].maximum)
        }
        for (found, wanted) in zip(summary.hold.bounds, hold.bounds) {
            #expect(HistogramEncoding.encode(found.unended) == HistogramEncoding.encode(wanted.unended))
            #expect(HistogramEncoding.encode(found.lower) == HistogramEncoding.encode(wanted.lower))
            #expect(found.unended.totalCount == 5 && found.lower.totalCount == 120)
            #expect(Extremes(of: found.unended) == Extremes(of: wanted.unended))
        }
        #expect(summary.total.requestsOK == 600)
        #expect(summary.outcome.holdDuration == 6_000)
        #expect(summary.outcome.usersHeld == Held(lowest: 5, highest: 10, area: 57_000, duration: 6_000))
        #expect(summary.outcome.requestsInFlight.total == 5)
        #expect(summary.outcome.sessionsInFlight.hold == 24)
        #expect(summary.outcome.usersEstablished == 5)
    }

    @Test("an empty interval adds no line, and a metric without failures has the same histogram twice")
    func lines() {
        let lines = IntervalLines()
        #expect(lines.lines(hold: Window(), outside: Window(), start: 0, end: 1).isEmpty)
        let window = Window()
        window.succeeded[Metric.service.rawValue].record(5_000)
        let text = lines.lines(hold: Window(), outside: window, start: 0, end: 1_000_000_000).text
            .split(separator: "\n")
        #expect(text.count == 2)
        #expect(text.first?.hasPrefix("Tag=warmup.service,0.000,1.000,0.005,HISTF") == true)
        #expect(text.last?.hasPrefix("Tag=warmup.service.all,0.000,1.000,0.005,HISTF") == true)
        #expect(text.first?.split(separator: ",").dropFirst() == text.last?.split(separator: ",").dropFirst())
    }

    @Test("extremes of other values, and fewer attempts than successes, are refused")
    func strangers() throws {
        let histogram = Histogram(of: [100, 200, 300_000])
        #expect(!histogram.restore(Extremes(minimum: 99, maximum: 300_000)))
        #expect(!histogram.restore(Extremes(minimum: 100, maximum: 400_000)))
        #expect(!histogram.restore(Extremes(minimum: 300_000, maximum: 100)))
        #expect(!Histogram().restore(Extremes(minimum: 0, maximum: 0)))
        #expect(histogram.maximum == 300_000)
        let read = RunDistributions()
        let good = HistogramLogWriter.line(
            tag: HistogramTag(.response), start: 0, end: 1, histogram: histogram)
        let all = HistogramLogWriter.line(
            tag: HistogramTag(.response, .all), start: 0, end: 1, histogram: Histogram(of: [100])
        )
        for entry in try LogContents(good + all).entries { try read.add(entry) }
        #expect(throws: HistogramMergeFault.notContained) { try read.finish() }
        #expect(!RunDistributions().restore(hold: HoldInterval(of: Self.window(3)), connectOutside: nil, tlsOutside: nil))
    }

    @Test("a line for another log changes its start and nothing else")
    func shifted() throws {
        let log = ownLog(seconds: 3)
        var moved = HistogramLogWriter.header(writer: "test", startedAt: 1_700_000_000_123 - 2_500)
        let entries = try LogContents(log).entries
        for entry in entries { moved += entry.text(shiftedBy: 2_500) + [UInt8(ascii: "\n")] }
        let again = try LogContents(moved).entries
        #expect(again.count == entries.count && !entries.isEmpty)
        for (old, new) in zip(entries, again) {
            #expect(new.offsetMilliseconds == old.offsetMilliseconds + 2_500)
            #expect(new.tag == old.tag)
            #expect(new.text.suffix(20) == old.text.suffix(20))
            #expect(
                try HistogramEncoding.encode(new.histogram()) == HistogramEncoding.encode(old.histogram()))
        }
        let untagged = try LogContents(Array("7.5,1.000,0.000,x\n".utf8)).entries
        #expect(untagged.first.map { $0.text(shiftedBy: -250).text } == "-0.250,1.000,0.000,x")
    }

    @Test("chosen percentiles have the number of samples up to their value")
    func selection() {
        let histogram = Histogram(of: (1...100).map { UInt64($0) })
        let steps = histogram.steps(atPercentiles: [0, 50, 99, 100])
        #expect(steps.map(\.value) == [1, 50, 99, 100])
        #expect(steps.map(\.totalCount) == [1, 50, 99, 100])
        #expect(Histogram().steps(atPercentiles: [50]).isEmpty)
        let csv = PercentileDistribution.csv(of: histogram, unit: 1, percentiles: [50]).text
        #expect(csv.split(separator: "\n").last == "50.000,0.500000000000,50,2.00")
    }
}
