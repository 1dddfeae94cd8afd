/// What a line of an audit says, in sentences for people.
enum AuditSentence {
    static func of(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ judged: ClaimJudgement, _ table: FigureTable,
        _ evidence: ClaimEvidence?, refuted: Set<String>
    ) -> String {
        let format = claim.states.format
        var parts: [String] = []
        switch judged.verdict {
        case .inconsistent:
            if let (other, formula) = judged.other {
                let factor = Self.factor(claim, other)
                parts.append("By `\(formula.text)` the document itself has \(format.text(other))\(factor).")
            }
            if let recomputed = figures.recomputed, claim.formula != nil {
                parts.append("Recomputed: \(format.text(recomputed)).")
            }
        case .wrong, .undecided:
            if let (left, right, truth) = figures.needs, truth != .holds, let needs = claim.needs {
                let ends = "\(Self.plain(left)) against \(Self.plain(right))"
                parts.append(
                    "The figure follows, and `\(needs.text)` \(truth == .fails ? "does not hold" : "may hold or not"): "
                        + "\(ends).")
            } else if figures.isFromStated {
                parts.append("It follows from earlier figures of the document, whose rounding adds up.")
            } else if let own = figures.fromStated, own != figures.recomputed {
                parts.append("From the document's own figures it is \(format.text(own))\(Self.factor(claim, own)).")
            }
        case .right where !judged.roots.isEmpty:
            parts.append(Self.inherited(claim, figures, judged.roots, table, refuted: refuted))
        case .right where figures.fromStated != figures.recomputed:
            if let own = figures.fromStated { parts.append("\(format.text(own)) from the document's own figures.") }
        case .unsupported where claim.measurement == nil: parts.append("No source and no formula gives this figure.")
        case .right, .unsupported, .given: break
        }
        if figures.isFromOther, judged.verdict != .right, case .other(let formula) = claim.asStated {
            parts.append("It follows from `\(formula.text)`.")
        }
        parts += Self.shown(claim.shows, table)
        if let because = claim.because { parts.append(because) }
        if let evidence {
            parts.append(evidence.sentence)
        } else if let missing = claim.measurement?.missing {
            parts.append("Not measurable yet: \(missing)")
        }
        if parts.isEmpty, let formula = claim.formula { parts.append("By `\(formula.text)`.") }
        return parts.joined(separator: " ")
    }

    static func of(
        _ contradiction: Claims.Contradiction, _ truth: Comparison.Truth, _ left: Figure?, _ right: Figure?,
        fault: String?, _ table: FigureTable
    ) -> String {
        let condition = contradiction.condition
        let names = contradiction.between.isEmpty ? "" : " (\(contradiction.between.joined(separator: ", ")))"
        func side(_ name: String?, _ figure: Figure?) -> String? {
            name.map { "\($0): \(figure.map(contradiction.format.text) ?? "nothing can be computed")" }
        }
        let sides = [side(contradiction.left, left), side(contradiction.right, right)].compactMap { $0 }
            .joined(separator: "; ")
        let formula = "`\(condition.text)`"
        var parts: [String] = []
        switch truth {
        case .holds: parts.append("\(sides.isEmpty ? formula : sides)\(names).")
        case .fails: parts.append("\(formula) does not hold\(names): this is no contradiction.")
        case .open where left != nil && right != nil:
            parts.append("\(formula) may hold or not\(names): the ranges overlap.")
        case .open: parts.append("Nothing can be compared\(names)\(fault.map { ": \($0)" } ?? "").")
        }
        if truth != .holds, !sides.isEmpty { parts.append("\(sides).") }
        parts += Self.shown(contradiction.shows, table)
        if let because = contradiction.because { parts.append(because) }
        return parts.joined(separator: " ")
    }

    /// ": x 12.5 too high" behind another figure; empty where they are equal.
    private static func factor(_ claim: Claims.Claim, _ other: Figure) -> String {
        let text = Factor(claim.states.figure, over: other)?.text ?? ""
        return text.isEmpty ? "" : ": \(text)"
    }

    /// "Right from S4; at $0.384/instance/h: $4,800/h."
    private static func inherited(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ roots: [String], _ table: FigureTable,
        refuted: Set<String>
    ) -> String {
        let format = claim.states.format
        let fault = table.fault(claim.id, .recomputed).map { ": \($0)" } ?? ""
        let result = figures.recomputed.map(format.text) ?? "nothing can be computed\(fault)"
        let named = roots.map { refuted.contains($0) ? "\($0) (refuted)" : $0 }
        let own =
            (figures.isFromStated ? figures.fromStated : figures.other).map(format.text).flatMap { text in
                text == format.text(claim.states.figure) ? nil : " (\(text))"
            } ?? ""
        guard roots.count == 1, let root = roots.first, let figure = table[root, .recomputed] else {
            return "Right from \(named.joined(separator: ", "))\(own); recomputed: \(result)."
        }
        let shown = table.formats[root].map { $0.text(figure) } ?? Self.plain(figure)
        let place = figure.isOpen || figure.isAboveZero ? shown : "at \(shown)"
        return "Right from \(named.joined())\(own); \(place): \(result)."
    }

    private static func shown(_ shows: [Claims.Shown], _ table: FigureTable) -> [String] {
        let parts = shows.compactMap { shown -> String? in
            guard let figure = try? table.value(shown.formula.root, .recomputed) else { return nil }
            return "\(shown.what): \(shown.format.text(figure))"
        }
        return parts.isEmpty ? [] : [parts.joined(separator: "; ") + "."]
    }

    /// In base units, where no unit is given.
    private static func plain(_ figure: Figure) -> String {
        let ends = "\(figure.low.text()) to \(figure.high.text())"
        let numbers =
            figure.isOpen
            ? "at least \(figure.low.text())"
            : figure.isAboveZero ? "at most \(figure.high.text())" : figure.isExact ? figure.low.text() : ends
        return figure.dimension.isPlain ? numbers : "\(numbers) \(figure.dimension.text(isOne: numbers == "1"))"
    }
}
