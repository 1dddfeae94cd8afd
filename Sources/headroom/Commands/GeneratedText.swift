import Measure
import Options
import Workload

/// What `headroom --generate KIND` prints: the texts that packages and documents take from the list of options.
enum GeneratedText {
    /// What can be generated.
    private static let kinds = ["man", "options", "keys"] + Completions.Shell.allCases.map(\.rawValue)

    static func text(_ words: ArraySlice<String>, of commands: [Command]) throws(UsageError) -> String {
        guard words.count == 1, let kind = words.first, Self.kinds.contains(kind) else {
            throw UsageError("--generate takes one of \(Self.kinds.joined(separator: ", "))")
        }
        if let shell = Completions.Shell(rawValue: kind) {
            return Completions.text(for: shell, of: commands, impliedName: RunCommand.command.name)
        }
        if kind == "man" { return ManualPage.text(of: commands, version: Headroom.version, exits: Self.exits) }
        if kind == "keys" { return ProfileKeyReference.text }
        return OptionReference.text(of: commands, about: Self.about)
    }

    private static let about = [
        "`headroom --generate options` writes this page from the list of options. `headroom help COMMAND` prints the\n"
            + "same of one command.",
        "Times are written `43.2s`, `500ms` or `1m30s`, sizes `50KB` (1,000 bytes) or `64KiB` (1,024). What holds\n"
            + "without an option stands in parentheses. A key is that of a [profile](profile.md) which the option "
            + "overrides.",
    ]

    private static let exits = ExitCode.allCases.map { (code: Int($0.rawValue), meaning: $0.meaning.sentence) }
}
