import CLinux
import Measure
import Options
import Record
import Units
import Workload

/// The entry point: selects the command, and returns the exit code.
enum Headroom {
    /// The version of the program and of its files.
    static let version = "0.1.0"
    /// The User-Agent, which servers log.
    static let userAgent = "headroom/\(version)"

    /// Every command with what runs it, in the order of the overview.
    private static let commands: [(command: Command, run: Body)] = [
        (DemoCommand.command, DemoCommand.run), (RunCommand.command, RunCommand.run),
        (CapacityCommand.command, CapacityCommand.run), (ReportCommand.command, ReportCommand.run),
        (ExportCommand.command, ExportCommand.run), (MergeCommand.command, MergeCommand.run),
        (PlanCommand.command, PlanCommand.run), (AuditCommand.command, AuditCommand.run),
        (ServeCommand.command, ServeCommand.run),
    ]
    private typealias Body = @Sendable ([String]) throws(UsageError) -> ExitCode

    private static func body(of name: String) -> Body? { Self.commands.first { $0.command.name == name }?.run }

    /// The command that this process was started with; empty if it was left out.
    static var commandTyped: [String] {
        CommandLine.arguments.dropFirst().prefix(1).filter { Self.body(of: $0) != nil }
    }

    /// Runs a command line without the program's name.
    static func run(_ arguments: [String]) -> ExitCode {
        // If a command cannot write, it ends with exit 74 and a message, not with a signal.
        linux_ignore_write_signals()
        do {
            return try Self.dispatch(arguments)
        } catch {
            Output.complain("headroom: \(error.message)")
            return .usage
        }
    }

    private static func dispatch(_ arguments: [String]) throws(UsageError) -> ExitCode {
        guard let first = arguments.first else { throw UsageError(RunCommand.nothingGiven) }
        switch first {
        case "--help", "-h", "help":
            return try Self.help(arguments.dropFirst())
        case "--version", "-V", "version":
            return Self.printed("headroom \(Self.version)\n")
        case "--generate":
            return Self.printed(try GeneratedText.text(arguments.dropFirst(), of: Self.commands.map(\.command)))
        default:
            break
        }
        if let run = Self.body(of: first) { return try run(Array(arguments.dropFirst())) }
        // `headroom URL` and `headroom PROFILE` are `headroom run …`, also with options before them.
        if first.contains("://") || first.hasPrefix("-") || first.isEmpty || InputFile.isThere(first) {
            return try RunCommand.run(arguments)
        }
        throw UsageError(Self.unknown(first))
    }

    /// `headroom help COMMAND` is `headroom COMMAND --help`; without one, the overview.
    private static func help(_ words: ArraySlice<String>) throws(UsageError) -> ExitCode {
        guard let name = words.first(where: { !$0.hasPrefix("-") }) else {
            return Self.printed(Overview.text(of: Self.commands.map(\.command)))
        }
        guard let run = Self.body(of: name) else { throw UsageError(Self.unknown(name)) }
        return try run(["--help"])
    }

    /// The message for a first word that is neither a command nor something to run.
    private static func unknown(_ word: String) -> String {
        if InputFile.isThere("\(word)/run.json") {
            return "\(word) is a record: `headroom report \(word)` prints it"
        }
        if let near = nearest(word, in: Self.commands.map(\.command.name)) {
            return "unknown command \(word); did you mean `headroom \(near)`?"
        }
        if let hint = RunCommand.withoutScheme(word) { return hint }
        // The part before an @ or after a ? may be a secret.
        let shown = word.prefix { $0 != "?" }.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return "\(shown) is neither a command nor a URL nor a file that exists; a URL begins with http://; "
            + "see `headroom --help`"
    }

    static func printed(_ text: String) -> ExitCode {
        let output = Output()
        output.write(text)
        return output.error == nil ? .success : .outputFailed
    }
}
