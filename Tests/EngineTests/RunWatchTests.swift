import Measure
import Testing
import Workload

@testable import Engine

/// What stops a run early, on made-up seconds.
@Suite struct RunWatchTests {
    private func row(
        _ length: UInt64 = 1_000_000_000, started: UInt64 = 100, failed: UInt64 = 0, bytes: UInt64 = 0
    ) -> IntervalRow {
        var counters = Counters()
        counters.requestsStarted = started
        counters.requestsOK = started - failed
        counters.errors[Int(ErrorClass.status.rawValue)] = failed
        counters.receivedSocket = bytes
        return IntervalRow(
            start: 5, end: 5 + length, phase: .hold, inFlightAtStart: 0, inFlightAtEnd: 0, counters: counters,
            established: 0, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0, responseP99: 0,
            responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
    }

    @Test("A run with mostly failures for ten seconds stops by default, and one with half of them goes on")
    func mostFail() {
        var watch = RunWatch(Load())
        for _ in 0..<9 { #expect(watch.take(self.row(failed: 60)) == nil) }
        #expect(watch.take(self.row(failed: 60))?.contains("errors > 50% for 10s") == true)
        watch = RunWatch(Load())
        for _ in 0..<40 { #expect(watch.take(self.row(failed: 50)) == nil) }
    }

    @Test("Nothing stops a run with its rules turned off")
    func noRules() {
        var load = Load()
        load.abort = []
        var watch = RunWatch(load)
        for _ in 0..<40 { #expect(watch.take(self.row(failed: 100)) == nil) }
    }

    @Test("Intervals that a phase cuts short are added up to a second before they are judged")
    func shortIntervals() throws {
        var load = Load()
        load.abort = [try AbortRule.parse("errors > 5% for 2s")]
        load.caps.rate = 150
        var watch = RunWatch(load)
        // 100 in half a second is 200/s, but only 130 in the whole one.
        #expect(watch.take(self.row(500_000_000, started: 100, failed: 10)) == nil)
        #expect(watch.take(self.row(500_000_000, started: 30, failed: 0)) == nil)
        #expect(watch.take(self.row(500_000_000, started: 40, failed: 10)) == nil)
        #expect(watch.take(self.row(500_000_000, started: 40, failed: 0))?.contains("errors > 5%") == true)
        #expect(watch.take(self.row(started: 151))?.contains("max_rate: 151 requests/s") == true)
    }

    @Test("Bytes are added up over the whole run and stop it in the interval that passes the cap")
    func bytes() {
        var load = Load()
        load.caps.bytes = 1_000
        var watch = RunWatch(load)
        #expect(watch.take(self.row(100, started: 0, bytes: 600)) == nil)
        #expect(watch.take(self.row(100, started: 0, bytes: 400)) == nil)
        #expect(watch.take(self.row(100, started: 0, bytes: 1))?.contains("max_bytes") == true)
    }

    @Test("The plan's busiest minute gives the count of its new connections")
    func busiestMinute() throws {
        let second: UInt64 = 1_000_000_000
        let steady = try ArrivalPlan.constant(200)
        #expect(abs(Preflight.busiest(steady, within: 10 * second) - 2_000) < 1)
        #expect(abs(Preflight.busiest(steady, within: 600 * second) - 12_000) < 1)
        #expect(Preflight.busiest(steady, within: 0) == 0)
    }
}
