import Options

/// What the commands that make loads have in common beside `LoadOptions`.
enum LoadArguments {
    /// Options of the record and of what is printed; `json` is the one that prints the file of the command.
    static func outputOptions(json: Option = .json) -> [Option] {
        [.output, .force, .noRecord, .label, .fsync, .quiet, json, .verbose, .help]
    }
}
