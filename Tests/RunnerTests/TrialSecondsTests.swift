import Capacity
import Measure
import Testing
import Units
import Workload

@testable import Runner

@Suite struct TrialSecondsTests {
    private static let millisecond: UInt64 = 1_000_000

    /// A second with requests that took 1 ms and 9 ms.
    private static func window(fast: Int, slow: Int) -> Window {
        let window = Window()
        for _ in 0..<fast { window.succeeded[Metric.response.rawValue].record(Self.millisecond) }
        for _ in 0..<slow { window.succeeded[Metric.response.rawValue].record(9 * Self.millisecond) }
        window.counters.requestsOK = UInt64(fast + slow)
        return window
    }

    @Test("a percentile is the share over its limit, second by second; what ends in the drain joins the last second")
    func shares() throws {
        var seconds = TrialSeconds([try SLO.parse("p99 < 5ms")])
        seconds.take(Self.window(fast: 5, slow: 5), phase: .warmup)
        seconds.take(Self.window(fast: 99, slow: 1), phase: .hold)
        seconds.take(Self.window(fast: 98, slow: 2), phase: .hold)
        seconds.take(Self.window(fast: 0, slow: 3), phase: .drain)
        let share = try #require(seconds.exceedance(0))
        #expect(abs(share.allowed - 0.01) < 1e-12 && share.limit == 5 * Self.millisecond)
        #expect(share.batches == [.init(count: 100, beyond: 1), .init(count: 103, beyond: 5)])
    }

    @Test("means, rates, windows and steps have no share")
    func without() throws {
        let texts = ["mean < 5ms", "rate > 10/s", "p99 < 5ms in 99% of 1s windows", "p99 < 5ms for GET /"]
        let seconds = TrialSeconds(try texts.map { text throws(ParseError) in try SLO.parse(text) })
        for index in texts.indices { #expect(seconds.exceedance(index) == nil, "\(texts[index])") }
    }
}
