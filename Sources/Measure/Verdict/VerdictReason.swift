/// Why an objective is UNKNOWN or FAIL, as numbers; Report makes a sentence of it. Times are nanoseconds, shares 0...1,
/// rates requests per second.
public enum VerdictReason: Sendable, Equatable {
    // MARK: Nothing to judge

    /// The hold was never reached.
    case holdNotReached
    /// Nothing was measured that the objective is about.
    case nothingMeasured
    /// The hold was shorter than one window.
    case noWindow

    // MARK: Latency

    /// The limit lies between the measured value and the one without the generator's own delays.
    case ownDelays
    /// The measured value is outside, and too few undisturbed samples lie beyond the percentile for a lower bound.
    case noLowerBound
    /// Fewer than ten samples lie beyond the percentile, and they lie on both sides of the limit.
    case tooFewSamples(UInt64)
    /// Every one of so few samples is over the limit.
    case allOverLimit(UInt64)
    /// Requests waited, and none ended.
    case stalled
    /// So many requests had not ended. Counted as over the limit they fail the objective; by their age it holds.
    case unended(UInt64)
    /// Those that ended are inside; with the ages of so many requests that had not ended it is certainly outside.
    case unendedOverLimit(UInt64)
    /// A constant load was not sustained: requests in flight or sessions grew.
    case notSteady(Steadiness)

    // MARK: Delivery

    /// Fewer requests were started than planned, because of the generator.
    case startsMissed(started: UInt64, planned: UInt64, reached: Double)
    /// A worker of a load that waits for answers had no time left.
    case workerBusy(share: Double, reached: Double)
    /// The hypervisor gave the generator's CPU to others.
    case stolen(share: Double, reached: Double)
    /// A CPU quota held the generator back.
    case throttled(share: Double, reached: Double)

    // MARK: Errors and users

    /// Without the failures that the generator caused itself the objective holds.
    case ownErrors(own: UInt64, failed: UInt64)
    /// Users were lost in a second in which the generator stood still for so long.
    case lostInPause(UInt64)
    /// The generator ran out of a resource of its own.
    case ownLimit(ValidityFinding.Resource)
    /// The run was cut off before it was over.
    case cutOff

    // MARK: Windows

    /// Windows by verdict, and how many must pass.
    case windows(SLOOutcome.Windows, needed: UInt64)
}
