import Foundation
import Numerics
import Testing

@testable import Measure

@Suite("Confidence intervals")
struct BatchMeansTests {
    /// How 500 runs of 100,000 requests ended, in 20 batches each.
    private struct Tally {
        var covered = 0
        var missed = 0
        var refused = 0
        var coverage: Double { Double(self.covered) / Double(max(1, self.covered + self.missed)) }
        var misses: Double { Double(self.missed) / Double(self.covered + self.missed + self.refused) }
    }

    private func tally(load: Double?, truth: Double, seeds: Int = 500) -> Tally {
        var tally = Tally()
        let (batch, pooled) = (Cells(width: truth / 3_000), Cells(width: truth / 3_000))
        let requests = UnsafeMutablePointer<Double>.allocate(capacity: 5_000)
        defer { requests.deallocate() }
        for seed in 0..<seeds {
            var queue = Queue(seed: UInt64(seed))
            if let load { queue.settle(load: load) }
            pooled.reset()
            var values: [Double] = []
            for _ in 0..<20 {
                queue.run(5_000, load: load, into: requests)
                batch.reset()
                batch.add(requests, count: 5_000)
                pooled.add(requests, count: 5_000)
                values.append(batch.quantile(0.99))
            }
            switch BatchMeans.estimate(batches: values, pooled: pooled.quantile(0.99)) {
            case .refused: tally.refused += 1
            case .interval(let interval):
                if interval.contains(truth) { tally.covered += 1 } else { tally.missed += 1 }
            }
        }
        return tally
    }

    @Test("of independent lognormal values contain the true p99 in 93 to 97 of 100 runs")
    func independent() {
        let tally = self.tally(load: nil, truth: exp(0.6 * Normal.quantile(0.99)))
        #expect((0.93...0.97).contains(tally.coverage), "\(tally)")
        #expect(tally.refused <= 100, "\(tally)")
    }

    @Test("of an M/M/1 queue contain it in 92 of 100 and more", arguments: [0.5, 0.7])
    func queue(_ load: Double) {
        let tally = self.tally(load: load, truth: log(100) / (1 - load))
        #expect(tally.coverage >= 0.92, "\(tally)")
        #expect(tally.refused <= 100, "\(tally)")
    }

    @Test("of a queue at a load of 0.9 are refused rather than wrong")
    func busyQueue() {
        let tally = self.tally(load: 0.9, truth: log(100) / 0.1)
        #expect(tally.misses <= 0.05, "\(tally)")
        #expect(tally.refused >= 450, "\(tally)")
    }

    @Test("are refused for fewer than 20 batches, for correlated ones, and for ones too short for the tail")
    func refusals() {
        let even = (0..<19).map { Double($0 % 2) }
        #expect(BatchMeans.estimate(batches: even, pooled: 0.5) == .refused(.tooFew(found: 19, needed: 20)))
        let rising = (0..<20).map(Double.init)
        guard case .refused(.correlated(let correlation)) = BatchMeans.estimate(batches: rising, pooled: 10)
        else {
            Issue.record("a trend is not independent")
            return
        }
        // Around the mean of 0...19 the products of neighbours add up to 565.25, and the squares to 665.
        #expect(abs(correlation - 565.25 / 665) < 1e-12)
        let scattered = (0..<20).map { Double($0 % 2) }
        guard case .refused(.shortBatches) = BatchMeans.estimate(batches: scattered, pooled: 2) else {
            Issue.record("the batches have nothing to do with the whole")
            return
        }
        #expect(BatchMeans.estimate(batches: scattered, pooled: 0.5).interval != nil)
    }

    @Test("of equal values are a single point")
    func constant() {
        let interval = BatchMeans.estimate(batches: [Double](repeating: 7, count: 25), pooled: 7).interval
        #expect(interval == ConfidenceInterval(lower: 7, upper: 7, level: 0.95, count: 25))
    }
}
