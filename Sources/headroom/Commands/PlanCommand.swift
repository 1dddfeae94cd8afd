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
                + "and scaled with the load. --from takes the capacity from a record, and carries its bracket to each "
                + "line. Prices are dated list prices; one that is not known is unknown, never 0."
        ],
        examples: [
            .init("plan profiles/fleet-500m.yaml", "the fleet of a design document"),
            .init(
                "plan --daily-users 500M --peak 5% --session '10 x 50KB' --per-instance 2000 --instance m5.2xlarge",
                "without a file"),
        ],
        options: PlanOptions.options)

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        let options = try PlanOptions(arguments)
        do {
            let plan = try Self.plan(options, arguments)
            let comparison = try plan.scenario().map { ScalingComparison($0) }
            let bytes = try Self.bytes(plan, comparison, options.format)
            let output = try OutputFile(options.output)
            output.write(bytes)
            try output.finish()
            // A page on standard output ends with it.
            if options.output != nil || options.format != .text {
                Output.writeError(TerminalText.sanitised(PlanWords.verdict(plan, comparison)) + "\n")
            }
            return .success
        } catch let error as UsageError {
            throw error
        } catch let error as CommandError {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        } catch let error as ParseError {
            Output.complain("headroom: \(options.file.map { "\($0): " } ?? "")\(error.message)")
            return .badInput
        } catch {
            Output.complain("headroom: \(error)")
            return .badInput
        }
    }

    private static func bytes(
        _ plan: FleetPlan, _ comparison: ScalingComparison?, _ format: PlanOptions.Format
    ) throws -> [UInt8] {
        switch format {
        case .text: return Array(PlanText.page(plan, scaling: comparison).utf8)
        case .json: return PlanJSON.encode(plan, scaling: comparison)
        case .csv: return PlanCSV.encode(plan)
        case .markdown: return Array(PlanMarkdown.page(plan, scaling: comparison).utf8)
        case .scalingCSV:
            guard let comparison else {
                throw UsageError("--format scaling-csv: the fleet file has neither `traffic` nor `scaling`")
            }
            return ScalingCSV.encode(comparison)
        }
    }

    private static func plan(_ options: PlanOptions, _ arguments: ParsedArguments) throws -> FleetPlan {
        var deployment = Deployment()
        if let file = options.file {
            let bytes = try InputFile(file).all(limit: YAMLReader.fileLimit)
            deployment = try Deployment.parse(bytes, file: file) { name throws(ParseError) in
                do throws(CommandError) {
                    return try InputFile(Self.path(name, besides: file)).all(limit: LearnedTraffic.sizeLimit)
                } catch {
                    throw ParseError(error.sentence)
                }
            }
        }
        // Records replace what the file says, and options replace both.
        for record in options.records { try Self.take(record, options, into: &deployment) }
        try arguments.apply(to: &deployment)
        try Self.refuseGaps(deployment, options)
        let prices = try Self.prices(deployment, options)
        do {
            return try FleetPlan(deployment, prices: prices, today: .today)
        } catch {
            let option = PlanOptions.fleet.first { $0.path == error.path }?.option
            if let file = options.file, option.map(arguments.has) != true {
                let hint = option.map { " (or state \($0.flag))" } ?? ""
                throw CommandError(
                    sentence: "\(file): \(error.path): \(error.message)\(hint)", code: .badInput)
            }
            throw UsageError("\(option?.flag ?? error.path): \(error.message)")
        }
    }

    /// Refuses a deployment that lacks several figures, all of them at once.
    private static func refuseGaps(_ deployment: Deployment, _ options: PlanOptions) throws {
        let missing = deployment.flaws().filter(\.isMissing).map(\.path)
        guard missing.count > 1 else { return }
        if let file = options.file {
            throw CommandError(
                sentence: "\(file): these are missing: \(missing.joined(separator: ", "))", code: .badInput)
        }
        let flags = missing.compactMap { path in PlanOptions.fleet.first { $0.path == path }?.option.usage }
        throw UsageError(
            "these are missing: \(flags.joined(separator: ", ")); or name a fleet file; see `headroom plan --help`"
        )
    }

    /// The path of a file that a fleet file names, relative to its own folder.
    private static func path(_ name: String, besides file: String) -> String {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        return name.hasPrefix("/") ? name : folder + name
    }

    /// The prices that come with headroom, with those of the fleet file and of the command line in their place.
    private static func prices(_ deployment: Deployment, _ options: PlanOptions) throws -> PriceBook {
        var prices = try PriceBook.standard()
        let own = deployment.prices.map { Self.path($0, besides: options.file ?? "") }
        for path in [own, options.prices].compactMap({ $0 }) {
            let bytes = try InputFile(path).all(limit: YAMLReader.fileLimit)
            prices = prices.replacing(with: try PriceBook.parse(bytes, file: path))
        }
        return prices
    }

    /// Takes the capacity and the bytes that a record has.
    private static func take(_ record: String, _ options: PlanOptions, into deployment: inout Deployment)
        throws
    {
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
                try MeasuredFigures.take(bytes, allowsUnknown: options.allowsUnknown, into: &deployment)
            } catch {
                throw CommandError(sentence: "\(path): \(error.message)", code: .badInput)
            }
        }
    }
}
