/// docs/reference/options.md: every option of every command, in Markdown.
public enum OptionReference {
    /// The document; `about` is its text before the first command.
    public static func text(of commands: [Command], about: [String]) -> String {
        var text = "# Options\n\n" + about.map { $0 + "\n\n" }.joined()
        for command in commands {
            text += "## headroom \(command.name)\n\n"
            for line in command.usage {
                text += Self.wrapped("- `headroom \(line.words)`\(line.meaning.isEmpty ? "" : ": \(line.meaning)")")
            }
            for paragraph in command.about { text += "\n" + Self.wrapped(paragraph, indent: "") }
            text += "\n"
            for example in command.examples {
                text += Self.wrapped("- \(example.meaning): `headroom \(example.words)`".replacing("?: `", with: "? `"))
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
        let key = option.keys.first.map { " Key: `\($0)`." } ?? ""
        return Self.wrapped("- \(letter)`\(option.flag)\(value)`: \(option.helpWithStandard).\(key)")
    }

    /// Lines of at most `width` characters; those after the first are indented.
    private static func wrapped(_ words: String, indent: String = "  ") -> String {
        var text = ""
        var line = ""
        for word in words.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > Self.width {
                text += line + "\n"
                line = "\(indent)\(word)"
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return text + line + "\n"
    }

    private static let width = 120
}
