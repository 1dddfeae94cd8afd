import Measure
import Numerics
import Testing

@Suite("Window")
struct WindowTests {
    /// A window with values of its own in every histogram.
    private func window(seed: UInt64) -> Window {
        let window = Window()
        var random = RandomGenerator(seed: seed)
        window.counters.requestsStarted = seed
        for index in 0..<Metric.count {
            for _ in 0..<50 { window.succeeded[index].record(random.nextLogUniform(upTo: 1e9)) }
            for _ in 0..<5 { window.failed[index].record(random.nextLogUniform(upTo: 1e10)) }
        }
        return window
    }

    @Test("adding adds every metric, successes and failures apart, and the counters")
    func addsAll() {
        let sum = self.window(seed: 1)
        sum.add(self.window(seed: 2))
        #expect(sum.counters.requestsStarted == 3)
        for metric in Metric.allCases {
            #expect(sum.succeeded[metric.rawValue].totalCount == 100)
            #expect(sum.failed[metric.rawValue].totalCount == 10)
            let all = sum.all(metric)
            #expect(all.totalCount == 110)
            let slots = all.usedSlots
            #expect(
                slots.allSatisfy {
                    all.count(atSlot: $0)
                        == sum.succeeded[metric.rawValue].count(atSlot: $0)
                        + sum.failed[metric.rawValue].count(atSlot: $0)
                })
        }
    }

    @Test("reset clears histograms and counters")
    func resets() {
        let window = self.window(seed: 3)
        window.reset()
        #expect(window.counters == Counters())
        #expect(window.succeeded.allSatisfy { $0.totalCount == 0 })
        #expect(window.failed.allSatisfy { $0.totalCount == 0 })
    }

    @Test("metrics and phases have raw values that index arrays, and names of their own")
    func names() {
        #expect(Metric.allCases.map(\.rawValue) == Array(0..<Metric.count))
        #expect(
            Metric.allCases.map(\.name) == [
                "response", "service", "ttfb", "connect", "tls", "session", "send_lag", "generator_lag",
                "client_delay", "service_kernel",
            ])
        #expect(Phase.allCases.map(\.name) == ["ramp", "settle", "warmup", "hold", "drain", "over"])
    }
}
