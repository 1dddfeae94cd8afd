/// The options of `plan`.
extension Option {
    public static let dailyUsers = Option(
        "daily-users", value: "N", "users that come on a day, such as 500M", section: .fleet,
        recording: .commandLine)
    public static let peak = Option(
        "peak", value: "PERCENT", "the share of them that is there at once at the peak, such as 5%",
        section: .fleet,
        recording: .commandLine)
    public static let peakOverAverage = Option(
        "peak-over-average", value: "N", "users at the peak over the average of a day", section: .fleet,
        recording: .commandLine)
    public static let timePerDay = Option(
        "time-per-day", value: "TIME", "how long a user is there on a day, such as 36m", section: .fleet,
        recording: .commandLine)
    public static let fleetSession = Option(
        "session", value: "'N x SIZE'",
        "a user's requests a day, and the body of an answer, such as '10 x 50KB'",
        section: .fleet, recording: .commandLine)
    public static let perInstance = Option(
        "per-instance", value: "N", "users that one instance holds inside the objective", section: .fleet,
        recording: .commandLine)
    public static let fleetInstance = Option(
        "instance", value: "TYPE", "the type of instance, such as m5.2xlarge", section: .fleet,
        recording: .commandLine)
    public static let utilisation = Option(
        "utilisation", value: "PERCENT", "the share of what an instance holds up to which it is used (70%)",
        otherNames: ["utilization"], section: .fleet, recording: .commandLine)
    public static let zones = Option(
        "zones", value: "N", "availability zones of each region (3)", section: .fleet, recording: .commandLine
    )
    public static let survive = Option(
        "survive", value: "N", "zones that may fail while the others carry the peak (1)", section: .fleet,
        recording: .commandLine)
    public static let fromRecord = Option(
        "from", value: "RECORD",
        "a record of capacity or run: its capacity, or its bytes, replace those of the file; may be given again",
        section: .fleet, isList: true, recording: .commandLine)
    public static let allowUnknown = Option(
        "allow-unknown", "plan with a record whose verdict is UNKNOWN", section: .fleet,
        recording: .commandLine)
    public static let prices = Option(
        "prices", value: "FILE", "prices and limits that replace those that come with headroom",
        section: .fleet,
        recording: .commandLine)
    public static let fleetFormat = Option(
        "format", value: "WORD", "how it is written: text, json, csv or markdown; of a plan also scaling-csv (text)", section: .output,
        recording: .commandLine)
    public static let fleetOutput = Option(
        "output", short: "o", value: "FILE", "write into this file (standard output)", section: .output,
        recording: .commandLine)
}

/// The options of `audit`.
extension Option {
    public static let asStated = Option(
        "as-stated", "each step from the document's own figures, as it has computed them", section: .judgement,
        recording: .commandLine)
    public static let evidence = Option(
        "evidence", value: "DIR", "a folder of records by the names that the claims give them", section: .judgement,
        recording: .commandLine)
}
