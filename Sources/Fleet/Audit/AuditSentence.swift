/// What a line of an audit says, in sentences for people.
enum AuditSentence {
    static func of(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ roots: [String], _ table: FigureTable,
        _ evidence: ClaimEvidence?
    ) -> String {
        let format = claim.states.format
        var parts: [String] = []
        switch figures.verdict {
        case .inconsistent:
            if let agreed = figures.agreed, let formula = claim.agreesWith {
                let factor = Self.factor(claim, agreed)
                parts.append("By `\(formula.text)` the document itself has \(format.text(agreed))\(factor).")
            }
            if let recomputed = figures.recomputed, claim.formula != nil {
                parts.append("Recomputed: \(format.text(recomputed)).")
            }
        case .wrong:
            if let (left, right) = figures.broken, let needs = claim.needs {
                let ends = "\(Self.plain(left)) against \(Self.plain(right))"
                parts.append("The figure follows, and `\(needs.text)` does not hold: \(ends).")
            } else if let own = figures.fromStated, own != figures.recomputed {
                parts.append("From the document's own figures it is \(format.text(own))\(Self.factor(claim, own)).")
            }
        case .right where !roots.isEmpty: parts.append(Self.inherited(claim, figures, roots, table))
        case .right where figures.fromStated != figures.recomputed:
            if let own = figures.fromStated { parts.append("\(format.text(own)) from the document's own figures.") }
        case .unsupported where claim.measurement == nil: parts.append("No source and no formula gives this figure.")
        case .right, .unsupported, .given: break
        }
        if figures.isOwnRight, figures.verdict != .right, case .other(let formula) = claim.asStated {
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

    static func of(_ contradiction: Claims.Contradiction, isReal: Bool, _ table: FigureTable) -> String {
        let lead = isReal ? [] : ["`\(contradiction.condition.text)` does not hold: this is no contradiction."]
        return (lead + Self.shown(contradiction.shows, table) + (contradiction.because.map { [$0] } ?? []))
            .joined(separator: " ")
    }

    /// ": x 12.5 too high" behind another figure; empty where they are equal.
    private static func factor(_ claim: Claims.Claim, _ other: Figure) -> String {
        let text = Factor(claim.states.figure, over: other)?.text ?? ""
        return text.isEmpty ? "" : ": \(text)"
    }

    /// "Right from S4; at $0.384/instance/h: $4,800/h."
    private static func inherited(
        _ claim: Claims.Claim, _ figures: ClaimFigures, _ roots: [String], _ table: FigureTable
    ) -> String {
        let format = claim.states.format
        let result = figures.recomputed.map(format.text) ?? "nothing can be computed"
        let own =
            figures.fromStated.map(format.text).flatMap { text in
                text == format.text(claim.states.figure) ? nil : " (\(text))"
            } ?? ""
        guard roots.count == 1, let root = roots.first, let figure = table[root, .recomputed] else {
            return "Right from \(roots.joined(separator: ", "))\(own); recomputed: \(result)."
        }
        let shown = table.formats[root].map { $0.text(figure) } ?? Self.plain(figure)
        return "Right from \(root)\(own); at \(shown): \(result)."
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
        let numbers = figure.isExact ? figure.low.text() : "\(figure.low.text()) to \(figure.high.text())"
        return figure.dimension.isPlain ? numbers : "\(numbers) \(figure.dimension.text(isOne: numbers == "1"))"
    }
}
