import Capacity
import Engine
import Options
import Runner
import Units
import Workload

/// The values of the options of `capacity`.
struct CapacityOptions {
    static let options: [Option] = [
        .assume, .instance, .paces, .search, .searchStorm, .searchIdle, .sloStorm, .sloIdle, .verdictOnly, .trial,
        .width, .min, .max, .total, .reconnect, .beforeTrial, .coolDown, .link,
    ]

    /// Options of a load that a search sets itself, or that have no meaning for it.
    static let meaningless: [Option] = [.users, .hold, .sessions, .rate, .maxDuration, .storm, .idle]

    let settings: SearchSettings
    let variable: SearchGoal.Variable
    /// Nil: the profile's own.
    let paces: [Pause]?
    let goal: SearchGoal
    /// Objectives for these loads alone; empty: the same as for the others.
    let objectives: (storm: [SLO], idle: [SLO])
    /// Users connect again in every trial. Also set with a command before trials, which may have restarted the target.
    let reconnects: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        let variable = try Self.variable(arguments)
        self.variable = variable
        if variable == .users {
            for option in [Option.arrivals, .maxUsers] where arguments.has(option) {
                throw UsageError("\(option.flag) belongs to --search rate: users are held, they do not arrive")
            }
        } else {
            for option in [Option.paces, .ramp, .storm, .idle, .sloStorm, .sloIdle, .reconnect]
            where arguments.has(option) {
                throw UsageError("\(option.flag) belongs to held users: with --search rate sessions arrive")
            }
        }
        var settings = SearchSettings()
        settings.assumption = try arguments.last(.assume).map { text throws(UsageError) in
            Assumption(
                value: try Self.load(text, .assume, variable),
                instanceType: arguments.last(.instance) ?? Caution.plannedInstance)
        }
        if settings.assumption == nil, arguments.has(.instance) {
            throw UsageError("--instance names what --assume was planned for: give --assume, too")
        }
        self.paces = try arguments.last(.paces).map { text throws(UsageError) in
            try Self.paces(text, arguments)
        }
        var (goal, limit) = try Self.goal(arguments, variable)
        goal.assumption = settings.assumption?.value
        goal.isVerdictOnly = arguments.has(.verdictOnly)
        goal.isTrialGiven = arguments.has(.trial)
        if goal.isVerdictOnly, goal.assumption == nil {
            throw UsageError("--verdict-only is about an assumption: give --assume, too")
        }
        self.goal = goal
        self.objectives = (
            storm: try arguments.value(.sloStorm, as: .objectives()) ?? [],
            idle: try arguments.value(.sloIdle, as: .objectives()) ?? []
        )
        self.reconnects = arguments.has(.reconnect) || arguments.has(.beforeTrial)
        settings.ownLimit = limit
        settings.beforeTrial = arguments.last(.beforeTrial)
        settings.coolDown = try arguments.value(.coolDown, as: .time)
        settings.linkBitsPerSecond = try arguments.last(.link).map { text throws(UsageError) in
            try Self.link(text)
        }
        settings.settle = SearchSettings.settle(ofTrial: goal.trial)
        self.settings = settings
    }

    private static func variable(_ arguments: ParsedArguments) throws(UsageError) -> SearchGoal.Variable {
        switch arguments.last(.search) {
        case nil, "users": return .users
        case "rate": return .sessionsPerSecond
        case .some(let word): throw UsageError("--search: \(word) is neither users nor rate")
        }
    }

    private static func goal(
        _ arguments: ParsedArguments, _ variable: SearchGoal.Variable
    ) throws(UsageError) -> (SearchGoal, String?) {
        func time(_ option: Option) throws(UsageError) -> UInt64? {
            guard let time = try arguments.value(option, as: .time) else { return nil }
            guard time > 0, time <= SearchGoal.trialDurationLimit else {
                let text = arguments.last(option) ?? ""
                throw UsageError("\(option.flag): \(text) is out of range; use more than 0 and at most 24h")
            }
            return time
        }
        func load(_ option: Option) throws(UsageError) -> Double? {
            guard let text = arguments.last(option) else { return nil }
            return try Self.load(text, option, variable)
        }
        let minimum = try load(.min) ?? 1
        let asked = try load(.max)
        // A search of users stops at what this machine can hold, and reports that.
        let most =
            variable == .users ? Double(Preflight.mostConnections(addresses: 1)) : ArrivalPlan.rateLimit
        let isOurs = variable == .users && (asked ?? .infinity) > most && most >= minimum
        let width = try arguments.value(.width, as: ValueType("PERCENT", read: Percentage.parse)) ?? 0.02
        do {
            let goal = try SearchGoal(
                variable: variable, minimum: minimum, maximum: isOurs ? most : asked ?? max(most, minimum),
                trial: try time(.trial) ?? 10_000_000_000, width: width, durationSum: try time(.total))
            return (goal, isOurs ? Self.ownLimitWords(most) : nil)
        } catch let error as SearchGoalError {
            throw UsageError("this search cannot be made: \(error)")
        } catch let error as UsageError {
            throw error
        } catch {
            throw UsageError("\(error)")
        }
    }

    private static func ownLimitWords(_ most: Double) -> String {
        "this machine can hold \(UInt64(most)) connections, by its open files (`ulimit -n`) and local ports "
            + "(net.ipv4.ip_local_port_range): raise them"
    }

    private static func load(
        _ text: String, _ option: Option, _ variable: SearchGoal.Variable
    ) throws(UsageError) -> Double {
        if variable == .users {
            let users = try ValueType.whole(atLeast: 1).read(text, of: option)
            guard Double(users) <= SearchGoal.loadLimit else {
                throw UsageError("\(option.flag): \(text) is more than any machine holds")
            }
            return Double(users)
        }
        guard let rate = Double(text), rate > 0, rate <= ArrivalPlan.rateLimit else {
            throw UsageError(
                "\(option.flag): \(text) is no rate; use sessions per second above 0 and up to "
                    + "\(Int(ArrivalPlan.rateLimit))"
            )
        }
        return rate
    }

    private static func paces(_ text: String, _ arguments: ParsedArguments) throws(UsageError) -> [Pause] {
        for option in [Option.every, .think] where arguments.has(option) {
            throw UsageError("--paces and \(option.flag) both say how often a user asks: give one of them")
        }
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard words.count <= Frontier.limit else {
            throw UsageError("--paces: at most \(Frontier.limit) paces at a time")
        }
        var paces: [Pause] = []
        for word in words {
            let gap = try ValueType.time.read(word, of: .paces)
            let pace = gap == 0 ? Pause.none : Pause.every(.constant(gap))
            if !paces.contains(pace) { paces.append(pace) }
        }
        return paces
    }

    /// Units of a link's rate, the longer names first.
    private static let linkUnits: [(suffix: String, factor: Double)] = [
        ("Gbps", 1e9), ("Mbps", 1e6), ("kbps", 1e3), ("bps", 1),
    ]

    private static func link(_ text: String) throws(UsageError) -> Double {
        for unit in Self.linkUnits where text.hasSuffix(unit.suffix) {
            if let number = Double(text.dropLast(unit.suffix.count)), number > 0, number.isFinite {
                return number * unit.factor
            }
        }
        throw UsageError("--link: \(text) is no rate of a link; write such as 10Gbps or 500Mbps")
    }
}
