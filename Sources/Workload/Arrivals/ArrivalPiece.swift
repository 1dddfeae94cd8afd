#if canImport(Glibc)
import Glibc
#endif

/// A part of a plan over which the rate has one shape. Offsets are nanoseconds from the piece's start, rates
/// sessions per second, integrals sessions.
struct ArrivalPiece: Sendable, Equatable {
    enum Shape: Sendable, Equatable {
        case constant(Double)
        /// Straight from the first rate to the second one.
        case linear(Double, Double)
        /// mean + amplitude sin(2 pi offset / period + phase); period in nanoseconds, phase in radians.
        case sine(mean: Double, amplitude: Double, period: Double, phase: Double)
    }

    /// When it begins, from the start of the plan.
    let start: UInt64
    /// `endless` for a piece without an end.
    let length: UInt64
    /// The integral of all pieces before this one.
    let before: Double
    /// The integral of this piece; infinite if it is endless.
    let amount: Double
    let shape: Shape

    static let endless = UInt64.max
    /// Below this, halves are exact in a Double, even as nanoseconds, times 10^9.
    private static let exactAmount = 4e6
    /// Steps of the search for the inverse of a sine; bisection alone needs about 57.
    static let inverseStepsLimit = 80

    init(start: UInt64, length: UInt64, before: Double, shape: Shape) {
        self.start = start
        self.length = length
        self.before = before
        self.shape = shape
        if length == Self.endless {
            self.amount = shape == .constant(0) ? 0 : .infinity
        } else {
            self.amount = Self.integral(shape, to: Double(length), length: Double(length))
        }
    }

    /// When it ends, from the start of the plan; saturated.
    var end: UInt64 {
        let (sum, overflow) = self.start.addingReportingOverflow(self.length)
        return overflow ? .max : sum
    }

    func rate(at offset: Double) -> Double {
        switch self.shape {
        case .constant(let rate): rate
        case .linear(let from, let to): from + (to - from) * min(offset / Double(self.length), 1)
        case .sine(let mean, let amplitude, let period, let phase):
            max(0, mean + amplitude * sin(2 * .pi * Self.fraction(offset / period) + phase))
        }
    }

    /// Sessions due before an offset.
    func integral(to offset: Double) -> Double {
        Self.integral(self.shape, to: offset, length: Double(self.length))
    }

    /// The offset at which the integral is `amount`, in 0..<self.amount. Closed forms for constant and linear rates;
    /// for a sine a Newton iteration inside bounds.
    func offset(of amount: Double) -> Double {
        switch self.shape {
        case .constant(let rate):
            if amount < Self.exactAmount { return amount * 1e9 / rate }
            // The product would lose digits. So whole seconds are separate, and the rest is exact by fma.
            let seconds = (amount / rate).rounded(.down)
            return seconds * 1e9 + amount.addingProduct(-seconds, rate) * 1e9 / rate
        case .linear(let from, let to):
            // The root of slope/2 t² + from t = amount, in a form that also works for a slope of 0.
            let slope = (to - from) / (Double(self.length) / 1e9)
            let root = max(0, from * from + 2 * slope * amount).squareRoot()
            return 2 * amount / (from + root) * 1e9
        case .sine(let mean, let amplitude, let period, let phase):
            // All periods have the same integral, so only the last one is searched.
            let perPeriod = mean * period / 1e9
            let periods = (amount / perPeriod).rounded(.down)
            let rest = max(0, amount - periods * perPeriod)
            let sine = Sine(mean: mean, amplitude: amplitude, period: period, phase: phase)
            return periods * period + sine.offset(of: rest)
        }
    }

    private static func integral(_ shape: Shape, to offset: Double, length: Double) -> Double {
        switch shape {
        case .constant(let rate): return rate * offset / 1e9
        case .linear(let from, let to):
            return (from + (to - from) * (offset / length) / 2) * offset / 1e9
        case .sine(let mean, let amplitude, let period, let phase):
            let sine = Sine(mean: mean, amplitude: amplitude, period: period, phase: phase)
            let periods = (offset / period).rounded(.down)
            return mean * period / 1e9 * periods + sine.integral(to: offset - periods * period)
        }
    }

    private static func fraction(_ value: Double) -> Double { value - value.rounded(.down) }
}

/// One period of a sine.
private struct Sine {
    let mean: Double
    let amplitude: Double
    /// Nanoseconds.
    let period: Double
    let phase: Double

    /// cos(a) - cos(a + x) is written as a product, which loses no digits where x is small.
    func integral(to offset: Double) -> Double {
        let half = Double.pi * offset / self.period
        let swing = self.amplitude * self.period / .pi * sin(self.phase + half) * sin(half)
        return (self.mean * offset + swing) / 1e9
    }

    func rate(at offset: Double) -> Double {
        self.mean + self.amplitude * sin(2 * .pi * offset / self.period + self.phase)
    }

    /// The integral never falls, so the bounds always contain the answer. Where Newton's step leaves them (the rate is
    /// near 0) they are halved instead.
    func offset(of amount: Double) -> Double {
        var (low, high) = (0.0, self.period)
        var guess = min(amount * 1e9 / self.mean, high)
        for _ in 0..<ArrivalPiece.inverseStepsLimit {
            let excess = self.integral(to: guess) - amount
            if excess > 0 { high = guess } else { low = guess }
            let next = guess - excess * 1e9 / self.rate(at: guess)
            // A hundredth of a nanosecond, or the last digits of a longer time.
            if abs(next - guess) <= max(0.01, guess * 0x1p-52) { break }
            guess = next > low && next < high ? next : low + (high - low) / 2
        }
        return guess
    }
}
