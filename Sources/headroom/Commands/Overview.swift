import Options

/// What `headroom --help` prints.
enum Overview {
    /// The commands with what they do, and the exit codes.
    static func text(of commands: [Command]) -> String {
        let width = (commands.map(\.name.count).max() ?? 0) + 1
        let lines = commands.map { command in
            "  \(command.name)\(String(repeating: " ", count: width - command.name.count))\(command.summary)\n"
        }
        return """
            headroom \(Headroom.version): how many users one server really holds

            usage: headroom COMMAND [OPTIONS]
                   headroom URL [OPTIONS]            the same as headroom run URL

            \(lines.joined())
            `headroom help COMMAND` shows the options of a command. Times are written 43.2s, 500ms or
            1m30s, sizes 50KB (1,000 bytes) or 64KiB (1,024).

            exit codes: 0 all held · 10 SLO not met · 11 assumption refuted · 12 undecided · 20 an objective is
            UNKNOWN · 64 usage · 65 bad profile or record · 69 the target was unusable (nothing ever worked)
            · 70 a defect of headroom · 74 output could not be written · 130 interrupted
            (Ctrl-C, or SIGHUP: the terminal went away) · 143 SIGTERM; after 130 and 143 the record is complete

            """
    }
}
