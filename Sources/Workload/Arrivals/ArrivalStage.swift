import Units

/// One stage of a plan, as in a profile. Rates are sessions per second, times nanoseconds.
public enum ArrivalStage: Sendable, Equatable {
    /// `{rate: 200/s, for: 60s}`: a constant rate.
    case constant(rate: Double, length: UInt64)
    /// `{ramp: [0/s, 200/s], for: 60s}`: in a straight line from the first rate to the second.
    case ramp(from: Double, to: Double, length: UInt64)
    /// `{sine: {mean: 200/s, amplitude: 100/s, period: 60s}, for: 5m}`: begins at the mean, rises first:
    /// mean + amplitude sin(2 pi t / period).
    case sine(mean: Double, amplitude: Double, period: UInt64, length: UInt64)
    /// `{diurnal: {trough: 100/s, peak: 900/s, day: 24h}, for: 24h}`: begins at the trough, is at the peak
    /// after half a day and back after a day: trough + (peak - trough) (1 - cos(2 pi t / day)) / 2.
    case diurnal(trough: Double, peak: Double, day: UInt64, length: UInt64)
    /// `{spike: {from: 200/s, factor: 5, rise: 60s, hold: 30s, fall: 60s}}`: in a straight line up to
    /// `factor` times the rate, there for `hold`, and in a straight line back. Each of the times may be 0.
    case spike(from: Double, factor: Double, rise: UInt64, hold: UInt64, fall: UInt64)

    /// Throws if a rate is below 0 or too high, or a time is 0 or longer than 365 days.
    public func check() throws(ParseError) {
        for length in self.times {
            guard length <= TimeSpan.limitNanoseconds else {
                throw ParseError("\(TimeSpan.text(length)) is too long; use at most 365d")
            }
        }
        switch self {
        case .constant(let rate, _): try ArrivalPlan.check(rate)
        case .ramp(let from, let to, _):
            try ArrivalPlan.check(from)
            try ArrivalPlan.check(to)
        case .sine(let mean, let amplitude, let period, _):
            try ArrivalPlan.check(mean)
            try ArrivalPlan.check(amplitude)
            guard period > 0 else { throw ParseError("a period of 0 is none; use one above 0") }
            guard amplitude <= mean else {
                throw ParseError(
                    "an amplitude of \(ArrivalRate.number(amplitude))/s around "
                        + "\(ArrivalRate.number(mean))/s runs below 0; use at most the mean")
            }
            try ArrivalPlan.check(mean + amplitude)
        case .diurnal(let trough, let peak, let day, _):
            try ArrivalPlan.check(trough)
            try ArrivalPlan.check(peak)
            guard day > 0 else { throw ParseError("a day of 0 is none; use one above 0, such as 24h") }
            guard trough <= peak else {
                throw ParseError(
                    "the trough of \(ArrivalRate.number(trough))/s lies above the peak of "
                        + "\(ArrivalRate.number(peak))/s; exchange them")
            }
        case .spike(let from, let factor, _, _, _):
            try ArrivalPlan.check(from)
            guard factor.isFinite, factor >= 0 else { throw ParseError("a factor is a number of at least 0") }
            try ArrivalPlan.check(from * factor)
        }
        guard self.length > 0 else { throw ParseError("0 is no time here; use one above 0") }
    }

    /// Nanoseconds; saturated.
    public var length: UInt64 {
        switch self {
        case .constant(_, let length), .ramp(_, _, let length), .sine(_, _, _, let length),
            .diurnal(_, _, _, let length):
            length
        case .spike(_, _, let rise, let hold, let fall): saturatedSum([rise, hold, fall])
        }
    }

    private var times: [UInt64] {
        switch self {
        case .constant(_, let length), .ramp(_, _, let length): [length]
        case .sine(_, _, let period, let length), .diurnal(_, _, let period, let length): [period, length]
        case .spike(_, _, let rise, let hold, let fall): [rise, hold, fall]
        }
    }

    /// The lowest and the highest rate it may reach.
    var range: (low: Double, high: Double) {
        switch self {
        case .constant(let rate, _): (rate, rate)
        case .ramp(let from, let to, _): (min(from, to), max(from, to))
        case .sine(let mean, let amplitude, _, _): (mean - amplitude, mean + amplitude)
        case .diurnal(let trough, let peak, _, _): (trough, peak)
        case .spike(let from, let factor, _, _, _): (min(from, from * factor), max(from, from * factor))
        }
    }

