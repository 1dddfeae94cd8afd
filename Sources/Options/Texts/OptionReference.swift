import Workload

/// docs/reference/options.md: every option of every command, in Markdown.
public enum OptionReference {
    /// The document; `about` is its text before the first command.
    public static func text(of commands: [Command], about: [String]) -> String {
        var text = "# Options\n\n" + about.map { $0 + "\n\n" }.joined()
        for command in commands {
            text += "## headroom \(command.name)\n\n"
            for line in command.usage {
                let meaning = line.meaning.isEmpty ? "" : ": \(line.meaning)"
                text += WordWrap.lines(
                    "- `headroom \(line.words)`\(meaning)", width: Self.width, indent: Self.indent)
            }
            for paragraph in command.about { text += "\n" + WordWrap.lines(paragraph, width: Self.width) }
            text += "\n"
            for example in command.examples {
                text += WordWrap.lines(
                    "- \(example.lead) `headroom \(example.words)`", width: Self.width, indent: Self.indent)
            }
            text += "\n"
            for (section, options) in command.sections {
                text += "### \(section.rawValue) (\(command.name))\n\n"
                for option in options { text += Self.entry(option) }
                text += "\n"
            }
        }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }

    /// An entry of a list, its lines at most `width` characters long.
    private static func entry(_ option: Option) -> String {
        let letter = option.short.map { "`-\($0)`, " } ?? ""
        let value = option.value.map { " \($0)" } ?? ""
        let key = option.keys.first.map { " Key: `\($0.path)`." } ?? ""
        return WordWrap.lines(
            "- \(letter)`\(option.flag)\(value)`: \(option.helpWithStandard).\(key)", width: Self.width,
            indent: Self.indent)
    }

    private static let width = 120
    private static let indent = "  "
}
