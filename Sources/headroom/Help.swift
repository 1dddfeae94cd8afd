/// What `--help` prints.
enum Help {
    static let overview = """
        headroom \(Headroom.version): how many users one server really holds

        usage: headroom COMMAND [OPTIONS]
               headroom URL [OPTIONS]            the same as headroom run URL

          demo     the main job on an embedded target: 2,000 paced users, about 10 s
          run      replay per-user sessions against a URL or a profile, and check the SLO
          capacity search the users that a server holds inside an SLO, and judge an assumption
          report   rebuild every output of a record, also of a run that was killed
          export   HDR histograms of a record or a log, as csv, hgrm, hlog or json
          merge    the exact union of records
          serve    the embedded reference target

        `headroom help COMMAND` shows the options of a command. Times are written 43.2s, 500ms or
        1m30s, sizes 50KB (1,000 bytes) or 64KiB (1,024).

        exit codes: 0 all held · 10 SLO not met · 11 assumption refuted · 12 undecided · 20 an objective is
        UNKNOWN · 64 usage · 65 bad profile or record · 69 the target was unusable (nothing ever worked)
        · 70 a defect of headroom · 74 output could not be written · 130 interrupted
        (Ctrl-C, or SIGHUP: the terminal went away) · 143 SIGTERM; after 130 and 143 the record is complete

        """

    /// A command's usage lines and options.
    static func command(_ usage: String, _ options: [Option]) -> String {
        var text = usage + "\n\noptions:\n"
        let names = options.map { option in
            (option.short.map { "-\($0), " } ?? "    ") + "--\(option.long)"
                + (option.value.map { " \($0)" } ?? "")
        }
        let width = min(30, names.map(\.count).max() ?? 0)
        for (option, name) in zip(options, names) {
            let padding = String(repeating: " ", count: max(0, width - name.count))
            var line = "  \(name)\(padding)  "
            let help = option.help + (option.standard.map { " (\($0))" } ?? "")
            for word in help.split(separator: " ") {
                if line.count + word.count + 1 > 96 {
                    text += Self.trimmed(line) + "\n"
                    line = String(repeating: " ", count: width + 4)
                }
                line += word + " "
            }
            text += Self.trimmed(line) + "\n"
        }
        return text
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
