import Workload

/// The options of records and of what is printed.
extension Option {
    public static let output = Option(
        "output", short: "o", value: "DIR",
        "the record's folder (results/STAMP-NAME)",
        section: .output, recording: .commandLine)
    public static let force = Option(
        "force", "write into an existing record folder",
        section: .output, recording: .commandLine)
    public static let noRecord = Option("no-record", "write no record", section: .output, recording: .commandLine)
    public static let label = Option(
        "label", value: "KEY=VALUE",
        "a name for the record (run.json, `labels`); may be given again",
        otherNames: ["tag", "name"], section: .output, isList: true, recording: .commandLine)
    public static let fsync = Option(
        "fsync", value: "WORD",
        "when the record is made to survive a power cut: off, interval or end (interval)",
        section: .output, recording: .commandLine)
    public static let quiet = Option(
        "quiet", short: "q",
        "print nothing but errors, and a verdict that is not PASS",
        section: .output, recording: .commandLine)
    public static let json = Option(
        "json", "print run.json; the verdict goes to standard error",
        section: .output, recording: .commandLine)
    public static let help = Option("help", short: "h", "this text", section: .output, recording: .commandLine)

    public static let verbose = Option(
        "verbose", "the summary with all its tables, reasons and limits; the record always has them",
        section: .output, recording: .commandLine)
    public static let capacityJSON = Option(
        "json", "print capacity.json; the verdict goes to standard error", section: .output, recording: .commandLine)

    public static let mergeOutput = Option(
        "output", short: "o", value: "DIR", "the folder of the union",
        section: .output, recording: .commandLine)
    public static let together = Option(
        "together",
        "the records ran at the same time, whatever their clocks say: users add up",
        section: .output, recording: .commandLine)
    public static let inTurn = Option(
        "in-turn",
        "the records ran one after the other, whatever their clocks say: as many users, for longer",
        section: .output, recording: .commandLine)

    public static let reportSLO = Option(
        "slo", .objectives(),
        "judge by this objective instead of the run's own, and write nothing; may be given again",
        section: .output, repeatsValue: false, recording: .commandLine,
        sets: \[SLO].self)
}
