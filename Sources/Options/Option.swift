import Units
import Workload

/// One option of a command: everything that is known of it. The parser, the help, the manual page, the completions, the
/// reference, its effect on a profile and the options in a record are made from lists of these.
public struct Option: Sendable, Equatable {
    /// Without the dashes: `max-users`.
    public let long: String
    /// One letter for it; nil without one.
    public let short: Character?
    /// The word for its value in help; nil for a switch.
    public let value: String?
    public let help: String
    /// What holds where it is not given, as help shows it; nil where the help says it itself.
    public private(set) var standard: String?
    /// Names that other load generators have for it: an error names this option for them.
    public let otherNames: [String]
    public let section: Section
    /// Keys of a profile, the one that it sets first; then those at which its value may be wrong. One that stands in a
    /// step is for all steps.
    public let keys: [ProfileKey]
    /// It may be given again, and every value counts; else the last does.
    public let isList: Bool
    /// An error may repeat its value. False where that may be long, or a secret.
    public let repeatsValue: Bool
    public let recording: Recording
    /// What it changes in a profile or in the settings of its command, an `OptionEffect` on their type; nil where it
    /// changes nothing.
    private var effect: (any Sendable)?

    /// What a record has of an option that was given, besides the words of the command line.
    public enum Recording: Sendable {
        /// Its name and its value.
        case value
        /// Its name and how long its value is, as the command line: the value may be anything, a secret, too.
        case length
        /// Nothing: it does not shape what is measured.
        case commandLine
    }

    /// Groups of options in help and reference, in their order.
    public enum Section: String, Sendable, CaseIterable {
        case search = "Search"
        case load = "Load"
        case requests = "Requests"
        case connections = "Connections"
        case judgement = "Judgement and limits"
        case target = "The target"
        case server = "The server"
        case fleet = "The fleet"
        case output = "Record and output"
    }

    /// An option that changes nothing by itself. `value`: the word for its value; nil for a switch.
    public init(
        _ long: String, short: Character? = nil, value: String? = nil, _ help: String, standard: String? = nil,
        otherNames: [String] = [], section: Section, keys: [ProfileKey] = [], isList: Bool = false,
        repeatsValue: Bool = true, recording: Recording = .value
    ) {
        self.long = long
        self.short = short
        self.value = value
        self.help = help
        self.standard = standard
        self.otherNames = otherNames
        self.section = section
        self.keys = keys
        self.isList = isList
        self.repeatsValue = repeatsValue
        self.recording = recording
    }

    /// An option whose value, of a type, sets something in a profile. `implies`: what else follows from it, unless
    /// another option that was given says otherwise.
    public init<Value>(
        _ long: String, short: Character? = nil, _ type: ValueType<Value>, _ help: String, standard: String? = nil,
        otherNames: [String] = [], section: Section, keys: [ProfileKey] = [], repeatsValue: Bool = true,
        recording: Recording = .value,
        sets: @escaping @Sendable (Value, inout Profile) throws(ParseError) -> Void,
        implies: @escaping @Sendable (Value, inout Profile) -> Void = { _, _ in }
    ) {
        self.init(
            long, short: short, value: type.word, help, standard: standard, otherNames: otherNames, section: section,
            keys: keys, isList: type.isList, repeatsValue: repeatsValue, recording: recording)
        self.effect = OptionEffect<Profile> { words, option throws(UsageError) in
            let value = try type.read(words, of: option)
            return SettingsChange(
                implied: { implies(value, &$0) },
                made: { profile throws(UsageError) in
                    do throws(ParseError) {
                        try sets(value, &profile)
                    } catch {
                        throw UsageError("\(option.shown): \(error.message)")
                    }
                })
        }
    }

    /// An option whose value, of a type, is a property of the settings of its command.
    public init<Value, Settings>(
        _ long: String, short: Character? = nil, _ type: ValueType<Value>, _ help: String, standard: String? = nil,
        otherNames: [String] = [], section: Section, repeatsValue: Bool = true, recording: Recording = .value,
        sets path: any WritableKeyPath<Settings, Value> & Sendable
    ) {
        self.init(
            long, short: short, value: type.word, help, standard: standard, otherNames: otherNames, section: section,
            isList: type.isList, repeatsValue: repeatsValue, recording: recording)
        self.effect = Self.assignment(type) { (value, settings: inout Settings) in settings[keyPath: path] = value }
    }

    /// The same for a property that is nil where the option is not given.
    public init<Value, Settings>(
        _ long: String, short: Character? = nil, _ type: ValueType<Value>, _ help: String, standard: String? = nil,
        otherNames: [String] = [], section: Section, repeatsValue: Bool = true, recording: Recording = .value,
        sets path: any WritableKeyPath<Settings, Value?> & Sendable
    ) {
        self.init(
            long, short: short, value: type.word, help, standard: standard, otherNames: otherNames, section: section,
            isList: type.isList, repeatsValue: repeatsValue, recording: recording)
        self.effect = Self.assignment(type) { (value, settings: inout Settings) in settings[keyPath: path] = value }
    }

    /// The effect of an option that sets one property.
    private static func assignment<Value, Settings>(
        _ type: ValueType<Value>, _ assign: @escaping @Sendable (Value, inout Settings) -> Void
    ) -> OptionEffect<Settings> {
        OptionEffect { words, option throws(UsageError) in
            let value = try type.read(words, of: option)
            return SettingsChange(implied: { _ in }, made: { assign(value, &$0) })
        }
    }

    /// The same option where something else holds if it is not given.
    public func with(standard: String) -> Option {
        var option = self
        option.standard = standard
        return option
    }

    /// What it changes in settings of a type; nil where it changes nothing in them.
    func change<Settings>(in type: Settings.Type) -> OptionEffect<Settings>? {
        self.effect as? OptionEffect<Settings>
    }

    /// Options are equal where they are declared at one place, whatever holds without them.
    public static func == (left: Option, right: Option) -> Bool { left.long == right.long && left.help == right.help }

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
