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
