/// What `headroom COMMAND --help` prints.
public enum HelpText {
    /// The widest line of the options' descriptions, and of a paragraph.
    private static let optionWidth = 95
    private static let paragraphWidth = 90
    /// Names of options wider than this have their description a column further right than others.
    private static let longestName = 30

    /// Usage, what the command does, examples, and the options in sections.
    public static func text(of command: Command) -> String {
        var text = ""
        let width = command.usage.map { $0.words.count }.max() ?? 0
        for (index, line) in command.usage.enumerated() {
            let words = "\(index == 0 ? "usage: " : "       ")headroom \(line.words)"
            text += WordWrap.trimmed(words + Self.blanks(width - line.words.count) + "    " + line.meaning) + "\n"
        }
        for paragraph in command.about { text += "\n" + WordWrap.lines(paragraph, width: Self.paragraphWidth) }
        if !command.examples.isEmpty { text += "\nexamples:\n" }
        for example in command.examples {
            text += "  headroom \(example.words)\n      \(example.meaning)\n"
        }
        let names = command.options.map(Self.name)
        let column = min(Self.longestName, names.map(\.count).max() ?? 0)
        for (section, options) in command.sections {
            text += "\n\(section.rawValue):\n"
            for option in options { text += Self.lines(of: option, column: column) }
        }
        return text
    }

    /// `-c, --users N`; the letter's place is kept free where there is none.
    private static func name(_ option: Option) -> String {
        (option.short.map { "-\($0), " } ?? "    ") + option.flag + (option.value.map { " \($0)" } ?? "")
    }

    private static func lines(of option: Option, column: Int) -> String {
        let name = Self.name(option)
        return WordWrap.lines(
            option.helpWithStandard, width: Self.optionWidth, prefix: "  \(name)\(Self.blanks(column - name.count))  ",
            indent: Self.blanks(column + 4))
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
