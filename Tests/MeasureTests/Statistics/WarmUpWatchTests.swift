import Foundation
import Measure
import Numerics
import Testing

@Suite("An automatic warm-up")
struct WarmUpWatchTests {
    private static let second: UInt64 = 1_000_000_000

    private static func row(
        _ index: Int, median: Double?, phase: Phase = .warmup, length: UInt64 = second
    ) -> IntervalRow {
        let start = UInt64(index) * second
        return IntervalRow(
            start: start, end: start + length, phase: phase, inFlightAtStart: 0, inFlightAtEnd: 0,
            counters: Counters(), established: 0, usersHeld: Held(), connectionsHeld: Held(),
            responseP50: UInt64(median ?? 0), responseP99: 0, responseMaximum: 0, serviceP50: 0, serviceP99: 0,
            serviceMaximum: 0)
    }

    /// Seconds until the warm-up of a load with these medians is over.
    private static func run(_ median: (Int) -> Double?) -> (seconds: Int, watch: WarmUpWatch) {
        var watch = WarmUpWatch()
        for second in 0..<1_000 {
            if watch.isOver { return (second, watch) }
            watch.take(Self.row(second, median: median(second)))
        }
        return (1_000, watch)
    }

    private static func noise(_ seed: UInt64) -> (Int) -> Double {
        var random = RandomGenerator(seed: seed)
        let values = (0..<1_000).map { _ in (0..<3).reduce(0.0) { sum, _ in sum + 2 * random.unit() - 1 } }
        return { values[$0] }
    }

    @Test("a load that is steady from the start is over after the shortest time, or soon", arguments: 0..<UInt64(20))
    func steady(seed: UInt64) {
        let noise = Self.noise(seed)
        let (seconds, watch) = Self.run { 10e6 * (1 + 0.03 * noise($0)) }
        #expect(watch.isSteady)
        #expect((WarmUpWatch.shortest...2 * WarmUpWatch.shortest).contains(seconds), "\(seconds)")
        #expect(watch.found == WarmUpFound(length: UInt64(seconds) * Self.second, isSteady: true))
    }

    @Test(
        "T19: with 10 + 90·exp(-t / 5 s) ms the hold begins once at most 2 % are left, and not much later",
        arguments: 0..<UInt64(20))
    func warming(seed: UInt64) {
        let noise = Self.noise(seed)
        let (seconds, watch) = Self.run { 10e6 * (1 + 9 * exp(-Double($0) / 5)) * (1 + 0.02 * noise($0)) }
        #expect(watch.isSteady)
        #expect(9 * exp(-Double(seconds) / 5) < 0.02, "\(seconds)")
        #expect(seconds <= 80, "\(seconds)")
    }

    @Test("a load that keeps getting slower, and one without medians, are given up")
    func givenUp() {
        for median: (Int) -> Double? in [{ 10e6 * (1 + 0.1 * Double($0)) }, { _ in nil }] {
            let (seconds, watch) = Self.run(median)
            #expect(seconds == WarmUpWatch.longest)
            #expect(!watch.isSteady && watch.isOver)
            #expect(watch.found == WarmUpFound(length: UInt64(seconds) * Self.second, isSteady: false))
        }
    }

    @Test("only whole seconds of the warm-up are judged; all time up to the hold counts, and changes no judgement")
    func others() {
        var watch = WarmUpWatch(longest: 3)
        for phase in [Phase.ramp, .settle, .hold, .drain] { watch.take(Self.row(0, median: 1e6, phase: phase)) }
        #expect(watch == WarmUpWatch(longest: 3))
        watch.take(Self.row(0, median: 1e6, length: 300_000_000))
        #expect(watch.found.length == 300_000_000 && !watch.isOver)
        for index in 1...3 { watch.take(Self.row(index, median: 1e6)) }
        #expect(watch.isOver && !watch.isSteady)
        for index in 4...60 { watch.take(Self.row(index, median: 1e6)) }
        #expect(!watch.isSteady && watch.found.length == 60 * Self.second + 300_000_000)
    }
}
