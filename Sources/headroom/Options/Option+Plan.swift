import Fleet
import Options
import Units

/// The options of `plan`. Those of the fleet set what they describe in the deployment.
extension Option {
    static let dailyUsers = Option(
        "daily-users", .users, "users that come on a day, such as 500M",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.users.daily)
    static let peak = Option(
        "peak", .share, "the share of them that is there at once at the peak, such as 5%",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.users.peakShare)
    static let peakOverAverage = Option(
        "peak-over-average", .factor, "users at the peak over the average of a day",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.users.peakOverAverage)
    static let timePerDay = Option(
        "time-per-day", .span, "how long a user is there on a day, such as 36m",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.users.timePerDay)
    static let fleetSession = Option(
        "session", .session, "a session's requests, and the body of an answer, such as '10 x 50KB'",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.statedSession)
    static let perInstance = Option(
        "per-instance", .users, "users that one instance holds inside the objective",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.statedUsersOfInstance)
    static let fleetInstance = Option(
        "instance", .text("TYPE"), "the type of instance, such as m5.2xlarge",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.instance.type)
    static let utilisation = Option(
        "utilisation", .share, "the share of what an instance holds up to which it is used (70%)",
        otherNames: ["utilization"], section: .fleet, recording: .commandLine,
        sets: \Deployment.instance.utilisation)
    static let zones = Option(
        "zones", .whole(atLeast: 1), "availability zones of each region (3)",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.zones.count)
    static let survive = Option(
        "survive", .whole(atLeast: 0), "zones that may fail while the others carry the peak (1)",
        section: .fleet, recording: .commandLine,
        sets: \Deployment.zones.survive)
    static let fromRecord = Option(
        "from", .each("RECORD") { $0 },
        "a record of capacity or run: its capacity, or its bytes, replace those of the file; may be given again",
        section: .fleet, recording: .commandLine,
        sets: \PlanOptions.records)
    static let allowUnknown = Option(
        "allow-unknown", .on, "plan with a record whose verdict is UNKNOWN",
        section: .fleet, recording: .commandLine,
        sets: \PlanOptions.allowsUnknown)
    static let prices = Option(
        "prices", .file, "prices and limits that replace those that come with headroom",
        section: .fleet, recording: .commandLine,
        sets: \PlanOptions.prices)
    static let planFormat = Option(
        "format", .choice(of: PlanOptions.Format.self, suggests: true),
        "how it is written: text, json, csv, markdown, or scaling-csv, the instances over time (text)",
        section: .output, recording: .commandLine,
        sets: \PlanOptions.format)
    static let planOutput = Option(
        "output", short: "o", .file, "written whole or not at all (standard output)",
        section: .output, recording: .commandLine,
        sets: \PlanOptions.output)
}

/// What a command line of `headroom plan` says besides the deployment.
struct PlanOptions {
    /// The fleet file; nil where options alone describe the deployment.
    private(set) var file: String?
    var records: [String] = []
    var allowsUnknown = false
    /// A file of prices; nil for those of the fleet file, or of headroom.
    var prices: String?
    var format = Format.text
    /// Nil for standard output.
    var output: String?

    /// How a plan is written.
    enum Format: String, CaseIterable {
        case text, json, csv, markdown
        case scalingCSV = "scaling-csv"
    }

    /// The options of the deployment, each for a key of a fleet file, to name them in errors.
    static let fleet: [(path: String, option: Option)] = [
        ("users.daily", .dailyUsers), ("users.peak", .peak), ("users.peak_over_average", .peakOverAverage),
        ("users.time_per_day", .timePerDay), ("session.size", .fleetSession),
        ("session.requests", .fleetSession),
        ("instance.users", .perInstance), ("instance.type", .fleetInstance),
        ("instance.utilisation", .utilisation),
        ("zones.count", .zones), ("zones.survive", .survive),
    ]

    static let options: [Option] = [
        .dailyUsers, .peak, .peakOverAverage, .timePerDay, .fleetSession, .perInstance, .fleetInstance,
        .utilisation,
        .zones, .survive, .fromRecord, .allowUnknown, .prices, .planFormat, .planOutput, .help,
    ]

    /// Reads a command line.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        if arguments.positionals.count > 1 {
            throw UsageError("one fleet file at a time; \(arguments.positionals[1]) is one too many")
        }
        self.file = arguments.positionals.first
        try arguments.apply(to: &self)
    }
}

/// A session's requests, and the body of an answer.
struct StatedSession {
    var requests: Double
    var bytes: Bytes
}

extension Deployment {
    /// What `--session` sets.
    fileprivate var statedSession: StatedSession {
        get { StatedSession(requests: self.session.requests, bytes: self.session.bytes?.value ?? .zero) }
        set {
            self.session.requests = newValue.requests
            self.state(body: newValue.bytes)
        }
    }

    /// What `--per-instance` sets.
    fileprivate var statedUsersOfInstance: Users {
        get { self.instance.users?.value ?? .zero }
        set { self.state(usersOfInstance: newValue) }
    }
}

extension ValueType where Value == Users {
    /// A number of users above 0, such as `500M`.
    fileprivate static var users: Self {
        Self("N") { text throws(ParseError) in Users(try Count.parsePositive(text)) }
    }
}

extension ValueType where Value == Double {
    /// A share, such as `5%`.
    fileprivate static var share: Self { Self("PERCENT", read: Percentage.parse) }

    /// A number with decimals.
    fileprivate static var factor: Self { Self("N", read: DecimalNumber.parse) }
}

extension ValueType where Value == Duration {
    /// A time, such as `36m`.
    fileprivate static var span: Self {
        Self("TIME") { text throws(ParseError) in .nanoseconds(Int64(clamping: try TimeSpan.parse(text))) }
    }
}

extension ValueType where Value == StatedSession {
    /// A user's requests and the body of an answer: `10 x 50KB`.
    fileprivate static var session: Self {
        Self("'N x SIZE'") { text throws(ParseError) in
            let parts = text.split(separator: " ", omittingEmptySubsequences: true)
            guard parts.count == 3, parts[1] == "x" else {
                throw ParseError(
                    "\(quoted(text)) is not a session; write requests and size, such as '10 x 50KB'")
            }
            let bytes = try ByteSize.parseWithUnit(String(parts[2]))
            return StatedSession(
                requests: try DecimalNumber.parse(String(parts[0])), bytes: Bytes(Double(bytes)))
        }
    }
}
