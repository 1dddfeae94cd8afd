import CLinux
import Fleet
import Measure
import Options
import Record
import Report
import Units
import YAML

/// `headroom plan`: from the capacity of an instance to a fleet and its bill.
enum PlanCommand {
    static let command = Command(
        "plan", summary: "instances, load balancers and a bill for a number of users",
        usage: [
            ("plan FLEET.yaml [OPTIONS]", "a deployment, described in a file"),
            ("plan --daily-users N --peak PERCENT … [OPTIONS]", "one that is described by options alone"),
        ],
        about: [
            "Turns what one instance holds into a fleet: instances at the peak by each limit, which one binds, and "
                + "a reserve for zones that fail; load balancers, transfer, databases, and the bill of a day, fixed "
                + "and scaled with the load. --from takes the capacity from a record, and its bracket to each line. "
                + "Prices are dated list prices; one that is not known is unknown, never 0."
        ],
        examples: [
            .init("plan profiles/fleet-500m.yaml", "the fleet of a design document"),
            .init(
                "plan --daily-users 500M --peak 5% --session '10 x 50KB' --per-instance 2000 --instance m5.2xlarge",
                "without a file"),
        ],
        options: [
            .dailyUsers, .peak, .peakOverAverage, .timePerDay, .fleetSession, .perInstance, .fleetInstance,
            .utilisation,
            .zones, .survive, .fromRecord, .allowUnknown, .prices, .fleetFormat, .fleetOutput, .help,
        ])

