/// How a search ended.
public enum SearchOutcome: Sendable, Equatable {
    /// The capacity lies in a bracket.
    case converged(Bracket)
    /// The trials at the assumption decided about it, and nothing else was asked for.
    case decided(load: Double, isHeld: Bool)
    /// Even the smallest load of the range failed: the capacity is below it.
    case belowRange(Double)
    /// The largest load of the range passes, confirmed.
    case aboveRange(Double)
    /// The generator reached its own limit first: the capacity is at least the highest load that passed; nil where none
    /// did.
    case generatorLimited(atLeast: Double?, reason: String)
    /// There is no answer.
    case doomed(Doom)

    /// Why there is no answer.
    public enum Doom: Sendable, Equatable {
        /// Trials at a load were INVALID again and again.
        case void(load: Double, times: Int, reason: String)
        /// Trials at a load failed, and each began before the target had recovered from the one before.
        case unrecovered(load: Double, times: Int, last: Unrecovered)
        /// The duration sum or the number of trials was used up before a load had passed and one failed.
        case limits(spent: UInt64, trials: Int)
        /// The target stopped answering.
        case targetLost(reason: String)
    }
}

/// A capacity: `lower` passed, `upper` failed.
public struct Bracket: Sendable, Equatable {
    /// The kind of limit.
    public enum Kind: String, Sendable, Equatable {
        /// Users were lost or refused.
        case hard
        /// A share grew through the allowed one; the bracket is an interval of the stated confidence.
        case statistical
        /// Trials passed or failed; no more is known of them.
        case plain
    }

    public var lower: Double
    public var upper: Double
    /// The most likely capacity inside; equal to `lower` where the limit is not statistical.
    public var estimate: Double
    public var kind: Kind
    /// Probability with which the interval contains the line; nil where it is not a statistical interval.
    public var confidence: Double?
    /// Whether it is as narrow as the goal requires.
    public var widthReached: Bool
    /// Whether the lower end passed a trial longer than any other.
    public var isConfirmed: Bool
    /// Whether the upper end was tried again.
    public var isRetested: Bool
    /// Variance of a count of exceedances relative to independent ones; nil without a fit.
    public var dispersion: Double?
    /// Indices of the search's trials that it rests on.
    public var trials: [Int]
    public var violations: [MonotonicityViolation]

    /// A bracket with all its parts.
    public init(
        lower: Double, upper: Double, estimate: Double, kind: Kind, confidence: Double?, widthReached: Bool,
        isConfirmed: Bool, isRetested: Bool, dispersion: Double?, trials: [Int],
        violations: [MonotonicityViolation]
    ) {
        self.lower = lower
        self.upper = upper
        self.estimate = estimate
        self.kind = kind
        self.confidence = confidence
        self.widthReached = widthReached
        self.isConfirmed = isConfirmed
        self.isRetested = isRetested
        self.dispersion = dispersion
        self.trials = trials
        self.violations = violations
    }
}

/// A load that passed though the same or a lower load had failed.
public struct MonotonicityViolation: Sendable, Equatable {
    public var failed: Double
    public var passed: Double

    /// A violation by the loads of its two trials.
    public init(failed: Double, passed: Double) {
        self.failed = failed
        self.passed = passed
    }
}
