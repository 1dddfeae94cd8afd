import Glibc

/// The standard normal distribution.
public enum Normal {
    /// The probability of a value of at most `z`.
    public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The value that a share (0 to 1, both excluded) of all values is below; infinite at the ends.
    public static func quantile(_ share: Double) -> Double {
        Inverse.quantile(share, cumulative: Self.cumulative) { exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }
    }
}

/// Student's t distribution: how far the mean of a few independent values is from the true mean.
public enum StudentT {
    /// The probability of a value of at most `t`. `degrees` of freedom: at least 1.
    public static func cumulative(_ t: Double, degrees: Double) -> Double {
        let tail = 0.5 * Self.beyond(t, degrees: degrees)
        return t < 0 ? tail : 1 - tail
    }

    /// The probability of a value farther from zero than `t`, on either side: the p of a test. Accurate where it is
    /// tiny. It is I_x(ν/2, 1/2) with x = ν / (ν + t²) (Abramowitz and Stegun 26.7.1).
    public static func beyond(_ t: Double, degrees: Double) -> Double {
        if t.isInfinite { return 0 }
        return IncompleteBeta.regularised(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// The value that a share (0 to 1, both excluded) of all values is below; infinite at the ends.
    public static func quantile(_ share: Double, degrees: Double) -> Double {
        // Γ((ν + 1) / 2) / (√(νπ) Γ(ν / 2)), expressed by the beta function (Abramowitz and Stegun 26.7.1).
        let front = exp(-IncompleteBeta.logBeta(degrees / 2, 0.5)) / degrees.squareRoot()
        return Inverse.quantile(share) {
            Self.cumulative($0, degrees: degrees)
        } density: {
            front * pow(1 + $0 * $0 / degrees, -(degrees + 1) / 2)
        }
    }
}

/// The regularised incomplete beta function I_x(a, b).
enum IncompleteBeta {
    /// Steps of the continued fraction; it needs about √max(a, b).
    static let stepLimit = 1_000
    private static let precision = 1e-15
    private static let tiny = 1e-300

    /// I_x(a, b) for x in 0...1. With I_x(a, b) = 1 - I_(1-x)(b, a) the fraction is used where it converges fast.
    static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if !(x > 0) { return 0 }
        if x >= 1 { return 1 }
        let logFront = a * log(x) + b * log1p(-x) - Self.logBeta(a, b)
        if x < (a + 1) / (a + b + 2) { return exp(logFront) * Self.fraction(x, a, b) / a }
        return 1 - exp(logFront) * Self.fraction(1 - x, b, a) / b
    }

    static func logBeta(_ a: Double, _ b: Double) -> Double {
        // Plain lgamma writes its sign to a global.
        var sign: Int32 = 0
        return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign)
    }

    /// The continued fraction of DLMF 8.17.22, by Lentz's method.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        func kept(_ value: Double) -> Double { abs(value) < Self.tiny ? Self.tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...Self.stepLimit {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < Self.precision { break }
        }
        return result
    }
}

/// Quantiles of a distribution that is symmetric about zero and has one mode, from its cumulative function and density.
private enum Inverse {
    /// Steps of Newton's method. A usual quantile needs about six; the farthest that a Double can name, hundreds.
    private static let steps = 2_000
    /// Relative to the value: smaller steps are rounding errors.
    private static let precision = 1e-15

    static func quantile(
        _ share: Double, cumulative: (Double) -> Double, density: (Double) -> Double
    ) -> Double {
        guard share > 0, share < 1 else { return share <= 0 ? -.infinity : .infinity }
        // The lower half by symmetry: small shares keep their digits there.
        if share > 0.5 { return -Self.quantile(1 - share, cumulative: cumulative, density: density) }
        // Below the mode the cumulative function is convex: from above, a step never passes the quantile.
        var value = 0.0
        for _ in 0..<Self.steps {
            let step = (cumulative(value) - share) / density(value)
            guard step.isFinite, step > -value * Self.precision else { break }
            value -= step
        }
        return value
    }
}
