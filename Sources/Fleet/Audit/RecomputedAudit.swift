/// Every line recomputed from the inputs, with the verdicts that follow from the figures.
struct RecomputedAudit {
    let lines: [AuditLine]

    init(_ claims: Claims, _ evidence: [String: ClaimEvidence]) {
        let table = FigureTable(claims, measured: Self.measured(claims, evidence))
        let verdicts = ClaimVerdicts(claims, table, refuted: Self.refuted(claims, evidence))
        let paths = FactPaths(claims)
        let found = claims.claims.map { claim in
            var line = Self.line(claim, verdicts, table, evidence[claim.id])
            let needs = claim.needs.map { [$0.left, $0.right] } ?? []
            line.facts = paths.facts(behind: [claim.formula, claim.agreesWith].compactMap { $0?.root } + needs)
            return line
        }
        let contradictions = claims.contradictions.map { contradiction in
            var line = Self.line(contradiction, table)
            line.between = contradiction.between
            line.facts = paths.facts(behind: [contradiction.condition.left, contradiction.condition.right])
            return line
        }
        self.lines = claims.withStatements(found) + contradictions
    }

    /// Names of figures that records refute.
    private static func refuted(_ claims: Claims, _ evidence: [String: ClaimEvidence]) -> Set<String> {
        Set(
            claims.claims.lazy.filter { evidence[$0.id]?.verdict == .refuted }.compactMap { $0.measurement?.figure })
    }

    /// Figures that records give in place of those that they refute. A supported figure stands.
    private static func measured(_ claims: Claims, _ evidence: [String: ClaimEvidence]) -> [String: Figure] {
        let stated = claims.statedFigures
        var measured: [String: Figure] = [:]
        for claim in claims.claims {
            guard let measurement = claim.measurement, let found = evidence[claim.id], found.verdict == .refuted,
                let dimension = stated[measurement.figure]?.figure.dimension,
                let figure = Figure(
                    measuredLow: found.low.flatMap(Rational.init(measured:)),
                    high: found.high.flatMap(Rational.init(measured:)), dimension)
            else { continue }
            measured[measurement.figure] = figure
        }
        return measured
    }

    private static func line(
        _ claim: Claims.Claim, _ verdicts: ClaimVerdicts, _ table: FigureTable, _ evidence: ClaimEvidence?
    ) -> AuditLine {
        let figures = verdicts.figures[claim.id] ?? ClaimFigures(claim, table, ownFormula: nil)
        let judged = verdicts[claim.id]
        let standing: AuditLine.Standing? = claim.measurement.map { _ in
            switch evidence?.verdict {
            case .supported: .supported
            case .refuted: .refuted
            case .undecided: .undecided
            case nil: .untested
            }
        }
        let recomputed = claim.formula == nil ? figures.measured : figures.recomputed
        let against = judged.verdict == .inconsistent ? judged.other?.figure : recomputed
        return AuditLine(
            id: claim.id, kind: .claim, text: claim.text, says: claim.states.text, stated: claim.states.figure,
            recomputed: recomputed, against: against, format: claim.states.format,
            factor: against.flatMap { Factor(claim.states.figure, over: $0) }, verdict: judged.verdict,
            inherited: judged.roots, standing: standing, measurement: claim.measurement,
            sentence: AuditSentence.of(claim, figures, judged, table, evidence, refuted: verdicts.refuted))
    }