    /// Its shapes, each with its length; none of length 0.
    var shapes: [(shape: ArrivalPiece.Shape, length: UInt64)] {
        let all: [(shape: ArrivalPiece.Shape, length: UInt64)]
        switch self {
        case .constant(let rate, let length): all = [(.constant(rate), length)]
        case .ramp(let from, let to, let length): all = [(.linear(from, to), length)]
        case .sine(let mean, let amplitude, let period, let length):
            all = [(Self.sine(mean, amplitude, period, phase: 0), length)]
        case .diurnal(let trough, let peak, let day, let length):
            let (mean, amplitude) = ((trough + peak) / 2, (peak - trough) / 2)
            all = [(Self.sine(mean, amplitude, day, phase: -.pi / 2), length)]
        case .spike(let from, let factor, let rise, let hold, let fall):
            let top = from * factor
            all = [(.linear(from, top), rise), (.constant(top), hold), (.linear(top, from), fall)]
        }
        return all.filter { $0.length > 0 }
    }

    private static func sine(
        _ mean: Double, _ amplitude: Double, _ period: UInt64, phase: Double
    ) -> ArrivalPiece.Shape {
        if amplitude == 0 { return .constant(mean) }
        return .sine(mean: mean, amplitude: amplitude, period: Double(period), phase: phase)
    }

    /// The stage as text, such as `0 to 200 sessions/s over 1m`.
    public var text: String {
        func number(_ rate: Double) -> String { ArrivalRate.number(rate) }
        switch self {
        case .constant(let rate, let length):
            return "\(number(rate)) sessions/s for \(TimeSpan.text(length))"
        case .ramp(let from, let to, let length):
            return "\(number(from)) to \(number(to)) sessions/s over \(TimeSpan.text(length))"
        case .sine(let mean, let amplitude, let period, let length):
            return "\(number(mean)) ± \(number(amplitude)) sessions/s every \(TimeSpan.text(period)) "
                + "for \(TimeSpan.text(length))"
        case .diurnal(let trough, let peak, let day, let length):
            return "\(number(trough)) to \(number(peak)) sessions/s by a day of \(TimeSpan.text(day)) "
                + "for \(TimeSpan.text(length))"
        case .spike(let from, let factor, _, _, _):
            return "\(number(from)) to \(number(from * factor)) sessions/s and back "
                + "in \(TimeSpan.text(self.length))"
        }
    }
}

extension ArrivalPlan {
    /// Most stages of one plan.
    public static let stagesLimit = 1_000

    /// Stages that follow each other. Throws for what `ArrivalStage.check` refuses, for more than `stagesLimit` stages,
    /// for more than 365 days in all, and for a plan that starts nothing.
    public static func stages(
        _ stages: [ArrivalStage], process: Process = .even
    ) throws(ParseError) -> ArrivalPlan {
        guard !stages.isEmpty else {
            throw ParseError("a plan needs at least one stage, such as {rate: 200/s, for: 60s}")
        }
        guard stages.count <= Self.stagesLimit else {
            throw ParseError("\(stages.count) stages are more than the \(Self.stagesLimit) that are allowed")
        }
        for stage in stages { try stage.check() }
        let length = saturatedSum(stages.map(\.length))
        guard length <= TimeSpan.limitNanoseconds else {
            throw ParseError("the stages are \(TimeSpan.text(length)) long in all; use at most 365d")
        }
        let high = stages.map(\.range.high).max() ?? 0
        let low = stages.map(\.range.low).min() ?? 0
        guard high > 0 else { throw ParseError("every rate is 0, so nothing is ever started") }
        let text: String
        if stages.count == 1 {
            text = stages[0].text
        } else {
            text =
                "\(stages.count) stages, \(ArrivalRate.number(low)) to \(ArrivalRate.number(high)) sessions/s "
                + "over \(TimeSpan.text(length))"
        }
        return ArrivalPlan(
            pieces: Self.pieces(stages.flatMap(\.shapes)), highestRate: high, process: process,
            text: process == .poisson ? "\(text), Poisson" : text)
    }

    /// Shapes one after the other; equal constant ones in a row become one piece.
    static func pieces(_ shapes: [(shape: ArrivalPiece.Shape, length: UInt64)]) -> [ArrivalPiece] {
        var pieces: [ArrivalPiece] = []
        for (shape, length) in shapes {
            var (start, before, whole) = (UInt64(0), 0.0, length)
            if let last = pieces.last {
                (start, before) = (last.end, last.before + last.amount)
                if case .constant = shape, last.shape == shape {
                    pieces.removeLast()
                    (start, before, whole) = (last.start, last.before, saturatedSum([last.length, length]))
                }
            }
            pieces.append(ArrivalPiece(start: start, length: whole, before: before, shape: shape))
        }
        return pieces
    }
}

/// The sum, or the largest number if it does not fit.
func saturatedSum(_ values: [UInt64]) -> UInt64 {
    values.reduce(0) { sum, value in
        let (next, overflow) = sum.addingReportingOverflow(value)
        return overflow ? .max : next
    }
}
