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
            // A record refutes the claim itself: its arithmetic is right all the same.
            if !judgement.roots.isEmpty || self.refuted.contains(claim.id) { return judgement }
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