    /// The left side is the document's own, the right one what follows from the inputs.
    private static func line(_ contradiction: Claims.Contradiction, _ table: FigureTable) -> AuditLine {
        let condition = contradiction.condition
        let (left, leftFault) = table.attempt(condition.left, .stated)
        let (right, rightFault) = table.attempt(condition.right, .recomputed)
        let truth = left.flatMap { left in right.map { condition.truth(left, $0) } } ?? .open
        let verdict: AuditLine.Verdict =
            switch truth {
            case .holds: .inconsistent
            case .fails: .right
            case .open: .undecided
            }
        return AuditLine(
            id: contradiction.id, kind: .contradiction, text: contradiction.text,
            says: left.map(contradiction.format.text), stated: left, recomputed: right, against: right,
            format: contradiction.format, factor: left.flatMap { left in right.flatMap { Factor(left, over: $0) } },
            verdict: verdict, inherited: [], standing: nil, measurement: nil,
            sentence: AuditSentence.of(
                contradiction, truth, left, right, fault: leftFault ?? rightFault, table))
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

    /// The lines of claims with those of statements where they stand in the file.
    func withStatements(_ lines: [AuditLine]) -> [AuditLine] {
        var all: [AuditLine] = []
        var statements = self.statements[...]
        for (index, line) in lines.enumerated() {
            while let next = statements.first, next.place <= index {
                all.append(AuditLine(next))
                statements.removeFirst()
            }
            all.append(line)
        }
        return all + statements.map { AuditLine($0) }
    }
}

/// The figures of one claim, and which of them agree with what it states.
struct ClaimFigures {
    /// By its formula from the figures that the document states.
    let fromStated: Figure?
    /// By its formula from the inputs.
    let recomputed: Figure?
    /// By the document's own arithmetic, where it has another.
    let other: Figure?
    /// By the document's own arithmetic, whichever it is; nil where it has none.
    let own: Figure?
    /// By the document's other way to it.
    let agreed: Figure?
    /// From a record; nil without one.
    let measured: Figure?
    /// The sides of what the claim needs, and whether that holds.
    let needs: (left: Figure, right: Figure, truth: Comparison.Truth)?
    /// The recomputed figure is the stated one.
    let isRecomputed: Bool
    /// It is, but for rounding that an earlier step has carried on.
    let isNear: Bool
    /// The formula leads to it from the figures that the document states.
    let isFromStated: Bool
    /// The document's other arithmetic does.
    let isFromOther: Bool

    init(_ claim: Claims.Claim, _ table: FigureTable, ownFormula: Formula?) {
        func stated(_ formula: Formula?) -> Figure? { formula.flatMap { try? table.value($0.root, .stated) } }
        func agrees(_ figure: Figure?, _ tolerance: Rational) -> Bool {
            figure?.contains(claim.states.figure.low, tolerance: tolerance) ?? false
        }
        self.fromStated = stated(claim.formula)
        self.recomputed = table[claim.id, .recomputed]
        self.agreed = stated(claim.agreesWith)
        if case .other(let formula) = claim.asStated { self.other = stated(formula) } else { self.other = nil }
        self.own = stated(ownFormula)
        self.measured = claim.formula == nil && self.recomputed != claim.states.figure ? self.recomputed : nil
        self.needs = claim.needs.flatMap { needs in
            guard let left = try? table.value(needs.left, .recomputed),
                let right = try? table.value(needs.right, .recomputed)
            else { return nil }
            return (left, right, needs.truth(left, right))
        }
        self.isRecomputed = agrees(self.recomputed, claim.tolerance)
        self.isNear = agrees(self.recomputed, max(claim.tolerance, claim.roundingLimit))
        self.isFromStated = agrees(self.fromStated, claim.tolerance)
        self.isFromOther = agrees(self.other, claim.tolerance)
    }
}

/// The verdict of one claim.
struct ClaimJudgement {
    var verdict = AuditLine.Verdict.unsupported
    /// Names whose figures are wrong or refuted, where the arithmetic from them is right.
    var roots: [String] = []
    /// What an inconsistent claim is held against, and its formula.
    var other: (figure: Figure, formula: Formula)?
}

/// The verdict of each claim, and which wrong figures a right calculation starts from.
struct ClaimVerdicts {
    private(set) var figures: [String: ClaimFigures] = [:]
    /// Names of figures that records refute.
    let refuted: Set<String>
    private var judgements: [String: ClaimJudgement] = [:]
    private let derived: [String: Formula]
    /// Which names lead to a claim's figure.
    private var paths: [String: [FigureName]] = [:]
    /// Claims whose figure is wrong: another figure that starts from one is wrong with it.
    private var wrong: Set<String> = []

