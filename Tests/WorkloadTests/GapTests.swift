import Numerics
import Testing

@testable import Workload

@Suite("Gaps")
struct GapTests {
    static let samples = 20_000
    /// Kolmogorov's statistic times sqrt(n) exceeds this for one in a million correct generators (2 exp(-2 x²)).
    static let limit = 2.7

    /// The largest distance of the samples' distribution from `cumulative`, times sqrt(n).
    private func distance(_ gap: Gap, residual: Bool, _ cumulative: (Double) -> Double) -> Double {
        var generator = RandomGenerator(seed: 42)
        let drawn = (0..<Self.samples).map { _ in
            Double(residual ? gap.equilibriumResidual(using: &generator) : gap.draw(using: &generator))
        }.sorted()
        var largest = 0.0
        for (index, value) in drawn.enumerated() {
            let expected = cumulative(value)
            largest = max(largest, abs(Double(index) / Double(drawn.count) - expected))
            largest = max(largest, abs(Double(index + 1) / Double(drawn.count) - expected))
        }
        return largest * Double(drawn.count).squareRoot()
    }

    @Test("draws follow their distribution (Kolmogorov-Smirnov)")
    func draws() {
        let (low, high, mean) = (1e9, 3e9, 2e9)
        #expect(
            distance(.uniform(UInt64(low), UInt64(high)), residual: false) { ($0 - low) / (high - low) }
                < Self.limit)
        #expect(
            distance(.exponential(UInt64(mean)), residual: false) { 1 - exponential(-$0 / mean) } < Self.limit
        )
    }

    @Test("residuals follow the density (1 - F) / mean of a renewal process")
    func residuals() {
        let (low, high, mean) = (1e9, 3e9, 2e9)
        #expect(distance(.constant(UInt64(mean)), residual: true) { $0 / mean } < Self.limit)
        #expect(
            distance(.exponential(UInt64(mean)), residual: true) { 1 - exponential(-$0 / mean) } < Self.limit)
        // Integral of (1 - F) / mean with F = (x - a) / (b - a) between a and b.
        let uniform = distance(.uniform(UInt64(low), UInt64(high)), residual: true) { x in
            let flat = min(x, low) / mean
            let fall = max(0, x - low)
            return flat + (fall - fall * fall / (2 * (high - low))) / mean
        }
        #expect(uniform < Self.limit)
    }

    @Test("residuals agree with a slow simulation of the plan itself")
    func simulation() {
        let gap = Gap.uniform(1_000_000, 5_000_000)
        var generator = RandomGenerator(seed: 7)
        var (simulated, computed) = (0.0, 0.0)
        let rounds = 20_000
        for _ in 0..<rounds {
            // A time long after the plan began, so that its beginning has no effect.
            let moment = 60_000_000 + generator.upTo(30_000_000)
            var due: UInt64 = 0
            while due < moment { due += gap.draw(using: &generator) }
            simulated += Double(due - moment)
            computed += Double(gap.equilibriumResidual(using: &generator))
        }
        // E = (a² + ab + b²) / (3 (a + b)), standard deviation of each mean about 0.7 %.
        let expected = (1e12 + 5e12 + 25e12) / (3 * 6e6)
        #expect(abs(simulated / Double(rounds) / expected - 1) < 0.04)
        #expect(abs(computed / Double(rounds) / expected - 1) < 0.04)
    }

    @Test("means and edges are exact, and no length traps")
    func edges() {
        var generator = RandomGenerator(seed: 9)
        #expect(Gap.constant(5).mean == 5 && Gap.uniform(1, 4).mean == 2.5 && Gap.exponential(7).mean == 7)
        #expect(Gap.constant(0).equilibriumResidual(using: &generator) == 0)
        #expect(Gap.uniform(8, 8).draw(using: &generator) == 8)
        #expect(Gap.uniform(9, 3).draw(using: &generator) == 9)
        for length: UInt64 in [0, 1, .max - 1, .max] {
            for gap in [
                Gap.constant(length), .uniform(0, length), .uniform(length, length), .exponential(length),
            ] {
                for _ in 0..<200 {
                    _ = gap.draw(using: &generator)
                    _ = gap.equilibriumResidual(using: &generator)
                }
                #expect(gap.mean >= 0)
            }
        }
        #expect(Gap.exponential(.max).draw(using: &generator) <= Gap.drawLimit)
    }

    @Test("the same seed draws the same plan")
    func repeatable() {
        var (left, right) = (RandomGenerator(seed: 1, stream: 2), RandomGenerator(seed: 1, stream: 2))
        let gap = Gap.exponential(1_000_000)
        for _ in 0..<100 { #expect(gap.draw(using: &left) == gap.draw(using: &right)) }
    }
}
