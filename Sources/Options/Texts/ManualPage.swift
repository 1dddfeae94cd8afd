/// headroom(1), in the man macros of groff.
public enum ManualPage {
    /// The page of all commands. `version` stands in its footer; `exits` are exit codes with what they mean.
    public static func text(of commands: [Command], version: String, exits: [(code: Int, meaning: String)]) -> String {
        var text = """
            .TH HEADROOM 1 "" "headroom \(Self.escaped(version))" "User Commands"
            .SH NAME
            headroom \\- how many users one server really holds
            .SH SYNOPSIS

            """
        for line in commands.flatMap(\.usage) { text += ".PP\n\\fBheadroom\\fR \(Self.escaped(line.words))\n" }
        text += ".SH COMMANDS\n"
        for command in commands {
            text += ".SS \(Self.escaped(command.name))\n"
            for paragraph in command.about { text += ".PP\n\(Self.line(paragraph))\n" }
            for example in command.examples {
                text += ".PP\n\(Self.line(example.lead))\n.PP\n.RS\n.nf\n"
                text += "headroom \(Self.escaped(example.words))\n.fi\n.RE\n"
            }
            for (section, options) in command.sections {
                text += ".PP\n\\fI\(Self.escaped(section.rawValue))\\fR\n"
                for option in options { text += Self.entry(option) }
            }
        }
        text += ".SH EXIT STATUS\n"
        for exit in exits { text += ".TP\n\\fB\(exit.code)\\fR\n\(Self.line(exit.meaning))\n" }
        return text
    }

    private static func entry(_ option: Option) -> String {
        let letter = option.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
        let value = option.value.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
        return ".TP\n\(letter)\\fB\(Self.escaped(option.flag))\\fR\(value)\n\(Self.line(option.helpWithStandard))\n"
    }

    /// A line of text: one that begins with a point or an apostrophe would be a request to groff.
    private static func line(_ text: String) -> String {
        let escaped = Self.escaped(text)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            default: result.append(character)
            }
        }
    }
}