    init(_ claims: Claims, _ table: FigureTable, refuted: Set<String>) {
        self.refuted = refuted
        self.derived = Dictionary(claims.derived.map { ($0.name, $0.formula) }) { first, _ in first }
        let facts = FactNames(claims)
        for claim in claims.claims {
            let figures = ClaimFigures(claim, table, ownFormula: claim.ownFormula(facts))
            self.figures[claim.id] = figures
            self.paths[claim.id] = claim.formula?.root.references(.recomputed)
            if claim.formula != nil, !figures.isNear, !figures.isFromStated, !figures.isFromOther {
                self.wrong.insert(claim.id)
            }
        }
        // A claim after those that its formula needs: whether rounding alone made it wrong shows there.
        let places = Dictionary(table.order.enumerated().map { ($1, $0) }) { first, _ in first }
        let ordered = claims.claims.sorted { (places[$0.id] ?? -1) < (places[$1.id] ?? -1) }
        for claim in ordered {
            guard let figures = self.figures[claim.id] else { continue }
            self.judgements[claim.id] = self.judge(claim, figures, claim.ownFormula(facts))
        }
    }

    subscript(id: String) -> ClaimJudgement { self.judgements[id] ?? ClaimJudgement() }

    private mutating func judge(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ own: Formula?
    ) -> ClaimJudgement {
        var judgement = ClaimJudgement()
        if let agreed = figures.agreed, let formula = claim.agreesWith,
            !agreed.contains(claim.states.figure.low, tolerance: claim.tolerance)
        {
            if !figures.isRecomputed { self.wrong.insert(claim.id) }
            judgement.verdict = .inconsistent
            judgement.other = (agreed, formula)
            return judgement
        }
        if let needs = figures.needs, needs.truth != .holds {
            if !figures.isRecomputed, claim.formula != nil { self.wrong.insert(claim.id) }
            judgement.verdict = needs.truth == .fails ? .wrong : .undecided
            return judgement
        }
        guard let formula = claim.formula else { return judgement }
        let behind = self.roots(from: formula.root.references(.recomputed), of: claim.id)
        let isStep = figures.isFromStated || figures.isFromOther
        judgement.verdict = .right
        if figures.isRecomputed || (isStep && figures.isNear) {
            // Two wrong figures can make a right one: the document's own step to it is wrong all the same.
            let start = own?.root.references(.stated) ?? []
            if let own, let step = figures.own, !figures.isOwn(claim), !self.roots(from: start, of: claim.id).isEmpty {
                judgement.verdict = .inconsistent
                judgement.other = (step, own)
                return judgement
            }
            judgement.roots = behind.filter { $0.isStated || self.refuted.contains($0.name) }.map(\.name)
            return judgement
        }
        if isStep {
            if !figures.isFromStated, case .other(let other) = claim.asStated {
                self.paths[claim.id] = other.root.references(.stated)
            }
            judgement.roots = self.roots(from: self.paths[claim.id] ?? [], of: claim.id).map(\.name)
            if !judgement.roots.isEmpty { return judgement }
        }
        // What differs without a wrong claim behind it is wrong itself.
        self.wrong.insert(claim.id)
        judgement.verdict = .wrong
        return judgement
    }

    /// A wrong figure behind a claim. `isStated`: a formula took what the document states for it.
    private struct Root {
        let name: String
        let isStated: Bool
    }

    /// The nearest wrong figures behind names, in the order of the formula.
    private func roots(from start: [FigureName], of id: String) -> [Root] {
        var found: [Root] = []
        var names: Set<String> = [id]
        var seen: Set<FigureName> = []
        var open = start.reversed().map { ($0, false) }
        // Each figure is looked at once.
        while let (figure, wasStated) = open.popLast() {
            guard figure.name != id, seen.insert(figure).inserted else { continue }
            let isStated = wasStated || figure.chain == .stated
            if self.wrong.contains(figure.name) || self.refuted.contains(figure.name) {
                if names.insert(figure.name).inserted { found.append(Root(name: figure.name, isStated: isStated)) }
                continue
            }
            let next: [FigureName]
            if let formula = self.derived[figure.name] {
                next = formula.root.references(figure.chain)
            } else if figure.chain == .recomputed || self.judgements[figure.name]?.roots.isEmpty == false {
                next = self.paths[figure.name] ?? []
            } else {
                next = []
            }
            open += next.reversed().map { ($0, isStated) }
        }
        return found
    }
}

extension ClaimFigures {
    /// The document's own step leads to its figure.
    func isOwn(_ claim: Claims.Claim) -> Bool {
        self.own?.contains(claim.states.figure.low, tolerance: claim.tolerance) ?? false
    }
}
