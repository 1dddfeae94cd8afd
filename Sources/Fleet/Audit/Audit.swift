import Units

/// A design document held against its own arithmetic, against the inputs, and against records.
public struct Audit: Sendable {
    public let document: Claims.Document
    public let mode: Mode
    /// In the order of the file; contradictions last.
    public let lines: [AuditLine]
    public let verdict: AuditVerdict
    /// What the document gives, in the order of the file.
    public let inputs: [AuditInput]
    /// What comes from elsewhere, in the order of the file.
    public let facts: [AuditFact]
    /// Which records were found; nil where none were looked for.
    public var records: AuditRecords?

    /// Which figures the lines are computed from.
    public enum Mode: String, Sendable, CaseIterable {
        /// From the inputs; what was recomputed feeds what follows.
        case recomputed
        /// Each step from the figures that the document states for it.
        case asStated = "as_stated"
    }

    /// `evidence`: by the ids of claims. It is not used as stated. `today`: for the age of facts; nil: not told.
    public init(
        _ claims: Claims, mode: Mode = .recomputed, evidence: [String: ClaimEvidence] = [:], today: CalendarDate? = nil
    ) {
        self.inputs = claims.inputs.filter { !$0.isFact }.map { AuditInput($0) }
        self.facts = claims.inputs.compactMap { AuditFact($0, today: today) }
        self.document = claims.document
        self.mode = mode
        switch mode {
        case .asStated: self.lines = StatedAudit(claims).lines
        case .recomputed: self.lines = RecomputedAudit(claims, evidence).lines
        }
        self.verdict = AuditVerdict(self.lines)
    }
}

/// The document's own arithmetic, step by step.
struct StatedAudit {
    let lines: [AuditLine]

    init(_ claims: Claims) {
        let table = FigureTable(claims)
        let facts = FactNames(claims)
        let lines = claims.claims.map { claim in
            let formula = claim.ownFormula(facts)
            let own = formula.flatMap { try? table.value($0.root, .stated) }
            let isRight = own?.contains(claim.states.figure.low, tolerance: claim.tolerance) ?? false
            return AuditLine(
                id: claim.id, kind: .claim, text: claim.text, says: claim.states.text, stated: claim.states.figure,
                recomputed: own, against: own, format: claim.states.format,
                factor: own.flatMap { Factor(claim.states.figure, over: $0) },
                verdict: own == nil ? .given : isRight ? .right : .wrong, inherited: [], standing: nil,
                measurement: nil,
                sentence: formula.map { "As stated: `\($0.text)`." }
                    ?? "The document gives this figure and no arithmetic.")
        }
        self.lines = claims.withStatements(lines)
    }
}

/// Names of figures that come from elsewhere than the document.
struct FactNames {
    private let names: Set<String>

    init(_ claims: Claims) {
        var names = Set(claims.inputs.lazy.filter(\.isFact).map(\.name))
        // A step that uses a fact is one. Each turn finds at least one more, or ends.
        for _ in claims.derived {
            let more = claims.derived.filter { derived in
                !names.contains(derived.name)
                    && derived.formula.root.references(.stated).contains { names.contains($0.name) }
            }
            if more.isEmpty { break }
            names.formUnion(more.map(\.name))
        }
        self.names = names
    }

    func isUsed(in formula: Formula) -> Bool {
        formula.root.references(.stated).contains { self.names.contains($0.name) }
    }
}

extension Claims.Claim {
    /// How far the stated figure may be off, in base units: the share that the file gives, or half of its last digit
    /// and not more than rounding may do.
    var tolerance: Rational {
        if let within = self.within, let leeway = self.states.figure.low.magnitude.times(within) { return leeway }
        return min(self.states.step.divided(by: Rational(2)) ?? .zero, self.roundingLimit)
    }

    /// The most that rounding may do without `within`, in base units: 2 %. `1M users` is then no 1.4 million, and
    /// 1 KB, which is 2.4 % less, no 1 KiB.
    var roundingLimit: Rational { self.states.figure.low.magnitude.divided(by: Rational(50)) ?? .zero }

    /// The document's own arithmetic; nil where it has none. What uses facts from elsewhere is not the document's.
    func ownFormula(_ facts: FactNames) -> Formula? {
        switch self.asStated {
        case .given: nil
        case .other(let formula): formula
        case .formula: self.formula.flatMap { facts.isUsed(in: $0) ? nil : $0 }
        }
    }
}
