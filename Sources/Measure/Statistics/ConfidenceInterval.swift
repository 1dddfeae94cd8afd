import Numerics

/// Where the true value lies with a stated confidence.
public struct ConfidenceInterval: Sendable, Equatable {
    /// In the unit of the values.
    public var lower: Double
    public var upper: Double
    /// The share of such intervals that contain the true value: 0.95.
    public var level: Double
    /// Number of batches or runs behind it.
    public var count: Int

    /// The default level.
    public static let usualLevel = 0.95

    /// An interval with every value given.
    public init(lower: Double, upper: Double, level: Double, count: Int) {
        self.lower = lower
        self.upper = upper
        self.level = level
        self.count = count
    }

    /// Whether a value lies in it.
    public func contains(_ value: Double) -> Bool { self.lower <= value && value <= self.upper }

    /// `centre ± t · √(spread / count)`, where `spread` is the mean squared deviation with `count - 1` in its
    /// denominator. For quantities that cannot be negative, as all of these.
    init(centre: Double, spread: Double, count: Int, level: Double) {
        let half =
            StudentT.quantile(0.5 + level / 2, degrees: Double(count - 1))
            * (spread / Double(count)).squareRoot()
        self.init(lower: max(0, centre - half), upper: centre + half, level: level, count: count)
    }
}

/// An interval, or why there is none. No interval is better than one with less coverage than it states.
public enum IntervalEstimate: Sendable, Equatable {
    case interval(ConfidenceInterval)
    case refused(IntervalRefusal)

    /// The interval; nil where it was refused.
    public var interval: ConfidenceInterval? {
        if case .interval(let interval) = self { return interval }
        return nil
    }
}

/// Why the data support no interval.
public enum IntervalRefusal: Sendable, Equatable, CustomStringConvertible {
    /// Fewer batches or runs than the t interval needs.
    case tooFew(found: Int, needed: Int)
    /// The smallest batch has this many samples beyond the percentile (or in all, for a mean).
    case thinBatches(samples: Double, needed: Double)
    /// Neighbouring batches resemble each other: the lag-1 autocorrelation of their values.
    case correlated(Double)
    /// The batches are too short for the tail: their mean is so many standard errors from the value of all data.
    case shortBatches(standardErrors: Double)

    /// What is missing, and what helps.
    public var description: String {
        switch self {
        case .tooFew(let found, let needed):
            "not enough independent data: \(found) of the \(needed) batches that are needed; hold longer"
        case .thinBatches(let samples, let needed):
            "not enough data: \(Self.decimal(samples)) of the \(Self.decimal(needed)) samples that each batch "
                + "needs there; hold longer or ask more often"
        case .correlated(let correlation):
            "not enough independent data: neighbouring batches correlate by \(Self.decimal(correlation)); "
                + "hold longer"
        case .shortBatches(let errors):
            "not enough independent data: batches disagree with the whole by \(Self.decimal(errors)) standard "
                + "errors; hold longer"
        }
    }

    /// With two decimals, or none for a whole number.
    private static func decimal(_ value: Double) -> String {
        let decimals = value == value.rounded() ? 0 : 2
        return String(decoding: FixedDecimal(value).rounded(decimals: decimals), as: UTF8.self)
    }
}

/// How well the response time is known, in nanoseconds: 95 % intervals from the seconds of the hold.
public struct LatencyConfidence: Sendable, Equatable {
    public var p50: IntervalEstimate
    public var p99: IntervalEstimate

    /// Known estimates.
    public init(p50: IntervalEstimate, p99: IntervalEstimate) {
        self.p50 = p50
        self.p99 = p99
    }

    /// The intervals of a series of response times.
    public init(of series: HoldSeries) {
        self.init(p50: series.interval(atPercentile: 50), p99: series.interval(atPercentile: 99))
    }
}
