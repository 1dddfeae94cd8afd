import Workload

/// Errors of a profile in the words of the command line: a value that a flag gave is named by that flag.
enum FlagMessages {
    /// Flags that may have given the value at a path of keys, the most likely first. The number of a step is left out,
    /// as a flag applies to all steps.
    private static let flags: [String: [String]] = [
        "load.users": ["users"], "load.sessions": ["sessions", "users"], "load.hold": ["hold"],
        "load.idle": ["idle"], "load.storm": ["storm"], "load.connection": ["connection"], "load.ramp": ["ramp"],
        "load.warmup": ["warmup"], "load.tick": ["tick"], "load.max_users": ["max-users"],
        "load.max_rate": ["max-rate"], "load.max_bytes": ["max-bytes"], "load.max_duration": ["max-duration"],
        "target.http2.window": ["h2-window"], "target.http2.connection_window": ["h2-connection-window"],
        "target.http2.frame": ["h2-frame"], "target.http2": ["h2-window", "h2-connection-window", "h2-frame"],
        "target.follow": ["follow"], "target.follow_hosts": ["follow-host"], "target.follow_hosts[]": ["follow-host"],
        "load.abort": ["abort"], "session": ["data"],
        "session[].every": ["every"], "session[].think": ["think"], "session[].method": ["method"],
        "session[].headers": ["header"], "session[].body": ["data", "method"],
        "session[].expect.bytes": ["method"], "slo": ["slo"],
        "target.timeouts.connect": ["timeout"], "target.timeouts.first_byte": ["timeout"],
        "target.timeouts.idle": ["timeout"], "target.timeouts.total": ["timeout"],
    ]
    /// Values that may hold a secret, or are too long to repeat.
    private static let unspoken: Set<String> = ["header", "data", "slo", "abort"]

    /// One line per error; an error that one flag causes in several steps is printed once.
    static func lines(_ flaws: [ProfileFlaw], arguments: ParsedArguments, options: [Option]) -> [String] {
        var lines: [String] = []
        for flaw in flaws {
            let line = "\(Self.place(flaw.path, arguments, options)): \(flaw.message)"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    /// The flag with its value as typed, such as `-d/--hold 0s`; the path where no flag gave the value.
    private static func place(_ path: String, _ arguments: ParsedArguments, _ options: [Option]) -> String {
        let candidates = Self.flags[Self.withoutNumbers(path)] ?? []
        guard let name = candidates.first(where: arguments.has),
            let option = options.first(where: { $0.long == name })
        else { return path }
        if Self.unspoken.contains(name) { return option.shown }
        return "\(option.shown) \(arguments.last(name) ?? "")"
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
