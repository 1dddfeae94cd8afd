/// A number that people planned with.
public struct Assumption: Sendable, Equatable {
    /// Users, or sessions per second, on one instance.
    public var value: Double
    /// The instance type that it was planned for, if known: `m5.2xlarge`.
    public var instanceType: String?

    /// An assumption; `value` is positive.
    public init(value: Double, instanceType: String? = nil) {
        self.value = value
        self.instanceType = instanceType
    }
}

/// The verdict of an answer on an assumption.
public enum AssumptionVerdict: String, Sendable, Equatable {
    case supported, refuted, undecided
}

/// An assumption compared with a measured capacity, at the pace and on the hardware that were measured.
public struct Judgement: Sendable, Equatable {
    public var assumption: Assumption
    public var verdict: AssumptionVerdict
    /// Capacity over assumption, both ends: [lower, upper]; an end is nil where it is not known.
    public var lowerRatio: Double?
    public var upperRatio: Double?

    /// Compares a search's answer with the assumption. It is supported if the confirmed lower end reaches it, and
    /// refuted if the failed upper end does not exceed it. A search that the generator or the range ended can support
    /// an assumption, but never refute it.
    public init(_ assumption: Assumption, _ answer: CapacityAnswer) {
        let value = assumption.value
        self.assumption = assumption
        self.verdict = .undecided
        switch answer.outcome {
        case .converged(let bracket):
            self.lowerRatio = bracket.lower / value
            self.upperRatio = bracket.upper / value
            if value >= bracket.upper { self.verdict = .refuted }
            if value <= bracket.lower, bracket.isConfirmed { self.verdict = .supported }
        case .aboveRange(let maximum):
            self.lowerRatio = maximum / value
            if value <= maximum { self.verdict = .supported }
        case .generatorLimited(let least, _):
            self.lowerRatio = least.map { $0 / value }
            if let least, value <= least { self.verdict = .supported }
        case .belowRange(let minimum):
            self.upperRatio = minimum / value
            if value >= minimum { self.verdict = .refuted }
        case .decided(let load, let isHeld):
            if isHeld { self.lowerRatio = load / value } else { self.upperRatio = load / value }
        case .doomed: break
        }
        // Inside a bracket, or without one, the trials at exactly this number decide.
        guard self.verdict == .undecided else { return }
        switch Search.decided(at: value, in: answer.trials) {
        case .held:
            self.verdict = .supported
            self.lowerRatio = max(self.lowerRatio ?? 1, 1)
        case .failed:
            self.verdict = .refuted
            self.upperRatio = min(self.upperRatio ?? 1, 1)
        case nil: break
        }
    }
}
