import Fleet
import Measure
import Record

/// An audit as a table for people, at most 100 columns wide; commands and the verdict are never wrapped. What is wrong
/// stands in capitals, so that it is found without colour.
public enum AuditText {
    /// The whole text; its last line is the verdict.
    public static func text(_ audit: Audit, style: TerminalStyle) -> String {
        var lines = Self.head(audit)
        lines.append(Self.columns(audit.mode))
        for line in audit.lines where line.kind == .claim { lines += Self.lines(of: line) }
        let contradictions = audit.lines.filter { $0.kind == .contradiction }
        if !contradictions.isEmpty {
            lines += [StyledLine(), StyledLine("  Contradictions", .strong)]
            for line in contradictions { lines += Self.lines(of: line) }
        }
        let table = lines.map { $0.rendered(style, columns: Self.width) } + Self.commands(audit, style) + [""]
        return table.map { $0 + "\n" }.joined() + Self.verdict(audit.verdict, style: style)
    }

    /// The verdict in one line, newline at its end: "REFUTED  18 of 40 claims are wrong … · exit 11".
    public static func verdict(_ verdict: AuditVerdict, style: TerminalStyle) -> String {
        let ink: TerminalStyle.Ink =
            switch verdict.word {
            case .supported: .good
            case .refuted: .bad
            case .undecided: .warning
            }
        var line = StyledLine(verdict.word.rawValue, ink)
        line.add("  \(TerminalText.sanitised(verdict.sentence))", .strong)
        line.add(" · exit \(verdict.exit.rawValue)", .quiet)
        return line.rendered(style, columns: .max) + "\n"
    }

    private static let width = 100
    /// Where the columns begin.
    private static let (verdictColumn, saysColumn, againstColumn, factorColumn) = (7, 23, 48, 76)

    private static func head(_ audit: Audit) -> [StyledLine] {
        var title = StyledLine("headroom  audit   ", .accent)
        title.add(TerminalText.sanitised(audit.document.title), .strong)
        var lines = [title]
        func add(_ label: String, _ text: String) {
            for (index, words) in TerminalText.wrapped(text, columns: Self.width - 12).enumerated() {
                var line = StyledLine("  ")
                line.add(index == 0 ? label : "", .quiet, columns: 10)
                line.add(words)
                lines.append(line)
            }
        }
        if let source = audit.document.source { add("document", TerminalText.sanitised(source)) }
        add(
            "figures",
            audit.mode == .asStated
                ? "as stated: each step from the document's own figures"
                : "recomputed from the inputs; what was recomputed feeds what follows")
        lines.append(StyledLine())
        return lines
    }

    private static func columns(_ mode: Audit.Mode) -> StyledLine {
        var line = StyledLine("  id", .quiet)
        let computed = mode == .asStated ? "its steps give" : "recomputed"
        for (word, column) in [
            ("verdict", verdictColumn), ("says", saysColumn), (computed, againstColumn), ("factor", factorColumn),
        ] {
            line.move(to: column)
            line.add(word, .quiet)
        }
        return line
    }

    private static func ink(_ line: AuditLine) -> TerminalStyle.Ink {
        switch line.outcome {
        case .right: .good
        case .wrong: .bad
        case .open: .warning
        }
    }

    /// The figures in one line; below it what the document says, unless it is right, and why.
    private static func lines(of line: AuditLine) -> [StyledLine] {
        var first = StyledLine("  \(line.id)")
        for (text, ink, column) in [
            (line.label, Self.ink(line), Self.verdictColumn), (line.says ?? "", .plain, Self.saysColumn),
            (line.againstText, .plain, Self.againstColumn), (line.factorText, .strong, Self.factorColumn),
        ] as [(String, TerminalStyle.Ink, Int)] where !text.isEmpty {
            first.move(to: column)
            first.add(TerminalText.sanitised(text), ink)
        }
        let quote = line.outcome == .right && line.inherited.isEmpty ? "" : "\u{201C}\(line.text)\u{201D}"
        return [first] + Self.wrapped(quote, .quiet) + Self.wrapped(line.sentence, .plain)
    }

    private static func wrapped(_ text: String, _ ink: TerminalStyle.Ink) -> [StyledLine] {
        if text.isEmpty { return [] }
        let safe = TerminalText.sanitised(text)
        return TerminalText.wrapped(safe, columns: Self.width - Self.verdictColumn).map { words in
            var line = StyledLine()
            line.move(to: Self.verdictColumn)
            line.add(words, ink)
            return line
        }
    }

    /// The commands that would decide what is open; each is printed whole, to be copied.
    private static func commands(_ audit: Audit, _ style: TerminalStyle) -> [String] {
        let open = audit.lines.filter(\.canBeTested)
        if open.isEmpty { return [] }
        let head = StyledLine("  To test, then give --evidence EVIDENCE", .strong)
        let rows = open.map { line in
            var row = StyledLine("  \(line.id)")
            row.move(to: Self.verdictColumn)
            row.add(TerminalText.sanitised(line.measurement?.command ?? ""), .accent)
            return row
        }
        return [""] + ([head] + rows).map { $0.rendered(style, columns: .max) }
    }
}

extension AuditLine {
    /// It has no record yet, and a command that can make one.
    var canBeTested: Bool { self.standing == .untested && self.measurement?.missing == nil }
}

extension AuditVerdict {
    /// How the command ends: 0 where every claim holds, 11 where one does not, 12 where some are open.
    public var exit: ExitCode {
        switch self.word {
        case .supported: .success
        case .refuted: .refuted
        case .undecided: .undecided
        }
    }
}
