/// A trial that a search requests.
public struct TrialPlan: Sendable, Equatable {
    /// Why the trial is made.
    public enum Purpose: String, Sendable, Equatable {
        /// At the number that people planned with, before all others.
        case assumption
        /// The load grows until the first failure, or falls until the first pass.
        case growth
        /// Halves a wide gap before the search looks closely at a statistical limit.
        case approach
        /// Halves the gap between a load that passed and one that failed.
        case bisection
        /// Again, because outcomes at this load differ, or too much depends on a single one.
        case repetition
        /// The fit of all trials placed it near a statistical limit.
        case nearLine = "near_line"
        /// At the upper end of a statistical bracket: it should fail.
        case upperEnd = "upper_end"
        /// Again at the load that failed, above a hard limit.
        case retest
        /// At the answer, longer than any other trial.
        case confirmation
    }

    /// Users or sessions per second.
    public var load: Double
    /// Nanoseconds for which the load is held and measured.
    public var duration: UInt64
    public var purpose: Purpose

    /// A plan with all its parts.
    public init(load: Double, duration: UInt64, purpose: Purpose) {
        self.load = load
        self.duration = duration
        self.purpose = purpose
    }
}
