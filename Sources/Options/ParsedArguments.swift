import Units

/// A parsed command line: values by the option's long name in order, and the rest.
public struct ParsedArguments: Sendable {
    private var values: [String: [String]] = [:]
    /// The options that the command has.
    private let options: [Option]
    /// Words that are no options and no values of them.
    public private(set) var positionals: [String] = []
    /// Everything that was typed, in order.
    public private(set) var words: [Word] = []

    /// A word of a command line.
    public enum Word: Sendable, Equatable {
        /// An option without its value, or a word that is no option.
        case plain(String)
        /// The value of an option; one that follows `=` or a letter is a word of its own, too.
        case value(of: Option, String)
    }

    /// Whether an option was given.
    public func has(_ option: Option) -> Bool { self.values[option.long] != nil }
    /// The last value that was given.
    public func last(_ option: Option) -> String? { self.values[option.long]?.last }
    /// Every value that was given.
    public func all(_ option: Option) -> [String] { self.values[option.long] ?? [] }
    /// The options that were given, each once, in the order of the command's list.
    public var given: [Option] { self.options.filter(self.has) }

    /// Parses long options as `--name value` or `--name=value`, short ones as `-c 50` or `-c50`, and several switches
    /// in one word as `-qk`, where the last may have a value (`-qc 50`); `--` ends the options.
    public init(_ arguments: [String], options: [Option]) throws(UsageError) {
        self.options = options
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
        self.words.append(.value(of: option, value))
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
