import CLinux
import Measure
import Workload

/// The door: which command, and how it ends.
enum Headroom {
    /// The version of the program and of what it writes.
    static let version = "0.1.0"
    /// Who asks, in the words that servers log.
    static let userAgent = "headroom/\(version)"

    /// Commands by name.
    private static let commands: [String: Command] = [
        "capacity": CapacityCommand.run,
        "demo": DemoCommand.run, "export": ExportCommand.run, "merge": MergeCommand.run,
        "report": ReportCommand.run, "run": RunCommand.run, "serve": ServeCommand.run,
    ]
    private typealias Command = @Sendable ([String]) throws(UsageError) -> ExitCode

    /// Runs a command line without the program's name.
    static func run(_ arguments: [String]) -> ExitCode {
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
            return Self.printed(Help.overview)
        case "--version", "-V", "version":
            return Self.printed("headroom \(Self.version)\n")
        default:
            break
        }
        if let command = Self.commands[first] { return try command(Array(arguments.dropFirst())) }
        // `headroom URL` is `headroom run URL`, also with options before the URL.
        if first.contains("://") || first.hasPrefix("-") || first.isEmpty {
            return try RunCommand.run(arguments)
        }
        if let near = nearest(first, in: Self.commands.keys.sorted()) {
            throw UsageError("unknown command \(first); did you mean `headroom \(near)`?")
        }
        throw UsageError(
            "\(first) is neither a command nor a URL; a URL begins with http://, a profile is run with "
                + "`headroom run \(first)`; see `headroom --help`")
    }

    static func printed(_ text: String) -> ExitCode {
        let output = Output()
        output.write(text)
        return output.error == nil ? .success : .outputFailed
    }
}
