import YAML

/// One key of a claims file: where it stands, and what the reference says of it. The reader's names, its advice on a
/// mistyped one and the tables of docs/reference/claims.md come from the list of these.
public struct ClaimsKey: MappedKey, Sendable {
    public let mapping: Mapping
    public let name: String
    public let type: String
    public let meaning: String
    public let example: String

    /// A mapping of a claims file.
    public enum Mapping: String, Sendable, CaseIterable {
        case file, document, input, fact, claim, shown, measure, contradiction
    }

    private init(_ mapping: Mapping, _ name: String, _ type: String, _ meaning: String, _ example: String) {
        self.mapping = mapping
        self.name = name
        self.type = type
        self.meaning = meaning
        self.example = example
    }

    /// The names of a mapping's keys.
    static func names(_ mapping: Mapping) -> [String] { Self.keys(of: mapping).map(\.name) }

    /// Every key, by mapping, in the order in which an error lists them.
    public static let all: [ClaimsKey] = [
        .init(.file, "version", "integer, required", "the version of the format: 1", "version: 1"),
        .init(.file, "document", "mapping, required", "what is audited", "document: {title: Fleet for 500M users}"),
        .init(
            .file, "things", "list of names", "what it counts besides the built-in units, in the plural",
            "things: [regions, balancers]"),
        .init(
            .file, "inputs", "mapping", "what the document gives without arithmetic, by names",
            "inputs: {daily_users: {value: 500M users}}"),
        .init(
            .file, "facts", "mapping", "figures from elsewhere, such as prices",
            "facts: {price: {value: $1/h, source: AWS, date: 2026-07-20}}"),
        .init(
            .file, "figures", "mapping", "steps in between: a formula by its name",
            "figures: {requests_a_day: daily_users * each}"),
        .init(.file, "claims", "list, required", "the claims of the document, in its order", "claims: [{id: S1, …}]"),
        .init(
            .file, "contradictions", "list", "figures that cannot both hold", "contradictions: [{id: D1, …}]"),

        .init(.document, "title", "text, required", "its name", "title: Fleet for 500M users"),
        .init(.document, "source", "text", "where it can be read", "source: docs/design.txt, version 3"),

        .init(.input, "value", "figure, required", "the number with its unit", "value: 500M users"),
        .init(.input, "text", "text", "a quote of the document", "text: 500 million daily active users"),

        .init(.fact, "value", "figure, required", "the number with its unit", "value: $0.384/instance/h"),
        .init(.fact, "source", "text, required", "where it can be read", "source: price list of AWS, us-east-1"),
        .init(.fact, "date", "date, required", "when it was read", "date: 2026-07-20"),

        .init(.claim, "id", "name, required", "names the claim, also in formulas", "id: S2"),
        .init(.claim, "text", "text, required", "a quote of the document", "text: 25M ÷ 2,000 = 12,500 instances"),
        .init(
            .claim, "states", "figure, required",
            "its figure; a claim that states none has `text` and `because` alone", "states: 12,500 instances"),
        .init(
            .claim, "formula", "formula",
            "how the figure follows; without it only a record supports the claim",
            "formula: S1 / users_per_instance"),
        .init(
            .claim, "as_stated", "formula or `given`",
            "the document's own way, if it is another; `given`: it has none",
            "as_stated: S14 / S18"),
        .init(
            .claim, "agrees_with", "formula",
            "another way to it in the document: both must agree",
            "agrees_with: ceil(S15 / S16)"),
        .init(
            .claim, "needs", "comparison", "what must hold besides; the claim is wrong where it does not",
            "needs: writers <= 1 database"),
        .init(
            .claim, "within", "share, half of the last digit, at most 2%",
            "how far the stated figure may be off and still be right",
            "within: 15%"),
        .init(
            .claim, "shows", "list", "figures that are printed beside it",
            "shows: [{what: Each, formula: S1 / S2, unit: x}]"),
        .init(.claim, "because", "text", "why, in a sentence", "because: 500M times 500 KB are terabytes."),
        .init(
            .claim, "measure", "mapping", "what decides it by measuring",
            "measure: {command: headroom run …, record: r}"),

        .init(.shown, "what", "text, required", "what the figure is", "what: Instances on average"),
        .init(.shown, "formula", "formula, required", "how it is computed", "formula: stated(S24) / stated(S4)"),
        .init(.shown, "unit", "unit, required", "in which it is printed", "unit: instances"),

        .init(
            .measure, "command", "text, required", "the command line that makes the record",
            "command: headroom capacity … --assume 2000"),
        .init(
            .measure, "record", "name, required", "the record's name in the folder of `--evidence`",
            "record: capacity-2000"),
        .init(
            .measure, "of", "name, the claim itself", "the input or claim whose figure is measured",
            "of: connections_per_instance"),
        .init(
            .measure, "objective", "text",
            "of a run, with the stated number; without one a search decides",
            "objective: rate > 100000/s"),
        .init(
            .measure, "pace", "text, `--every` of the command",
            "the pace that the record must have", "pace: every 43.2s"),
        .init(
            .measure, "hardware", "text, `--instance` of the command",
            "the type of instance that the record must be of", "hardware: m5.2xlarge"),
        .init(
            .measure, "missing", "text", "why no record can decide it yet",
            "missing: a record does not hold cache hits."),

        .init(.contradiction, "id", "name, required", "names the contradiction", "id: D6"),
        .init(
            .contradiction, "text", "text, required", "what contradicts what",
            "text: No utilisation target is in the plan"),
        .init(.contradiction, "between", "list of names, required", "the claims or inputs", "between: [S2, S13]"),
        .init(
            .contradiction, "condition", "comparison, required",
            "it is one where this holds; left is the document's own figure",
            "condition: S2 < S13"),
        .init(.contradiction, "left", "text", "what the left side is", "left: Instances in the plan"),
        .init(.contradiction, "right", "text", "what the right side is", "right: instances needed"),
        .init(.contradiction, "unit", "unit, required", "in which both sides are printed", "unit: instances"),
        .init(
            .contradiction, "shows", "list", "as in a claim",
            "shows: [{what: The maximum, formula: S13, unit: instances}]"),
        .init(
            .contradiction, "because", "text", "why, in a sentence", "because: The peak needs more than the maximum."),
    ]
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
