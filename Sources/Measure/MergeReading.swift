/// How the records of a union were taken to have run: what cannot be added without knowing it is made of this.
public struct MergeReading: Sendable, Equatable {
    /// Together, so that their users add up; else in turn, so that as many were held for longer.
    public var isTogether: Bool
    /// Somebody said so; else it is what the clocks of their machines say.
    public var isGiven: Bool
    /// What speaks against it, or makes the union less than the sum of its records, in sentences.
    public var notes: [String]

    /// A reading with every value given.
    public init(isTogether: Bool, isGiven: Bool, notes: [String] = []) {
        self.isTogether = isTogether
        self.isGiven = isGiven
        self.notes = notes
    }

    /// The word of run.json.
    public var word: String { self.isTogether ? "together" : "in_turn" }
    /// Notes of a union at most.
    public static let notesLimit = 16
}
