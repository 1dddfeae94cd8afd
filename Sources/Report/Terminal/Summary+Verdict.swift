import Measure
import Record
import Units

/// The result of each objective, and the verdict.
extension SummaryPage {
    /// Most columns of one objective on the page, over all its lines.
    private static let limitOfOne = 136
    /// Most columns of advice on the page, over all its lines.
    private static let adviceLimit = 204
    /// Objectives get at least so many lines, however many are above them.
    private static let fewestLines = 3

    /// One line per objective, as many as fit on `limit` lines: failures come first if not all fit.
    mutating func addObjectives(_ summary: RunRecord, limit: Int) {
        if summary.slo.isEmpty { return }
        self.addGap()
        let advice = self.advice(summary)
        let room = max(Self.fewestLines, limit - advice.lines.count)
        var parts = summary.slo.map { (outcome: $0, lines: self.lines(of: $0)) }
        let needed = parts.reduce(0) { $0 + $1.lines.count }
        var left: [SLOOutcome] = []
        if !self.isWhole && needed > room {
            let order: [Verdict] = [.fail, .unknown, .pass]
            parts = order.flatMap { word in parts.filter { $0.outcome.verdict == word } }
            var used = 1
            let kept = parts.prefix { part in
                used += part.lines.count
                return used <= room
            }
            left = parts.dropFirst(kept.count).map(\.outcome)
            parts = Array(kept)
        }
        for line in parts.flatMap(\.lines) { self.add(line.line, isClipped: line.isClipped) }
        if !left.isEmpty {
            let counts = Verdict.allCases.compactMap { word in
                let count = left.count { $0.verdict == word }
                return count > 0 ? "\(word.word) \(count)" : nil
            }
            self.add("", "\(Quantity.plural(UInt64(left.count), "objective")) more: \(counts.joined(separator: ", "))")
        }
        for line in advice.lines { self.add(line.line, isClipped: line.isClipped) }
    }

    private static func ink(_ verdict: Verdict) -> TerminalStyle.Ink {
        switch verdict {
        case .pass: .good
        case .fail: .bad
        case .unknown: .warning
        }
    }

    /// One objective: its verdict in place of a label, its text, and the measured value or why it is not known.
    private func lines(of outcome: SLOOutcome) -> [(line: StyledLine, isClipped: Bool)] {
        var part = SummaryPage(redactor: self.redactor, columns: self.columns, form: self.form)
        var text = "\(self.foreign(outcome.text)): \(Self.shown(outcome))"
        if outcome.isClose { text += " · close: another run may differ" }
        let limit = self.isWhole ? Self.textLimit : Self.limitOfOne
        for (index, words) in self.wrapped(text, limit: limit).enumerated() {
            var line = StyledLine("  ")
            line.add(index == 0 ? outcome.verdict.word : "", Self.ink(outcome.verdict), columns: Self.indent - 2)
            line.add(words)
            part.add(line)
        }
        return part.lines
    }

    /// The text after an objective.
    private static func shown(_ outcome: SLOOutcome) -> String {
        if outcome.verdict != .pass, let why = outcome.why { return why }
        if let windows = outcome.windows {
            return "\(Quantity.count(windows.held)) of \(Quantity.count(windows.count)) windows held"
        }
        if let value = outcome.certain { return value }
        return outcome.met ? "too few samples for it, each of them within" : "too few samples to tell"
    }

    /// What to do about an objective that is UNKNOWN because of the generator.
    private func advice(_ summary: RunRecord) -> SummaryPage {
        var part = SummaryPage(redactor: self.redactor, columns: self.columns, form: self.form)
        let facts = GeneratorFacts(summary)
        guard let reason = summary.slo.lazy.filter({ $0.verdict == .unknown }).compactMap(\.reason).first,
            let text = reason.remedy(on: facts)
        else { return part }
        for (index, words) in self.wrapped(text, limit: Self.adviceLimit).enumerated() {
            part.add(index == 0 ? "advice" : "", words)
        }
        return part
    }

    /// The last line: the verdict, what it rests on, and how the command ends.
    mutating func addVerdict(_ summary: RunRecord) {
        guard let verdict = summary.verdict else { return }
        self.addGap()
        self.add(VerdictLine.styled(verdict, redactor: self.redactor), isClipped: false)
    }
}

/// The verdict of a command in one line. It is never wrapped, so that it can be found.
public enum VerdictLine {
    /// The line of a run's verdict, newline at the end.
    public static func text(_ verdict: RunVerdict, style: TerminalStyle, redactor: Redactor) -> String {
        Self.styled(verdict, redactor: redactor).rendered(style, columns: .max) + "\n"
    }

    static func styled(_ verdict: RunVerdict, redactor: Redactor) -> StyledLine {
        Self.styled(verdict.word, TerminalText.sanitised(redactor.text(verdict.sentence)), exit: verdict.exit)
    }

    /// A verdict whose sentence is safe to show.
    static func styled(_ word: Verdict, _ sentence: String, exit: ExitCode) -> StyledLine {
        let ink: TerminalStyle.Ink =
            switch word {
            case .pass: .good
            case .fail: .bad
            case .unknown: .warning
            }
        var line = StyledLine(word.word, ink)
        line.add("  \(sentence)", .strong)
        line.add(" · exit \(exit.rawValue)", .quiet)
        return line
    }
}
