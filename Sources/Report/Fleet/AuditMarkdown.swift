import Fleet
import Measure
import Record

/// An audit as Markdown, for a design review: what is wrong first, then all lines, then what is to be tested.
public enum AuditMarkdown {
    /// The whole page.
    public static func encode(_ audit: Audit) -> [UInt8] {
        let verdict = audit.verdict
        var page = "# Audit: \(Self.inline(audit.document.title))\n\n"
        if let source = audit.document.source { page += "Document: \(Self.inline(source)).\n\n" }
        if let records = audit.records { page += "Evidence: \(Self.inline(records.sentence)).\n\n" }
        page += "**\(verdict.word.rawValue)**: \(Self.inline(verdict.sentence)). Exit \(verdict.exit.rawValue).\n"
        let wrong = audit.lines.filter { $0.outcome == .wrong }
        if !wrong.isEmpty {
            page += "\n## What does not hold\n\n"
            for line in wrong {
                let factor = line.factorText.isEmpty ? "" : ", \(line.factorText)"
                page +=
                    "- **\(line.id)** (\(line.label.lowercased())\(factor)) \(Self.inline(line.text)). "
                    + "\(Self.inline(line.sentence))\n"
            }
        }
        page +=
            "\n## All lines\n\n| id | the document says | recomputed | factor | verdict | why |\n"
            + "|---|--:|--:|---|---|---|\n"
        for line in audit.lines {
            let cells = [line.id, line.says ?? "", line.againstText, line.factorText, line.label, line.sentence]
            page += "| " + cells.map(Self.inline).joined(separator: " | ") + " |\n"
        }
        let open = audit.lines.filter(\.canBeTested)
        if !open.isEmpty {
            page += "\n## To test\n\n"
            for line in open {
                page += "- **\(line.id)**: \(Self.code(line.measurement?.command ?? ""))\n"
            }
        }
        if !audit.inputs.isEmpty {
            page += Self.table("The document gives", ["name", "figure", "in the document"], audit.inputs.map {
                [$0.name, $0.says, $0.text ?? ""]
            })
        }
        if !audit.facts.isEmpty {
            page += Self.table("From elsewhere", ["name", "figure", "source", "read on"], audit.facts.map {
                [$0.name, $0.says, $0.source, $0.age]
            })
        }
        return Array(page.utf8)
    }

    private static func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.map(Self.inline).joined(separator: " | ") + " |\n" }
        let rule = "|" + head.map { _ in "---|" }.joined() + "\n"
        return "\n## \(title)\n\n" + line(head) + rule + rows.map(line).joined()
    }

    /// Text in one line that Markdown takes as it is: code spans stay, other signs of Markdown are escaped.
    private static func inline(_ text: String) -> String {
        var shown = ""
        var isCode = false
        let isPaired = text.count { $0 == "`" }.isMultiple(of: 2)
        for scalar in TerminalText.sanitised(text).unicodeScalars {
            switch scalar {
            case "`" where isPaired:
                isCode.toggle()
                shown += "`"
            case "|": shown += "\\|"
            case "<" where !isCode: shown += "&lt;"
            case "*" where !isCode, "_" where !isCode, "[" where !isCode, "]" where !isCode, "`":
                shown += "\\\(scalar)"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// A command as code.
    private static func code(_ text: String) -> String {
        let safe = TerminalText.sanitised(text)
        return safe.contains("`") ? "`` \(safe) ``" : "`\(safe)`"
    }
}
