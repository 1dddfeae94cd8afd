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
        "slo", value: "'p99 < 500ms'",
        "judge by this objective instead of the run's own, and write nothing; may be given again",
        section: .output, isList: true, repeatsValue: false, recording: .commandLine)

    public static let format = Option(
        "format", value: "WORD",
        "csv or hgrm (the percentile distribution, as Java's HdrHistogram writes it), interval-csv (a row "
            + "per interval, as its HistogramLogProcessor), hlog (the log itself, filtered), buckets-csv (every "
            + "non-empty bucket) or json (csv)",
        section: .output, recording: .commandLine)
    public static let tag = Option(
        "tag", value: "NAME",
        "which distribution: response, service, response.all, … (response; hlog: all)",
        section: .output, recording: .commandLine)
    public static let exportStart = Option(
        "start", value: "TIME",
        "leaves out intervals that begin before, such as 5s after the log's start",
        section: .output, recording: .commandLine)
    public static let end = Option(
        "end", value: "TIME", "leaves out intervals that begin after",
        section: .output, recording: .commandLine)
    public static let unit = Option(
        "unit", value: "WORD", "ns, us or ms (ms; json: ns)",
        section: .output, recording: .commandLine)
    public static let percentiles = Option(
        "percentiles", value: "LIST",
        "only these, such as 50,99,99.9; with csv and json",
        section: .output, recording: .commandLine)
    public static let exportOutput = Option(
        "output", short: "o", value: "FILE",
        "written whole or not at all (standard output)",
        section: .output, recording: .commandLine)
}
