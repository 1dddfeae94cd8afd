import Measure
import Testing

/// When a load has settled, on rows like those of a run.
@Suite struct SettleWatchTests {
    private static let second: UInt64 = 1_000_000_000

    /// The trend after seconds with these medians (ms) and requests in flight.
    private func trend(_ medians: [Double], _ inFlight: [UInt64], cycle: UInt64 = 4) -> Settled {
        var watch = SettleWatch(cycle: cycle * Self.second)
        for (index, queue) in inFlight.enumerated() {
            let median = index < medians.count ? UInt64(medians[index] * 1e6) : 0
            watch.take(
                IntervalRow(
                    start: UInt64(index) * Self.second, end: UInt64(index + 1) * Self.second, phase: .ramp,
                    inFlightAtStart: 0, inFlightAtEnd: queue, counters: Counters(), established: 0, usersHeld: Held(),
                    connectionsHeld: Held(), responseP50: median, responseP99: 0, responseMaximum: median, serviceP50: 0,
                    serviceP99: 0, serviceMaximum: 0))
        }
        return watch.trend
    }

    @Test("A fast server is steady, however its microseconds vary")
    func fast() {
        #expect(self.trend([0.9, 0.5, 0.3, 0.1], [3, 2, 1, 0]) == .steady)
        #expect(self.trend([0.1, 0.1, 0.1], [0, 1, 2]) == .steady)
    }

    @Test("The watch waits while response times fall or a queue drains")
    func falling() {
        #expect(self.trend([80, 60, 40, 20], [5, 5, 5, 5]) == .falling)
        #expect(self.trend([], [2_000, 1_800, 1_600, 1_400]) == .falling)
        #expect(self.trend([80, 60, 40, 41], [5, 5, 5, 5]) == .steady, "not any more")
    }

    @Test("A queue that grows through the whole of a cycle is an overload")
    func rising() {
        #expect(self.trend([10, 200, 400, 600], [10, 110, 220, 330]) == .rising)
        #expect(self.trend([10, 11, 12, 13], [3, 4, 5, 6]) == .steady)
        #expect(self.trend([10, 200, 150, 600], [100, 110, 105, 330]) == .steady)
    }

    @Test("Fewer than three stretches show nothing; longer cycles have longer stretches")
    func unknown() {
        #expect(self.trend([9, 1], [500, 10]) == .unknown)
        #expect(self.trend([9, 8, 7, 6, 5], [500, 400, 300, 200, 100], cycle: 40) == .unknown, "2.5 s each")
        #expect(SettleWatch(cycle: 1).stretch == 1)
    }
}
