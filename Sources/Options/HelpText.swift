/// What `headroom COMMAND --help` prints.
public enum HelpText {
    /// The widest line of the options' descriptions, and of a paragraph.
    private static let optionWidth = 96
    private static let paragraphWidth = 90
    /// Names of options wider than this have their description a column further right than others.
    private static let longestName = 30

    /// Usage, what the command does, examples, and the options in sections.
    public static func text(of command: Command) -> String {
        var text = ""
        let width = command.usage.map { $0.words.count }.max() ?? 0
        for (index, line) in command.usage.enumerated() {
            let words = "\(index == 0 ? "usage: " : "       ")headroom \(line.words)"
            text += Self.trimmed(words + Self.blanks(width - line.words.count) + "    " + line.meaning) + "\n"
        }
        for paragraph in command.about { text += "\n" + Self.wrapped(paragraph) }
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
        var text = ""
        var line = "  \(name)\(Self.blanks(column - name.count))  "
        for word in option.helpWithStandard.split(separator: " ") {
            if line.count + word.count + 1 > Self.optionWidth {
                text += Self.trimmed(line) + "\n"
                line = Self.blanks(column + 4)
            }
            line += word + " "
        }
        return text + Self.trimmed(line) + "\n"
    }

    private static func wrapped(_ paragraph: String) -> String {
        var text = ""
        var line = ""
        for word in paragraph.split(separator: " ") {
            if !line.isEmpty, line.count + word.count > Self.paragraphWidth {
                text += Self.trimmed(line) + "\n"
                line = ""
            }
            line += word + " "
        }
        return text + Self.trimmed(line) + "\n"
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
