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

extension ClaimFigures {
    /// The document's own step leads to its figure.
    func isOwn(_ claim: Claims.Claim) -> Bool {
        self.own?.contains(claim.states.figure.low, tolerance: claim.tolerance) ?? false
    }
}
