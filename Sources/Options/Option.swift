/// One option of a command: everything that is known of it. The parser, the help, the manual page, the completions and
/// the reference are made from lists of these.
public struct Option: Sendable, Equatable {
    /// Without the dashes: `max-users`.
    public let long: String
    /// One letter for it; nil without one.
    public let short: Character?
    /// The word for its value in help; nil for a switch.
    public let value: String?
    public let help: String
    /// What holds where it is not given, as help shows it; nil where the help says it itself.
    public let standard: String?
    /// Names that other load generators have for it: an error names this option for them.
    public let otherNames: [String]
    public let section: Section
    /// Keys of a profile, the one that it sets first: `load.users`; then those at which its value may be wrong. The
    /// number of a step is left out, because an option is for all of them: `session[].every`.
    public let keys: [String]
    /// An error may repeat its value. False where that may be long, or a secret.
    public let repeatsValue: Bool
    /// A record repeats its value in the command line. False for what may be anything.
    public let recordsValue: Bool

    /// Groups of options in help and reference, in their order.
    public enum Section: String, Sendable, CaseIterable {
        case search = "Search"
        case load = "Load"
        case requests = "Requests"
        case connections = "Connections"
        case judgement = "Judgement and limits"
        case target = "The target"
        case server = "The server"
        case output = "Record and output"
    }

    /// An option with everything that is known of it.
    public init(
        _ long: String, short: Character? = nil, value: String? = nil, _ help: String, standard: String? = nil,
        otherNames: [String] = [], section: Section, keys: [String] = [], repeatsValue: Bool = true,
        recordsValue: Bool = true
    ) {
        self.long = long
        self.short = short
        self.value = value
        self.help = help
        self.standard = standard
        self.otherNames = otherNames
        self.section = section
        self.keys = keys
        self.repeatsValue = repeatsValue
        self.recordsValue = recordsValue
    }

    /// The same option where something else holds if it is not given.
    public func with(standard: String) -> Option {
        Option(
            self.long, short: self.short, value: self.value, self.help, standard: standard,
            otherNames: self.otherNames, section: self.section, keys: self.keys, repeatsValue: self.repeatsValue,
            recordsValue: self.recordsValue)
    }

    /// As errors name it: `-d/--hold`.
    public var shown: String { (self.short.map { "-\($0)/" } ?? "") + self.flag }
    /// With the word for its value: `-d/--hold TIME`.
    public var usage: String { self.shown + (self.value.map { " \($0)" } ?? "") }
    /// Both, as they are typed: `--hold`, `-d`.
    var names: [String] { [self.flag] + (self.short.map { ["-\($0)"] } ?? []) }
    /// The long one alone: `--hold`.
    public var flag: String { "--\(self.long)" }
    /// What it does, with what holds where it is not given.
    public var helpWithStandard: String { self.help + (self.standard.map { " (\($0))" } ?? "") }
}
