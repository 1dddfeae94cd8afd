import Foundation
import Numerics
import Testing

@testable import Measure

@Suite("Drift and warm-up")
struct SteadinessTests {
    /// Medians of seconds: a level with this much scatter, as a share of it.
    private func medians(
        _ seconds: Int, scatter: Double, seed: UInt64, _ level: (Double) -> Double
    ) -> [Double] {
        var random = RandomGenerator(seed: seed)
        return (0..<seconds).map { second in
            // The sum of three: nearly normal, with this standard deviation.
            let noise = (0..<3).reduce(0.0) { sum, _ in sum + 2 * random.unit() - 1 }
            return level(Double(second) + 0.5) * (1 + scatter * noise)
        }
    }

    @Test("a rise by 20 % over the run is flagged in 20 of 20 runs, with its size")
    func rising() throws {
        for seed in 0..<UInt64(20) {
            let values = self.medians(60, scatter: 0.05, seed: seed) { 10 * (1 + 0.2 * $0 / 60) }
            let drift = try #require(Drift(ofMedians: values))
            #expect(drift.isFlagged, "\(drift)")
            #expect((0.1...0.3).contains(drift.change), "\(drift)")
        }
    }

    @Test("a steady run is flagged in 1 of 50 at most")
    func steady() {
        let flagged = (0..<UInt64(50)).count { seed in
            Drift(ofMedians: self.medians(60, scatter: 0.05, seed: 100 + seed) { _ in 10 })?.isFlagged == true
        }
        #expect(flagged <= 1)
    }

    @Test("the correlation is Spearman's, with ties, and its probability is Student's")
    func reference() throws {
        let values: [Double] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]
        let drift = try #require(Drift(ofMedians: values))
        // SciPy: spearmanr(range(20), values).
        #expect(abs(drift.correlation - 0.270669003247822) < 1e-12)
        #expect(abs(drift.pValue - 0.24840453401543872) < 1e-9)
    }

    @Test("too few values, equal ones and perfect order have an answer too")
    func edges() throws {
        #expect(Drift(ofMedians: [1, 2, 3]) == nil)
        let flat = try #require(Drift(ofMedians: [Double](repeating: 5, count: 30)))
        #expect(flat == Drift(correlation: 0, pValue: 1, change: 0))
        let rising = try #require(Drift(ofMedians: (1...30).map(Double.init)))
        #expect(rising.correlation == 1)
        #expect(rising.pValue == 0)
    }

    @Test(
        "from 10 + 90·exp(-t / 5 s) ms 15 to 40 s are cut, and the rest is within 2 % of 10 ms",
        arguments: [0, 0.01, 0.05], [60, 120, 600])
    func warmUp(_ scatter: Double, _ seconds: Int) throws {
        for seed in 0..<UInt64(10) {
            let values = self.medians(seconds, scatter: scatter, seed: seed) { 10 + 90 * exp(-$0 / 5) }
            let warmUp = try #require(WarmUp(ofMedians: values))
            #expect((15...40).contains(warmUp.length), "\(warmUp)")
            #expect(warmUp.isSettled || seconds == 60, "\(warmUp)")
            #expect(warmUp.excess > 0.1, "\(warmUp)")
            let rest = values.dropFirst(warmUp.length).sorted()
            #expect(abs(rest[rest.count / 2] - 10) <= 0.2, "\(warmUp)")
        }
    }

    @Test("a steady run loses little, and the lost part is like the rest")
    func noWarmUp() throws {
        for seed in 0..<UInt64(50) {
            let warmUp = try #require(
                WarmUp(ofMedians: self.medians(60, scatter: 0.01, seed: seed) { _ in 10 }))
            #expect(abs(warmUp.excess) < 0.03, "\(warmUp)")
        }
        let flat = try #require(WarmUp(ofMedians: [Double](repeating: 5, count: 30)))
        #expect(flat == WarmUp(length: 0, isSettled: true, excess: 0))
        #expect(WarmUp(ofMedians: [1, 2, 3]) == nil)
    }

    @Test("a level that never settles is reported as such, and seconds without samples keep their place")
    func neverSettles() throws {
        let falling = try #require(WarmUp(ofMedians: (0..<40).map { 100 - Double($0) }))
        #expect(!falling.isSettled)
        var gappy: [Double?] = self.medians(60, scatter: 0.01, seed: 1) { $0 < 20 ? 50 : 10 }
        for second in [3, 4, 5, 18, 40] { gappy[second] = nil }
        #expect(try #require(WarmUp(ofMedians: gappy)).length == 20)
    }
}
