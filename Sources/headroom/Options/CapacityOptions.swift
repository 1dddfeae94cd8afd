import Capacity
import Engine
import Options
import Runner
import Workload

/// What a command line of `capacity` asks for.
struct CapacityOptions {
    static let options: [Option] = [
        .assume, .instance, .paces, .search, .searchStorm, .searchIdle, .sloStorm, .sloIdle, .verdictOnly, .trial,
        .width, .min, .max, .total, .reconnect, .beforeTrial, .coolDown, .link,
    ]

    /// Options of a load that a search sets itself, or that have no meaning for it.
    static let meaningless: [Option] = [.users, .hold, .sessions, .rate, .maxDuration, .storm, .idle]

    /// Options of an open load. A search of rates makes the load open itself, and then applies them.
    static let ofRate: [Option] = [.arrivals, .maxUsers]

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
        var given = CapacityArguments()
        try arguments.apply(to: &given)
        try Self.checkTogether(arguments, given)
        var settings = SearchSettings()
        if let text = given.assume {
            settings.assumption = Assumption(
                value: try Self.load(text, .assume, given.variable),
                instanceType: given.instance ?? Caution.plannedInstance)
        }
        var (goal, ownLimit) = try Self.goal(given)
        goal.assumption = settings.assumption?.value
        goal.isVerdictOnly = given.isVerdictOnly
        goal.isTrialGiven = given.trial != nil
        settings.ownLimit = ownLimit
        settings.beforeTrial = given.beforeTrial
        settings.coolDown = given.coolDown
        settings.linkBitsPerSecond = given.linkBitsPerSecond
        settings.settle = SearchSettings.settle(ofTrial: goal.trial)
        self.settings = settings
        self.variable = given.variable
        self.paces = given.paces
        self.goal = goal
        self.objectives = (storm: given.stormObjectives, idle: given.idleObjectives)
        self.reconnects = given.reconnects || given.beforeTrial != nil
    }

    /// The rules across options: which of them exclude each other, and which need another one.
    private static func checkTogether(
        _ arguments: ParsedArguments, _ given: CapacityArguments
    ) throws(UsageError) {
        switch given.variable {
        case .users:
            for option in Self.ofRate where arguments.has(option) {
                throw UsageError("\(option.flag) belongs to --search rate: users are held, they do not arrive")
            }
        case .sessionsPerSecond:
            for option in [Option.paces, .ramp, .storm, .idle, .sloStorm, .sloIdle, .reconnect]
            where arguments.has(option) {
                throw UsageError("\(option.flag) belongs to held users: with --search rate sessions arrive")
            }
        }
        if given.assume == nil {
            if given.instance != nil {
                throw UsageError("--instance names what --assume was planned for: give --assume, too")
            }
            if given.isVerdictOnly { throw UsageError("--verdict-only is about an assumption: give --assume, too") }
        }
        for option in [Option.every, .think] where given.paces != nil && arguments.has(option) {
            throw UsageError("--paces and \(option.flag) both say how often a user asks: give one of them")
        }
    }

    /// The goal, and why no larger load can be tried if no option set the largest one.
    private static func goal(_ given: CapacityArguments) throws(UsageError) -> (SearchGoal, ownLimit: String?) {
        func load(_ text: String?, _ option: Option) throws(UsageError) -> Double? {
            guard let text else { return nil }
            return try Self.load(text, option, given.variable)
        }
        let minimum = try load(given.minimum, .min) ?? 1
        let asked = try load(given.maximum, .max)
        // A search of users stops at what this machine can hold, and reports that.
        let isOfUsers = given.variable == .users
        let most = isOfUsers ? Double(Preflight.mostConnections(addresses: 1)) : ArrivalPlan.rateLimit
        let isOurs = isOfUsers && (asked ?? .infinity) > most && most >= minimum
        do throws(SearchGoalError) {
            let goal = try SearchGoal(
                variable: given.variable, minimum: minimum, maximum: isOurs ? most : asked ?? max(most, minimum),
                trial: given.trial ?? 10_000_000_000, width: given.width, durationSum: given.total)
            return (goal, isOurs ? Self.ownLimitWords(most) : nil)
        } catch {
            throw UsageError("this search cannot be made: \(error)")
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
}
