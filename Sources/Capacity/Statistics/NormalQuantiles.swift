import Glibc

/// Quantiles of the two distributions that intervals are made of.
enum NormalQuantiles {
    /// The standard normal quantile of a probability strictly between 0 and 1: Newton's method on the
    /// complementary error function.
    static func normal(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else { return probability <= 0 ? -.infinity : .infinity }
        if probability < 0.5 { return -Self.normal(1 - probability) }
        var x = 0.0
        for _ in 0..<Self.newtonSteps {
            let tail = 0.5 * erfc(x / 2.0.squareRoot())
            let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
            // From below the steps never pass the root, because the tail is convex.
            let step = (tail - (1 - probability)) / density
            x += step
            if abs(step) < 1e-12 { break }
        }
        return x
    }

    /// Student's t quantile by the expansion of Abramowitz and Stegun 26.7.5: within 1 % from 3 degrees of freedom.
    static func student(_ probability: Double, degrees: Double) -> Double {
        let x = Self.normal(probability)
        let n = max(degrees, 1)
        let x2 = x * x
        let first = x * (x2 + 1) / 4
        let second = x * ((5 * x2 + 16) * x2 + 3) / 96
        let third = x * (((3 * x2 + 19) * x2 + 17) * x2 - 15) / 384
        let fourth = x * ((((79 * x2 + 776) * x2 + 1_482) * x2 - 1_920) * x2 - 945) / 92_160
        return x + first / n + second / (n * n) + third / (n * n * n) + fourth / (n * n * n * n)
    }

    private static let newtonSteps = 60
}
