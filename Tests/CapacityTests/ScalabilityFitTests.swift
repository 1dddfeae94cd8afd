import Capacity
import Numerics
import Testing
import Workload

/// T20.
@Suite struct ScalabilityFitTests {
    static let levels = [1, 4, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80].map { Double($0) }

    /// Throughput with 2 % of normal noise (twelve uniforms, Irwin-Hall).
    static func points(alpha: Double, beta: Double, seed: UInt64) -> [(load: Double, throughput: Double)] {
        var random = RandomGenerator(seed: seed)
        return Self.levels.map { n in
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
            let exact = 100 * n / (1 + alpha * (n - 1) + beta * n * (n - 1))
            return (n, exact * (1 + 0.02 * normal))
        }
    }

    @Test("The knee is found within 10 % in at least 95 % of 200 seeds")
    func knee() {
        let truth = (0.98 / 0.000_5).squareRoot()
        #expect(abs(truth - 44.27) < 0.01)
        let good = (UInt64(1)...200).count { seed in
            let fit = ScalabilityFit.fit(Self.points(alpha: 0.02, beta: 0.000_5, seed: seed))
            return fit?.knee.map { abs($0 / truth - 1) <= 0.1 } ?? false
        }
        #expect(good >= 190, "\(good) of 200")
    }

    @Test("Data without a knee have none in at least 95 % of 200 seeds", arguments: [0, 0.02])
    func noKnee(alpha: Double) {
        let good = (UInt64(1)...200).count { seed in
            let fit = ScalabilityFit.fit(Self.points(alpha: alpha, beta: 0, seed: seed))
            return fit != nil && fit?.knee == nil
        }
        #expect(good >= 190, "\(good) of 200")
    }

    @Test("Fewer than six loads, and numbers that are none, make no model")
    func tooFew() {
        #expect(ScalabilityFit.fit([]) == nil)
        #expect(ScalabilityFit.fit((1...5).map { (Double($0), Double($0)) }) == nil)
        #expect(ScalabilityFit.fit((1...9).map { _ in (5.0, 5.0) }) == nil)
        #expect(ScalabilityFit.fit((1...9).map { (Double($0), .nan) }) == nil)
    }
}
