import Workload

/// Errors in a profile, worded for the command line: a value that a flag gave is named by that flag.
public enum FlagMessages {
    /// One line per error. What one flag did wrong to several steps is printed once.
    public static func lines(_ flaws: [ProfileFlaw], arguments: ParsedArguments, options: [Option]) -> [String] {
        var lines: [String] = []
        for flaw in flaws {
            let line = "\(Self.place(flaw.path, arguments, options)): \(flaw.message)"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    /// The flag with its value as typed, such as `-d/--hold 0s`; the path where no flag gave the value. An option whose
    /// main key it is goes before others.
    private static func place(_ path: String, _ arguments: ParsedArguments, _ options: [Option]) -> String {
        let place = Self.withoutNumbers(path)
        func isAt(_ key: ProfileKey?) -> Bool { key.map { place == $0.path || place == "\($0.path)[]" } ?? false }
        let given = options.filter { $0.keys.contains(where: isAt) && arguments.has($0) }
        guard let option = given.first(where: { isAt($0.keys.first) }) ?? given.first else { return path }
        if option.value == nil || !option.repeatsValue { return option.shown }
        return "\(option.shown) \(arguments.last(option) ?? "")"
    }

    /// `session[2].every` as `session[].every`.
    private static func withoutNumbers(_ path: String) -> String {
        var text = ""
        var isInside = false
        for character in path {
            if character == "]" { isInside = false }
            if !isInside { text.append(character) }
            if character == "[" { isInside = true }
        }
        return text
    }
}
