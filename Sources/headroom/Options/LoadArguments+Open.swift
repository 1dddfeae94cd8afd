import Options
import Units
import Workload

/// The options of open load, and those that stop a run.
extension LoadArguments {
    /// Makes the load open if a rate was given, and closed if users were.
    static func applyArrivals(_ arguments: ParsedArguments, to profile: inout Profile) throws(UsageError) {
        guard let text = arguments.last(.rate) else {
            // A search of rates sets the rate itself.
            if arguments.last(.arrivals) != nil && !arguments.has(.search) {
                throw UsageError("--arrivals says how the sessions of -R arrive: give a rate with -R")
            }
            if arguments.last(.users) != nil { profile.load.open = nil }
            return try Self.applyMaxUsers(arguments, to: &profile.load)
        }
        for option in [Option.users, .ramp, .start] where arguments.last(option) != nil {
            throw UsageError(
                "-R and \(option.flag): an open load has no users that are held; drop one of them "
                    + "(--max-users limits how many sessions go on at once)")
        }
        let process = try Self.process(arguments)
        do {
            let plan = try Self.plan(text, process, requestsPerSession: profile.requestsPerSession)
            profile.load.open = OpenLoad(plan: plan, maxUsers: profile.load.open?.maxUsers)
        } catch {
            throw UsageError("-R/--rate: \(error.message)")
        }
        // Replaces what the profile or the demo sets for held users.
        profile.load.users = Load().users
        profile.load.cycle = .none
        profile.load.start = .steady
        profile.load.ramp = 0
        try Self.applyMaxUsers(arguments, to: &profile.load)
    }

    private static func plan(
        _ text: String, _ process: ArrivalPlan.Process, requestsPerSession: Int?
    ) throws(ParseError) -> ArrivalPlan {
        let rate = try ArrivalRate.parse(text)
        return try .constant(
            try rate.sessionsPerSecond(requestsPerSession: requestsPerSession), process: process)
    }

    static func process(_ arguments: ParsedArguments) throws(UsageError) -> ArrivalPlan.Process {
        switch arguments.last(.arrivals) {
        case nil, "constant": return .even
        case "poisson": return .poisson
        case .some(let word): throw UsageError("--arrivals: \(word) is neither constant nor poisson")
        }
    }

    private static func applyMaxUsers(_ arguments: ParsedArguments, to load: inout Load) throws(UsageError) {
        guard let text = arguments.last(.maxUsers) else { return }
        // A search of rates makes the load open itself.
        if arguments.has(.search) { return }
        if load.open == nil {
            throw UsageError("--max-users limits an open load: give a rate with -R, or hold users with -c")
        }
        load.open?.maxUsers = try Self.whole(text, .maxUsers, atLeast: 1)
    }

    /// Rules and caps that stop the run.
    static func applyLimits(_ arguments: ParsedArguments, to load: inout Load) throws(UsageError) {
        if !arguments.all(.abort).isEmpty {
            var rules: [AbortRule] = []
            for text in arguments.all(.abort) {
                do {
                    rules.append(try AbortRule.parse(text))
                } catch {
                    throw UsageError("--abort '\(text)': \(error.message)")
                }
            }
            load.abort = AbortRule.effective(rules)
        }
        if let text = arguments.last(.maxRate) {
            load.caps.rate = Double(try Self.whole(text, .maxRate, atLeast: 1))
        }
        if let text = arguments.last(.maxBytes) {
            do {
                load.caps.bytes = try ByteSize.parse(text)
            } catch {
                throw UsageError("--max-bytes: \(error.message)")
            }
        }
        if let text = arguments.last(.maxDuration) {
            let most = try Self.time(text, .maxDuration)
            if most == 0 { throw UsageError("--max-duration: a run of 0 measures nothing") }
            load.caps.duration = most
        }
    }
}