    /// How a plan is written.
    private enum Format: String, CaseIterable {
        case text, json, csv, markdown
        case scalingCSV = "scaling-csv"
    }

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        if arguments.positionals.count > 1 {
            throw UsageError("one fleet file at a time; \(arguments.positionals[1]) is one too many")
        }
        let format = try arguments.value(.fleetFormat, as: .choice(of: Format.self)) ?? .text
        do {
            let plan = try Self.plan(arguments)
            let comparison = try plan.scenario().map { ScalingComparison($0) }
            let bytes = try Self.bytes(plan, comparison, format)
            let output = try OutputFile(arguments.last(.fleetOutput))
            output.write(bytes)
            try output.finish()
            return .success
        } catch let error as UsageError {
            throw error
        } catch let error as CommandError {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        } catch let error as ParseError {
            Output.complain("headroom: \(arguments.positionals.first ?? "plan"): \(error.message)")
            return .badInput
        } catch {
            Output.complain("headroom: \(error)")
            return .badInput
        }
    }

    private static func bytes(
        _ plan: FleetPlan, _ comparison: ScalingComparison?, _ format: Format
    ) throws -> [UInt8] {
        let lines = comparison.map { ScalingText.lines($0) } ?? []
        switch format {
        case .text: return Array(PlanText.page(plan, extra: lines).utf8)
        case .json:
            return PlanJSON.encode(plan, extra: comparison.map { [("scaling", ScalingJSON.value($0))] } ?? [])
        case .csv: return PlanCSV.encode(plan)
        case .markdown: return Array(PlanMarkdown.page(plan, extra: lines).utf8)
        case .scalingCSV:
            guard let comparison else {
                throw UsageError("--format scaling-csv: the fleet file has neither `traffic` nor `scaling`")
            }
            guard let bytes = ScalingCSV.encode(comparison) else {
                throw UsageError(
                    "--format scaling-csv: the simulation has too many steps to print; simulate fewer days")
            }
            return bytes
        }
    }

    private static func plan(_ arguments: ParsedArguments) throws -> FleetPlan {
        var deployment = Deployment()
        let file = arguments.positionals.first
        if let file {
            deployment = try Deployment.parse(
                try InputFile(file).all(limit: YAMLReader.fileLimit), file: file)
        }
        // Records replace what the file says, and options replace both.
        for record in arguments.all(.fromRecord) { try Self.take(record, arguments, into: &deployment) }
        try Self.apply(arguments, to: &deployment)
        let prices = try Self.prices(deployment, arguments, file: file)
        let seconds = linux_realtime_nanoseconds() / 1_000_000_000
        let today = CalendarDate(daysSince1970: Int(clamping: seconds / 86_400))
        do {
            return try FleetPlan(deployment, prices: prices, today: today)
        } catch {
            let flag = Self.flags.first { $0.path == error.path }?.option.flag
            throw UsageError("\(flag ?? error.path): \(error.message)")
        }
    }

    /// The path of a file that a fleet file names, relative to its own folder.
    private static func path(_ name: String, besides file: String) -> String {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        return name.hasPrefix("/") ? name : folder + name
    }

    /// The prices that come with headroom, with those of the fleet file and of the command line in their place.
    private static func prices(
        _ deployment: Deployment, _ arguments: ParsedArguments, file: String?
    ) throws -> PriceBook {
        var prices = try PriceBook.standard()
        let own = deployment.prices.map { Self.path($0, besides: file ?? "") }
        for path in [own, arguments.last(.prices)].compactMap({ $0 }) {
            let bytes = try InputFile(path).all(limit: YAMLReader.fileLimit)
            prices = prices.replacing(with: try PriceBook.parse(bytes, file: path))
        }
        return prices
    }

    /// The options for keys of a fleet file, to name them in errors.
    private static let flags: [(path: String, option: Option)] = [
        ("users.daily", .dailyUsers), ("users.peak", .peak), ("users.peak_over_average", .peakOverAverage),
        ("users.time_per_day", .timePerDay), ("session.size", .fleetSession),
        ("session.requests", .fleetSession),
        ("instance.users", .perInstance), ("instance.type", .fleetInstance),
        ("instance.utilisation", .utilisation),
        ("zones.count", .zones), ("zones.survive", .survive),
    ]

    private static func apply(_ arguments: ParsedArguments, to deployment: inout Deployment)
        throws(UsageError)
    {
        if let daily = try arguments.value(.dailyUsers, as: .count) { deployment.users.daily = Users(daily) }
        if let share = try arguments.value(.peak, as: .share) { deployment.users.peakShare = share }
        if let ratio = try arguments.value(.peakOverAverage, as: .factor) {
            deployment.users.peakOverAverage = ratio
        }
        if let time = try arguments.value(.timePerDay, as: .time) {
            deployment.users.timePerDay = .nanoseconds(Int64(clamping: time))
        }
        if let session = try arguments.value(.fleetSession, as: .session) {
            deployment.session.requests = session.requests
            deployment.session.bytes = Bracket(Bytes(session.bytes), .given)
        }
        if let users = try arguments.value(.perInstance, as: .count) {
            deployment.state(usersOfInstance: Users(users))
        }
        if let type = arguments.last(.fleetInstance) { deployment.instance.type = type }
        if let share = try arguments.value(.utilisation, as: .share) {
            deployment.instance.utilisation = share
        }
        if let zones = try arguments.value(.zones, as: .whole(atLeast: 1)) { deployment.zones.count = zones }
        if let zones = try arguments.value(.survive, as: .whole(atLeast: 0)) {
            deployment.zones.survive = zones
        }
    }

    /// Takes the capacity and the bytes that a record has.
    private static func take(
        _ record: String, _ arguments: ParsedArguments, into deployment: inout Deployment
    ) throws {
        var paths = [record]
        if !InputFile.isThere(record) {
            paths = ["\(record)/capacity.json", "\(record)/run.json"].filter(InputFile.isThere)
            if paths.isEmpty {
                throw CommandError(
                    sentence:
                        "--from \(record): no record is there: it has neither capacity.json nor run.json",
                    code: .badInput)
            }
        }
        for path in paths {
            let bytes = try InputFile(path).all(limit: DataNode.sizeLimit)
            do throws(ParseError) {
                let allows = arguments.has(.allowUnknown)
                try MeasuredFigures.take(bytes, allowsUnknown: allows, into: &deployment)
            } catch {
                throw CommandError(sentence: "\(path): \(error.message)", code: .badInput)
            }
        }
    }
}

extension ValueType where Value == Double {
    /// A number above 0, such as `500M`.
    fileprivate static var count: Self { Self("N", read: Count.parsePositive) }

    /// A share, such as `5%`.
    fileprivate static var share: Self { Self("PERCENT", read: Percentage.parse) }

    /// A number with decimals.
    fileprivate static var factor: Self { Self("N", read: DecimalNumber.parse) }
}

extension ValueType where Value == (requests: Double, bytes: Double) {
    /// A user's requests and the body of an answer: `10 x 50KB`.
    fileprivate static var session: Self {
        Self("'N x SIZE'") { text throws(ParseError) in
            let parts = text.split(separator: " ", omittingEmptySubsequences: true)
            guard parts.count == 3, parts[1] == "x" else {
                throw ParseError(
                    "\(quoted(text)) is not a session; write requests and size, such as '10 x 50KB'")
            }
            let bytes = try ByteSize.parseWithUnit(String(parts[2]))
            return (try DecimalNumber.parse(String(parts[0])), Double(bytes))
        }
    }
}
