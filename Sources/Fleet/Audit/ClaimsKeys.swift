/// The keys of a claims file, mapping by mapping; docs/reference/claims.md explains each.
enum ClaimsKeys {
    static let file = ["version", "document", "things", "inputs", "facts", "figures", "claims", "contradictions"]
    static let document = ["title", "source"]
    static let input = ["value", "text"]
    static let fact = ["value", "source", "date"]
    static let claim = [
        "id", "text", "states", "formula", "as_stated", "agrees_with", "needs", "within", "shows", "because", "measure",
    ]
    static let shown = ["what", "formula", "unit"]
    static let measure = ["command", "record", "of", "objective", "missing"]
    static let contradiction = ["id", "text", "between", "condition", "unit", "shows", "because"]

    static let all = [file, document, input, fact, claim, shown, measure, contradiction].flatMap { $0 }
}

/// Limits of a claims file: far above what a person reads.
enum ClaimsLimit {
    /// Claims, contradictions, inputs, facts, figures and things: so many of each.
    static let items = 500
    /// Figures beside one claim.
    static let shows = 8
    /// Characters of a name.
    static let name = 40
    /// Characters of a sentence or a command.
    static let text = 1_000
}
