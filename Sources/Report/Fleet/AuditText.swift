import Fleet
import Measure
import Record

/// An audit as a table for people, at most 100 columns wide: a cell that is too long for its column goes on below,
/// and no number is cut. Commands and the verdict are never wrapped. What is wrong
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
        lines += Self.facts(audit)
        let table = lines.map { $0.rendered(style, columns: Self.width) } + Self.commands(audit, style) + [""]
        return table.map { $0 + "\n" }.joined() + Self.verdict(audit.verdict, style: style)
    }

    /// The verdict in one line, newline at its end: "REFUTED  10 of 33 claims are wrong … · exit 11".
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
        if let records = audit.records { add("evidence", TerminalText.sanitised(records.sentence)) }
        lines.append(StyledLine())
        return lines
    }

    /// The facts that what does not hold rests on, by source and date.
    private static func facts(_ audit: Audit) -> [StyledLine] {
        let used = Set(audit.lines.lazy.filter(\.isOff).flatMap(\.facts))
        var groups: [(source: String, age: String, names: [String])] = []
        for fact in audit.facts where used.contains(fact.name) {
            if let index = groups.firstIndex(where: { $0.source == fact.source && $0.age == fact.age }) {
                groups[index].names.append(fact.name)
            } else {
                groups.append((fact.source, fact.age, [fact.name]))
            }
        }
        if groups.isEmpty { return [] }
        var lines = [StyledLine(), StyledLine("  Facts behind what does not hold", .strong)]
        for group in groups {
            let text = "\(group.names.joined(separator: ", ")): \(group.source) (\(group.age))"
            let safe = TerminalText.sanitised(text)
            for (index, words) in TerminalText.wrapped(safe, columns: Self.width - 4).enumerated() {
                lines.append(StyledLine((index == 0 ? "  - " : "    ") + words))
            }
        }
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

    /// The figures in one line, if they fit; below it what the document says, unless it is right, and why.
    private static func lines(of line: AuditLine) -> [StyledLine] {
        let cells = [
            Cell(line.id, .plain, 2), Cell(line.label, Self.ink(line), Self.verdictColumn),
            Cell(line.says ?? "", .plain, Self.saysColumn), Cell(line.againstText, .plain, Self.againstColumn),
            Cell(line.factorText, .strong, Self.factorColumn),
        ]
        let quote = line.outcome == .right && line.inherited.isEmpty ? "" : "\u{201C}\(line.text)\u{201D}"
        return Self.rows(cells.filter { !$0.text.isEmpty }) + Self.wrapped(quote, .quiet)
            + Self.wrapped(line.sentence, .plain)
    }

    /// A part of a line, and the column where it begins.
    private struct Cell {
        let text: String
        let ink: TerminalStyle.Ink
        let column: Int

        init(_ text: String, _ ink: TerminalStyle.Ink, _ column: Int) {
            self.text = TerminalText.sanitised(text)
            self.ink = ink
            self.column = column
        }
    }

    /// Each cell in its column. One that would run into the next cell, or over the edge, takes a row of its own.
    private static func rows(_ cells: [Cell]) -> [StyledLine] {
        var rows: [StyledLine] = []
        var row = StyledLine()
        for cell in cells {
            if row.width >= cell.column {
                rows.append(row)
                row = StyledLine()
            }
            let room = Self.width - cell.column
            for (index, part) in TerminalText.wrapped(cell.text, columns: room).enumerated() {
                if index > 0 {
                    rows.append(row)
                    row = StyledLine()
                }
                row.move(to: cell.column)
                row.add(part, cell.ink)
            }
        }
        return rows + [row]
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
        let head = StyledLine("  To test what is untested or unsupported, then give --evidence EVIDENCE", .strong)
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
