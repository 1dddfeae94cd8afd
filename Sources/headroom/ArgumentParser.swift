import Workload

/// One option of a command.
struct Option {
    let long: String
    let short: Character?
    /// The word for its value in help; nil for a switch.
    let value: String?
    let help: String

    init(_ long: String, short: Character? = nil, value: String? = nil, _ help: String) {
        self.long = long
        self.short = short
        self.value = value
        self.help = help
    }

    /// As errors name it: `-d/--hold`.
    var shown: String { (self.short.map { "-\($0)/" } ?? "") + "--\(self.long)" }
}

/// A command line that cannot be understood.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// What a command line said: values by the option's long name in order, and the rest.
struct ParsedArguments {
    private(set) var values: [String: [String]] = [:]
    private(set) var positionals: [String] = []

    /// The switch was given.
    func has(_ long: String) -> Bool { self.values[long] != nil }
    /// The last value given.
    func last(_ long: String) -> String? { self.values[long]?.last }
    /// Every value given.
    func all(_ long: String) -> [String] { self.values[long] ?? [] }

    /// Long options as `--name value` or `--name=value`, short ones as `-c 50` or `-c50`; `--` ends them.
    init(_ arguments: [String], options: [Option]) throws(UsageError) {
        var index = 0
        var onlyPositionals = false
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if onlyPositionals || argument == "-" || !argument.hasPrefix("-") {
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
                let name = argument[argument.index(after: argument.startIndex)]
                guard let option = options.first(where: { $0.short == name }) else {
                    throw Self.unknown(argument, name: String(argument.dropFirst()), options: options)
                }
                let rest = String(argument.dropFirst(2))
                if option.value == nil && !rest.isEmpty {
                    // Several switches in one word, such as -qk.
                    try self.take(option, shown: "-\(name)", inline: nil, arguments, &index)
                    let others = try ParsedArguments(["-" + rest], options: options)
                    self.values.merge(others.values) { $0 + $1 }
                } else {
                    try self.take(
                        option, shown: "-\(name)", inline: rest.isEmpty ? nil : rest, arguments, &index)
                }
            }
        }
    }

    private mutating func take(
        _ option: Option, shown: String, inline: String?, _ arguments: [String], _ index: inout Int
    ) throws(UsageError) {
        guard let word = option.value else {
            if inline != nil { throw UsageError("\(shown) takes no value") }
            self.values[option.long, default: []].append("")
            return
        }
        if let inline {
            self.values[option.long, default: []].append(inline)
        } else if index < arguments.count {
            self.values[option.long, default: []].append(arguments[index])
            index += 1
        } else {
            throw UsageError("\(shown) needs a value: \(shown) \(word)")
        }
    }

    private static func unknown(_ argument: String, name: String, options: [Option]) -> UsageError {
        let known = options.map(\.long)
        if let near = nearest(name, in: known) {
            return UsageError("unknown option \(argument); did you mean --\(near)?")
        }
        return UsageError("unknown option \(argument); see --help")
    }
}
