import Units

/// A figure that the document gives.
public struct AuditInput: Sendable {
    public let name: String
    /// As it is written.
    public let says: String
    /// Quoted from the document; nil where the file has no quote.
    public let text: String?

    init(_ input: Claims.Input) {
        self.name = input.name
        self.says = input.figure.text
        self.text = input.text
    }
}

/// A figure from elsewhere, with its source.
public struct AuditFact: Sendable {
    public let name: String
    /// As it is written.
    public let says: String
    public let source: String
    /// When it was read.
    public let date: CalendarDate
    /// Whole years since then; nil where today is not known.
    public let years: Int?
    /// It was read on a day that is to come.
    public let isOfFuture: Bool

    /// Nil for an input of the document.
    init?(_ input: Claims.Input, today: CalendarDate?) {
        guard let origin = input.origin else { return nil }
        self.name = input.name
        self.says = input.figure.text
        self.source = origin.source
        self.date = origin.date
        self.years = today.map { origin.date.years(to: $0) }
        self.isOfFuture = today.map { $0 < origin.date } ?? false
    }

    /// "2024-07-01, over 2 years old".
    public var age: String {
        if self.isOfFuture { return "\(self.date), which is in the future" }
        guard let years = self.years, years > 0 else { return "\(self.date)" }
        return "\(self.date), over \(years) year\(years == 1 ? "" : "s") old"
    }
}

/// Which records were looked for, and found.
public struct AuditRecords: Sendable, Equatable {
    /// The folder of records.
    public let folder: String
    /// Names of records that claims ask for.
    public let asked: [String]
    /// Those of them that are there.
    public let found: [String]
    /// Folders that no claim asks for.
    public let unused: [String]

    /// Everything that is known of it.
    public init(folder: String, asked: [String], found: [String], unused: [String]) {
        self.folder = folder
        self.asked = asked
        self.found = found
        self.unused = unused
    }

    /// Most names in a sentence.
    private static let shown = 8

    /// "1 of 2 records found in evidence; no claim uses capcity-2000".
    public var sentence: String {
        let records = self.asked.count == 1 ? "record" : "records"
        let count = "\(self.found.count) of \(self.asked.count) \(records) found in \(self.folder)"
        if self.unused.isEmpty { return count }
        let names = self.unused.prefix(Self.shown).joined(separator: ", ")
        return "\(count); no claim uses \(names)\(self.unused.count > Self.shown ? ", …" : "")"
    }
}

/// Which facts a figure rests on.
struct FactPaths {
    private var facts: Set<String> = []
    private var order: [String] = []
    private var needs: [String: [String]] = [:]

    init(_ claims: Claims) {
        self.order = claims.inputs.filter(\.isFact).map(\.name)
        self.facts = Set(self.order)
        for derived in claims.derived { self.needs[derived.name] = Self.names(derived.formula.root) }
        for claim in claims.claims { self.needs[claim.id] = claim.formula.map { Self.names($0.root) } }
    }

    /// The facts behind formulas, in the order of the file; each name is looked at once.
    func facts(behind formulas: [Formula.Expression]) -> [String] {
        var seen: Set<String> = []
        var open = formulas.flatMap(Self.names)
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            open += self.needs[name] ?? []
        }
        return self.order.filter(seen.contains)
    }

    private static func names(_ formula: Formula.Expression) -> [String] {
        Array(Set(formula.references(.recomputed).map(\.name)))
    }
}
