import Testing

@testable import Workload

/// T4 of the accuracy tests on the pure sequence, with tolerances from statistics alone.
@Suite("Poisson arrivals")
struct ArrivalPoissonTests {
    private static let rate = 200.0
    private static let gaps = 2_000

    /// Kolmogorov and Smirnov's D sqrt(n) of gaps against an exponential distribution of mean 1.
    private static func distance(_ gaps: [Double]) -> Double {
        let count = Double(gaps.count)
        var distance = 0.0
        for (index, gap) in gaps.sorted().enumerated() {
            let expected = 1 - exponential(-gap)
            distance = max(
                distance, Double(index + 1) / count - expected, expected - Double(index) / count)
        }
        return distance * count.squareRoot()
    }

    private static func autocorrelation(_ gaps: [Double]) -> Double {
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let product = zip(gaps, gaps.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        return product / variance
    }

    /// Variance over mean of the counts in windows of 100 ms.
    private static func dispersion(_ times: [UInt64]) -> (index: Double, windows: Int) {
        let width = second / 10
        let windows = Int((times.last ?? 0) / width)
        var counts = [Double](repeating: 0, count: windows)
        for time in times where time / width < UInt64(windows) { counts[Int(time / width)] += 1 }
        let mean = counts.reduce(0, +) / Double(windows)
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(windows - 1)
        return (variance / mean, windows)
    }

    /// The merged times of this many workers.
    private static func merged(_ plan: ArrivalPlan, seed: UInt64, parts: Int) -> [UInt64] {
        let each = (gaps + 1 + parts - 1) / parts
        let times = (0..<parts).flatMap {
            ArrivalPlans.times(plan, seed: seed, part: $0, parts: parts, most: each)
        }
        return Array(times.sorted().prefix(gaps + 1))
    }

    private static func unitGaps(_ times: [UInt64]) -> [Double] {
        zip(times, times.dropFirst()).map { Double($1 - $0) / 1e9 * rate }
    }

    @Test(
        "gaps are exponential and independent, and counts are Poisson, merged from any number of workers (T4)",
        arguments: [1, 2, 7])
    func constantRate(_ parts: Int) throws {
        let plan = try ArrivalPlan.constant(Self.rate, process: .poisson)
        var (distances, correlations, dispersions) = (0, 0, 0)
        for seed in UInt64(1)...20 {
            let times = Self.merged(plan, seed: seed, parts: parts)
            let gaps = Self.unitGaps(times)
            #expect(gaps.count == Self.gaps)
            // Each at the 1 % level: of twenty seeds one may fail.
            if Self.distance(gaps) > 1.63 { distances += 1 }
            if abs(Self.autocorrelation(gaps)) >= 2.58 / Double(gaps.count).squareRoot() { correlations += 1 }
            let (index, windows) = Self.dispersion(times)
            if abs(index - 1) > 2.58 * (2 / Double(windows - 1)).squareRoot() { dispersions += 1 }
        }
        #expect(distances <= 1 && correlations <= 1 && dispersions <= 1)
    }

    @Test("the test can fail: evenly spaced arrivals do not pass it, nor do those on a tick of 1 ms")
    func power() throws {
        let even = try ArrivalPlan.constant(Self.rate)
        #expect(Self.distance(Self.unitGaps(ArrivalPlans.times(even, most: Self.gaps + 1))) > 10)
        let poisson = try ArrivalPlan.constant(Self.rate, process: .poisson)
        let ticks = ArrivalPlans.times(poisson, most: Self.gaps + 1).map { $0 / 1_000_000 * 1_000_000 }
        #expect(Self.distance(Self.unitGaps(ticks)) > 1.63)
    }

    @Test("for any plan: mapped through the integral, gaps are exponential and counts are the plan's")
    func timeChange() throws {
        for (name, plan) in try ArrivalPlans.all(.poisson) {
            let length = try #require(plan.length)
            let planned = plan.expected(until: length)
            var rejected = 0
            var started = 0
            for seed in UInt64(1)...20 {
                let times = ArrivalPlans.times(plan, seed: seed)
                started += times.count
                let positions = times.map { plan.expected(until: $0) }
                if Self.distance(zip(positions, positions.dropFirst()).map { $1 - $0 }) > 1.63 {
                    rejected += 1
                }
            }
            #expect(rejected <= 1, "\(name)")
            // A sum of 20 Poisson numbers: four standard deviations.
            #expect(abs(Double(started) - 20 * planned) < 4 * (20 * planned).squareRoot(), "\(name)")
        }
    }
}
