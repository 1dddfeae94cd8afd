/// How the records of a union ran relative to each other. What cannot be added without knowing this depends on it.
public struct MergeReading: Sendable, Equatable {
    /// At the same time, so that their users add up; else one after the other, so that as many were held for longer.
    public var isTogether: Bool
    /// The user of the command gave it; else the clocks of the machines show it.
    public var isGiven: Bool
    /// Objections, or reasons why the union is less than the sum of its records, in sentences.
    public var notes: [String]

    /// A reading with every value given.
    public init(isTogether: Bool, isGiven: Bool, notes: [String] = []) {
        self.isTogether = isTogether
        self.isGiven = isGiven
        self.notes = notes
    }

    /// The word in run.json.
    public var word: String {
        get { self.isTogether ? "together" : "in_turn" }
        set { self.isTogether = newValue == "together" }
    }

    /// Most notes of a union.
    public static let notesLimit = 16
}
