/// Every line recomputed from the inputs, with the verdicts that follow from the figures.
struct RecomputedAudit {
    let lines: [AuditLine]

    init(_ claims: Claims, _ evidence: [String: ClaimEvidence]) {
        let measured = Self.measured(claims, evidence)
        let table = FigureTable(claims, measured: measured)
        let verdicts = claims.claims.map { ClaimFigures($0, table) }
        let roots = WrongRoots(claims, verdicts, measured: measured)
        let found = zip(claims.claims, verdicts).map { claim, figures in
            Self.line(claim, figures, roots.names(of: claim, figures), table, evidence[claim.id])
        }
        // A side that a record makes impossible to compute (a capacity of 0) stands as it is without the record.
        let plain = measured.isEmpty ? table : FigureTable(claims)
        self.lines = found + claims.contradictions.compactMap { Self.line($0, table) ?? Self.line($0, plain) }
    }

    /// Figures that records give in place of those that they refute: only with both ends. A supported figure stands.
    private static func measured(_ claims: Claims, _ evidence: [String: ClaimEvidence]) -> [String: Figure] {
        let stated = claims.statedFigures
        var measured: [String: Figure] = [:]
        for claim in claims.claims {
            guard let measurement = claim.measurement, let found = evidence[claim.id], found.verdict == .refuted,
                let figure = stated[measurement.figure],
                let low = found.low.flatMap(Rational.init(measured:)),
                let high = found.high.flatMap(Rational.init(measured:)),
                let first = figure.format.figure(low), let last = figure.format.figure(high)
            else { continue }
            measured[measurement.figure] = Figure(low: first.low, high: last.low, figure.figure.dimension)
        }
        return measured
    }

    private static func line(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ roots: [String], _ table: FigureTable,
        _ evidence: ClaimEvidence?
    ) -> AuditLine {
        let standing: AuditLine.Standing? = claim.measurement.map { _ in
            switch evidence?.verdict {
            case .supported: .supported
            case .refuted: .refuted
            case .undecided: .undecided
            case nil: .untested
            }
        }
        let recomputed = claim.formula == nil ? figures.measured : figures.recomputed
        let against = figures.verdict == .inconsistent ? figures.agreed : recomputed
        return AuditLine(
            id: claim.id, kind: .claim, text: claim.text, says: claim.states.text, stated: claim.states.figure,
            recomputed: recomputed, against: against, format: claim.states.format,
            factor: against.flatMap { Factor(claim.states.figure, over: $0) }, verdict: figures.verdict,
            inherited: roots, standing: standing, measurement: claim.measurement,
            sentence: AuditSentence.of(claim, figures, roots, table, evidence))
    }

    /// Nil where a side cannot be computed.
    private static func line(_ contradiction: Claims.Contradiction, _ table: FigureTable) -> AuditLine? {
        let condition = contradiction.condition
        guard let left = try? table.value(condition.left, .recomputed),
            let right = try? table.value(condition.right, .recomputed)
        else { return nil }
        let isReal = condition.holds(left, right)
        return AuditLine(
            id: contradiction.id, kind: .contradiction, text: contradiction.text,
            says: contradiction.format.text(left),
            stated: left, recomputed: right, against: right, format: contradiction.format,
            factor: Factor(left, over: right), verdict: isReal ? .inconsistent : .right, inherited: [], standing: nil,
            measurement: nil,
            sentence: AuditSentence.of(contradiction, isReal: isReal, table))
    }
}

extension Claims {
    /// Inputs and claims by their names.
    var statedFigures: [String: StatedFigure] {
        var figures: [String: StatedFigure] = [:]
        for input in self.inputs { figures[input.name] = input.figure }
        for claim in self.claims { figures[claim.id] = claim.states }
        return figures
    }
}

/// The figures of one claim, and the verdict that follows from them.
struct ClaimFigures {
    /// By its formula from the figures that the document states.
    let fromStated: Figure?
    /// By its formula from the inputs.
    let recomputed: Figure?
    /// By the document's own arithmetic, where it has another.
    let own: Figure?
    /// By the document's other way to it.
    let agreed: Figure?
    /// From a record; nil without one.
    let measured: Figure?
    /// The sides of what the claim needs, where that does not hold.
    let broken: (left: Figure, right: Figure)?
    let verdict: AuditLine.Verdict

    init(_ claim: Claims.Claim, _ table: FigureTable) {
        let (stated, tolerance) = (claim.states.figure, claim.tolerance)
        func agrees(_ figure: Figure?) -> Bool { figure?.contains(stated.low, tolerance: tolerance) ?? false }
        self.fromStated = claim.formula.flatMap { try? table.value($0.root, .stated) }
        self.recomputed = table[claim.id, .recomputed]
        self.agreed = claim.agreesWith.flatMap { try? table.value($0.root, .stated) }
        if case .other(let formula) = claim.asStated {
            self.own = try? table.value(formula.root, .stated)
        } else {
            self.own = nil
        }
        self.measured = claim.formula == nil && self.recomputed != stated ? self.recomputed : nil
        if let needs = claim.needs, let left = try? table.value(needs.left, .recomputed),
            let right = try? table.value(needs.right, .recomputed), !needs.holds(left, right)
        {
            self.broken = (left, right)
        } else {
            self.broken = nil
        }
        self.verdict =
            if self.agreed != nil && !agrees(self.agreed) {
                .inconsistent
            } else if self.broken != nil {
                .wrong
            } else if claim.formula == nil {
                .unsupported
            } else {
                agrees(self.recomputed) || agrees(self.fromStated) ? .right : .wrong
            }
        self.isInherited = self.verdict == .right && !agrees(self.recomputed)
        self.isOff = (self.verdict == .wrong || self.verdict == .inconsistent) && !agrees(self.recomputed)
        self.isOwnRight = agrees(self.own)
    }

    /// The arithmetic is right, and what it starts from is not.
    let isInherited: Bool
    /// It is wrong, and its figure is: another figure that starts from it is wrong with it.
    let isOff: Bool
    /// The document's other arithmetic leads to its figure.
    let isOwnRight: Bool
}

/// Which wrong figures a right calculation starts from.
struct WrongRoots {
    private let needs: [String: [String]]
    private let wrong: Set<String>

    init(_ claims: Claims, _ figures: [ClaimFigures], measured: [String: Figure]) {
        var needs: [String: [String]] = [:]
        var wrong = Set(measured.keys)
        for derived in claims.derived {
            needs[derived.name] = derived.formula.root.references(.recomputed).map(\.name)
        }
        for (claim, found) in zip(claims.claims, figures) {
            if found.isOff { wrong.insert(claim.id) }
            if let formula = claim.formula { needs[claim.id] = formula.root.references(.recomputed).map(\.name) }
        }
        (self.needs, self.wrong) = (needs, wrong)
    }

    /// The nearest wrong figures behind a claim, in the order of its formula; empty for a claim that inherits none.
    func names(of claim: Claims.Claim, _ figures: ClaimFigures) -> [String] {
        guard figures.isInherited else { return [] }
        var found: [String] = []
        var seen: Set<String> = [claim.id]
        var open = Array((self.needs[claim.id] ?? []).reversed())
        // Each name is looked at once.
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            if self.wrong.contains(name) {
                found.append(name)
            } else {
                open += (self.needs[name] ?? []).reversed()
            }
        }
        return found
    }
}
