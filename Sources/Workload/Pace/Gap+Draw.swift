import Numerics
import Units

extension Gap {
    /// One length drawn from the distribution, in nanoseconds. Allocates nothing and never traps; an exponential draw
    /// past `drawLimit` is cut there.
    @inlinable
    public func draw(using generator: inout RandomGenerator) -> UInt64 {
        switch self {
        case .constant(let length): return length
        case .uniform(let low, let high): return high > low ? low &+ generator.upTo(high &- low) : low
        case .exponential(let mean): return Self.nanoseconds(generator.exponential() * Double(mean))
        }
    }

    /// The time from a random moment to the next due time of a plan that has run for ever: the stationary residual life
    /// of the renewal process, a uniform share of a length-biased gap. (Feller, "An Introduction to Probability
    /// Theory", vol. 2, XI.4: density (1 - F(t)) / mean.)
    ///
    /// Constant c: uniform in [0, c). Exponential: the same exponential, as it has no memory. Uniform [a, b]: the
    /// biased gap has density proportional to x, so its inverse is sqrt(a² + u(b² - a²)).
    @inlinable
    public func equilibriumResidual(using generator: inout RandomGenerator) -> UInt64 {
        switch self {
        case .constant(let length): return length > 0 ? generator.upTo(length &- 1) : 0
        case .uniform(let low, let high):
            let (a, b) = (Double(low), Double(max(low, high)))
            let biased = (a * a + generator.unit() * (b * b - a * a)).squareRoot()
            return Self.nanoseconds(biased * generator.unit())
        case .exponential(let mean): return Self.nanoseconds(generator.exponential() * Double(mean))
        }
    }

    /// The expected length in nanoseconds.
    @inlinable
    public var mean: Double {
        switch self {
        case .constant(let length): Double(length)
        case .uniform(let low, let high): (Double(low) + Double(max(low, high))) / 2
        case .exponential(let mean): Double(mean)
        }
    }

    /// The longest length that is drawn, 2^62 ns (146 years): it can still be added to a clock.
    public static let drawLimit: UInt64 = 1 << 62

    @inlinable
    static func nanoseconds(_ length: Double) -> UInt64 {
        length >= 0x1p62 ? drawLimit : UInt64(max(0, length))
    }
}

extension Gap {
    /// The gap as text: `2s`, `1s to 3s`, `exponential 2s`.
    public var text: String {
        switch self {
        case .constant(let length): TimeSpan.text(length)
        case .uniform(let low, let high): "\(TimeSpan.text(low)) to \(TimeSpan.text(high))"
        case .exponential(let mean): "exponential \(TimeSpan.text(mean))"
        }
    }
}

extension Gap {
    /// The length of the gap that contains a random moment: a long gap is more likely, in proportion to its length.
    /// (Feller, vol. 2, VI.7, the inspection paradox.) Constant: itself. Uniform [a, b]: sqrt(a² + u(b² - a²)).
    /// Exponential: the sum of two draws.
    public func lengthBiased(using generator: inout RandomGenerator) -> UInt64 {
        switch self {
        case .constant(let length): return length
        case .uniform(let low, let high):
            let (a, b) = (Double(low), Double(max(low, high)))
            return Self.nanoseconds((a * a + generator.unit() * (b * b - a * a)).squareRoot())
        case .exponential: return self.draw(using: &generator) &+ self.draw(using: &generator)
        }
    }
}
