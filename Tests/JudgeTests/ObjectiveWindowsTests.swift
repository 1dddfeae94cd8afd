import Measure
import Testing
import Workload

@testable import Judge

/// Windows from made-up intervals.
@Suite("Windows of objectives")
struct ObjectiveWindowsTests {
    /// Requests of one latency; the part above `lower` is the generator's, the rest the server's.
    private func window(_ latency: UInt64, lower: UInt64? = nil, failed: UInt64 = 0, count: UInt64 = 2_000) -> Window {
        let window = Window(steps: [1])
        for _ in 0..<count {
            window.succeeded[Metric.response.rawValue].record(latency)
            window.lower(.response)?.record(lower ?? latency)
            window.steps[0].response.record(latency / 2)
        }
        window.counters.requestsOK = count
        window.counters.errors[Int(ErrorClass.status.rawValue)] = failed
        return window
    }

    private func plan() -> RunRecord.Plan {
        var plan = RunRecord.Plan(
            name: "", url: "", session: "", requestsPerSession: 1, model: .closed,
            pace: LoadPace(text: "", isPlanned: true, isConstant: true),
            connection: .perUser, usersAsked: 1, threads: 1, ramp: 0, warmup: 0, hold: nil, sessions: nil,
            seed: 1)
        plan.steps = [RunRecord.Plan.Step(number: 1, title: "a", words: ["a"])]
        return plan
    }

    private func row(duration: UInt64, pause: UInt64 = 0) -> IntervalRow {
        var row = IntervalRow(
            start: 0, end: duration, phase: .hold, inFlightAtStart: 0, inFlightAtEnd: 0, counters: Counters(),
            established: 1, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0, responseP99: 0,
            responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
        row.hold.duration = duration
        row.loopLag = pause
        return row
    }

    private func tally(
        _ text: String, _ intervals: [(window: Window, duration: UInt64)], pause: UInt64 = 0
    ) throws -> SLOOutcome.Windows? {
        var windows = ObjectiveWindows([try SLO.parse(text), .fewErrors], plan: self.plan())
        var start: UInt64 = 0
        for interval in intervals {
            var row = self.row(duration: interval.duration, pause: pause)
            (row.start, row.end) = (start, start + interval.duration)
            start = row.end
            windows.take(row, interval.window)
        }
        return windows.finish()[text]
    }

    @Test("whole windows are judged, and a partial one at the end is not")
    func whole() throws {
        let text = "p99 < 100ms in 50% of 2s windows"
        let (good, bad) = (window(50_000_000), window(200_000_000))
        let seconds = [good, good, bad, good, good, good, bad].map { ($0, second) }
        #expect(try self.tally(text, seconds) == SLOOutcome.Windows(held: 2, failed: 1, count: 3))
        #expect(try self.tally(text, [(good, second)]) == SLOOutcome.Windows())
        // A shorter interval ends the hold: 1.5 s are no window.
        #expect(try self.tally(text, [(good, second), (good, second / 2)])?.count == 0)
    }

    @Test("a request that was due in the hold and ended after it belongs to the last window of the hold")
    func drain() throws {
        let text = "max < 100ms in 50% of 1s windows"
        let (good, bad) = (window(50_000_000), window(200_000_000))
        let seconds = [(good, second), (good, second), (bad, UInt64(0))]
        #expect(try self.tally(text, seconds) == SLOOutcome.Windows(held: 1, failed: 1, count: 2))
    }

    @Test("a window of a step uses that step, and one of errors uses counts")
    func kinds() throws {
        let intervals = [
            (window(150_000_000), second), (window(150_000_000, failed: 500), second),
            (Window(steps: [1]), second),
        ]
        for (text, held, failed) in [
            ("p99 < 100ms for a in 1% of 1s windows", 2, 0), ("p99 < 100ms in 1% of 1s windows", 0, 2),
            ("errors < 1% in 1% of 1s windows", 1, 1), ("errors < 1% for a in 1% of 1s windows", 2, 0),
            ("rate > 1999/s in 1% of 1s windows", 2, 1), ("rate > 2000/s in 1% of 1s windows", 0, 3),
        ] as [(String, UInt64, UInt64)] {
            // There were no requests in the last second: it is unknown, except for a lower limit.
            let tally = SLOOutcome.Windows(held: held, failed: failed, count: 3)
            #expect(try self.tally(text, intervals) == tally, "\(text)")
        }
    }

    @Test("a window in which requests waited and none ended failed, unless the generator paused in it")
    func stalled() throws {
        let asked = window(1_000_000)
        asked.counters.requestsStarted = 2_001
        let intervals = [(asked, second), (Window(steps: [1]), second)]
        for text in ["p99 < 1s in 1% of 1s windows", "errors < 1% in 1% of 1s windows"] {
            #expect(try self.tally(text, intervals) == SLOOutcome.Windows(held: 1, failed: 1, count: 2), "\(text)")
            let own = try self.tally(text, intervals, pause: 150_000_000)
            #expect(own == SLOOutcome.Windows(held: 1, failed: 0, count: 2), "\(text)")
        }
    }

    @Test("a silence shorter than the limit shows nothing about a latency")
    func shortSilence() throws {
        let asked = window(1_000_000)
        asked.counters.requestsStarted = 2_001
        let silent = Window(steps: [1])
        let intervals = [(asked, second), (silent, second), (silent, second), (silent, second)]
        // After three seconds of silence the requests that wait are over a limit of three.
        for (limit, failed) in [("5s", 0), ("3s", 1), ("1s", 3)] as [(String, UInt64)] {
            let tally = try self.tally("p99 < \(limit) in 1% of 1s windows", intervals)
            #expect(tally == SLOOutcome.Windows(held: 1, failed: failed, count: 4), "\(limit)")
        }
    }

    @Test("one more request without an end does not turn a failed window into an unknown one")
    func failedWithUnended() throws {
        // 100 answers, too few for a p99; each is over the limit.
        let bad = Window(steps: [1])
        for _ in 0..<100 { bad.succeeded[0].record(500_000_000) }
        for _ in 0..<100 { bad.bounds[0].lower.record(500_000_000) }
        bad.counters.requestsStarted = 101
        bad.counters.requestsOK = 100
        let text = "p99 < 100ms in 1% of 1s windows"
        #expect(try self.tally(text, [(bad, second)]) == SLOOutcome.Windows(held: 0, failed: 1, count: 1))
        try #require(bad.unended(.response)).record(50_000_000)
        #expect(try self.tally(text, [(bad, second)]) == SLOOutcome.Windows(held: 0, failed: 1, count: 1))
    }

    @Test("a window has its own lower bound, and a request without an end counts in the one in which it was due")
    func bounds() throws {
        let text = "p99 < 100ms in 1% of 1s windows"
        let (slow, late, good, last) =
            (window(150_000_000), window(150_000_000, lower: 50_000_000), window(50_000_000), window(50_000_000))
        let seconds = [(slow, second), (late, second), (good, second), (last, second)]
        #expect(try self.tally(text, seconds) == SLOOutcome.Windows(held: 2, failed: 1, count: 4))
        // Due 1.5 s before the last second, give or take half a second: in the second or the third.
        let unended = try #require(last.unended(.response))
        unended.record(1_500_000_000, times: 100)
        #expect(try self.tally(text, seconds) == SLOOutcome.Windows(held: 1, failed: 1, count: 4))
        // A small number of them leaves a percentile where it was.
        unended.reset()
        unended.record(1_500_000_000, times: 10)
        #expect(try self.tally(text, seconds) == SLOOutcome.Windows(held: 2, failed: 1, count: 4))
    }
}
