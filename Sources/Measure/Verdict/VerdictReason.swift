/// Why an objective is UNKNOWN or FAIL, as numbers; Report puts it into a sentence. Times are nanoseconds, shares
/// 0...1, rates requests per second.
public enum VerdictReason: Sendable, Equatable {
    // MARK: Nothing to judge

    /// The hold was never reached.
    case holdNotReached
    /// Nothing that the objective is about was measured.
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
    /// So many requests had not ended: counted as over the limit the objective fails, by their age it holds.
    case unended(UInt64)
    /// So many requests of the plan were neither answered nor failed when the run ended, or never started.
    case unendedOverLimit(UInt64)
    /// More requests were in flight at the end than at the beginning of a constant load.
    case notSteady(atStart: UInt64, atEnd: UInt64)

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

    /// Without the failures that the generator made itself the objective holds.
    case ownErrors(own: UInt64, failed: UInt64)
    /// Users were lost in a second in which the generator stood still for so long.
    case lostInPause(UInt64)
    /// The generator ran out of a resource of its own.
    case ownLimit(ValidityFinding.Resource)
    /// The number was not counted: an older record.
    case notRecorded

    // MARK: Windows

    /// Windows by verdict, and how many must pass.
    case windows(passed: UInt64, failed: UInt64, unknown: UInt64, needed: UInt64)
}
