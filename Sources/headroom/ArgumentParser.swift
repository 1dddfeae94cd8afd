import Units
import Workload

/// One option of a command.
struct Option {
    let long: String
    let short: Character?
    /// The name of its value in help; nil for a switch.
    let value: String?
    let help: String
    /// The default as help shows it; nil where the help text includes it.
    let standard: String?
    /// Names of this option in other load generators: an error for one of them suggests this option.
    let otherNames: [String]

    init(
        _ long: String, short: Character? = nil, value: String? = nil, _ help: String, standard: String? = nil,
        otherNames: [String] = []
    ) {
        self.long = long
        self.short = short
        self.value = value
        self.help = help
        self.standard = standard
        self.otherNames = otherNames
    }

    /// The same option with another default.
    func with(standard: String) -> Option {
        Option(
            self.long, short: self.short, value: self.value, self.help, standard: standard,
            otherNames: self.otherNames)
    }

    /// Its name in errors: `-d/--hold`.
    var shown: String { (self.short.map { "-\($0)/" } ?? "") + "--\(self.long)" }
    /// The same with the name of its value: `-d/--hold TIME`.
    var usage: String { self.shown + (self.value.map { " \($0)" } ?? "") }
}

/// A command line that cannot be understood.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// A parsed command line: values by the option's long name in order, and the rest.
struct ParsedArguments {
    private(set) var values: [String: [String]] = [:]
    private(set) var positionals: [String] = []
    /// Everything that was typed, in order.
    private(set) var words: [Word] = []

    /// A word of a command line.
    enum Word: Equatable {
        /// An option without its value, or a word that is no option.
        case plain(String)
        /// The value of the option with this long name; one that follows `=` or a letter is a word of its own, too.
        case value(of: String, String)
    }

    /// The switch was given.
    func has(_ long: String) -> Bool { self.values[long] != nil }
    /// The last value given.
    func last(_ long: String) -> String? { self.values[long]?.last }
    /// Every value given.
    func all(_ long: String) -> [String] { self.values[long] ?? [] }

    /// Parses long options as `--name value` or `--name=value`, short ones as `-c 50` or `-c50`, and several switches
    /// in one word as `-qk`, where the last may have a value (`-qc 50`); `--` ends the options.
    init(_ arguments: [String], options: [Option]) throws(UsageError) {
        var index = 0
        var onlyPositionals = false
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if onlyPositionals || argument == "-" || !argument.hasPrefix("-") {
                self.words.append(.plain(argument))
                self.positionals.append(argument)
            } else if argument == "--" {
                onlyPositionals = true
            } else if argument.hasPrefix("--") {
                let body = argument.dropFirst(2)
                let name = String(body.prefix { $0 != "=" })
                let inline = body.contains("=") ? String(body.dropFirst(name.count + 1)) : nil
                guard let option = options.first(where: { $0.long == name }) else {
                    throw Self.unknown(argument, name: name, options: options)
                }
                try self.take(option, shown: "--\(name)", inline: inline, arguments, &index)
            } else {
                try self.takeLetters(argument, options, arguments, &index)
            }
        }
    }

    /// Parses a word of short options letter by letter, until one has a value: the rest of the word, or the next word.
    private mutating func takeLetters(
        _ word: String, _ options: [Option], _ arguments: [String], _ index: inout Int
    ) throws(UsageError) {
        var rest = word.dropFirst()
        while let letter = rest.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw Self.unknown(word, name: String(word.dropFirst()), letter: letter, options: options)
            }
            if option.value == nil {
                try self.take(option, shown: "-\(letter)", inline: nil, arguments, &index)
                continue
            }
            return try self.take(
                option, shown: "-\(letter)", inline: rest.isEmpty ? nil : String(rest), arguments, &index)
        }
    }

    private mutating func take(
        _ option: Option, shown: String, inline: String?, _ arguments: [String], _ index: inout Int
    ) throws(UsageError) {
        self.words.append(.plain(shown))
        guard let word = option.value else {
            if inline != nil { throw UsageError("\(shown) takes no value") }
            self.values[option.long, default: []].append("")
            return
        }
        let value: String
        if let inline {
            value = inline
        } else if index < arguments.count {
            value = arguments[index]
            index += 1
        } else {
            throw UsageError("\(shown) needs a value: \(shown) \(word)")
        }
        self.values[option.long, default: []].append(value)
        self.words.append(.value(of: option.long, value))
    }

    /// `letter`: the unknown letter in a word of short options.
    private static func unknown(
        _ argument: String, name: String, letter: Character? = nil, options: [Option]
    ) -> UsageError {
        let word = Self.withoutValue(argument)
        let typed = letter.map { argument.count > 2 ? "-\($0) in \(word)" : "\(word)" } ?? "\(word)"
        let names = [name] + (letter.map { [String($0)] } ?? [])
        if let meant = options.first(where: { $0.otherNames.contains(where: names.contains) }) {
            return UsageError("unknown option \(typed); did you mean \(meant.usage)?")
        }
        if let near = nearest(name, in: options.map(\.long)) {
            return UsageError("unknown option \(typed); did you mean --\(near)?")
        }
        return UsageError("unknown option \(typed); see --help")
    }

    /// Most characters of an unknown option that an error repeats.
    private static let shownLength = 60

    /// The part of an unknown word that may be an option's name. What follows may be a value, and a secret.
    private static func withoutValue(_ word: String) -> String {
        let isLong = word.hasPrefix("--")
        let name = word.prefix(Self.shownLength).prefix {
            $0 == "-" || $0 == "_" || $0.isLetter || (isLong && $0.isNumber)
        }
        // One letter is always printed.
        let shown = name.count < 2 ? word.prefix(2) : name
        return shown.count < word.count && !word.dropFirst(shown.count).hasPrefix("=") ? shown + "…" : String(shown)
    }
}
