/// What a record says about a claim.
public struct ClaimEvidence: Sendable, Equatable {
    /// The verdict of the measurement.
    public let verdict: Verdict
    /// The ends of what was measured, in the unit of the claim's figure; nil where the record has none.
    public let low: Double?
    public let high: Double?
    /// For people: what was measured, and on what.
    public let sentence: String

    /// What the record decides.
    public enum Verdict: String, Sendable {
        case supported, refuted, undecided
    }

    /// Evidence with everything that is known of it.
    public init(verdict: Verdict, low: Double? = nil, high: Double? = nil, sentence: String) {
        self.verdict = verdict
        self.low = low
        self.high = high
        self.sentence = sentence
    }
}
