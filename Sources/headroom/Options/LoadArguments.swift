import Options

/// What the commands that make loads have in common beside `LoadOptions`: options of the output, and threads.
enum LoadArguments {
    /// Options of the record and of what is printed; `json` is the one that prints the file of the command.
    static func outputOptions(json: Option = .json) -> [Option] {
        [.output, .force, .noRecord, .label, .fsync, .quiet, json, .verbose, .help]
    }

    /// Worker threads: as asked for, else one per core.
    static func threads(_ arguments: ParsedArguments, cores: Int) throws(UsageError) -> Int {
        guard let threads = try arguments.value(.threads, as: .whole(atLeast: 1)) else { return max(1, cores) }
        if threads > Self.threadLimit { throw UsageError("-t/--threads: at most \(Self.threadLimit)") }
        return threads
    }

    /// More threads than any machine has cores.
    static let threadLimit = 1024
}
