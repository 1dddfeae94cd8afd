import Capacity
import Engine
import Options
import Runner
import Units
import Workload

extension CapacityOptions {
    /// The searches, pace by pace. Throws if an assumption has no pace, or if no trial can ever judge an objective.
    func plans(of profile: Profile, _ arguments: ParsedArguments) throws(UsageError) -> [PacePlan] {
        var plans: [PacePlan] = []
        for plan in try self.unchecked(of: profile, arguments) {
            do {
                plans.append(try plan.paced())
            } catch {
                throw UsageError("\(plan.pace): this search cannot be made: \(error)")
            }
        }
        for plan in plans {
            try Self.checkObjectives(plan)
            try Self.checkCap(plan)
        }
        if plans.allSatisfy({ $0.profile.load.isStorm || $0.profile.load.silence != nil }) {
            try Self.checkBeginning(plans, arguments)
        }
        return plans
    }

    private func unchecked(
        of profile: Profile, _ arguments: ParsedArguments
    ) throws(UsageError) -> [PacePlan] {
        if self.variable == .sessionsPerSecond {
            var open = profile
            let own = profile.load.open
            do throws(ParseError) {
                open.load.open = OpenLoad(
                    plan: try .constant(self.goal.minimum, process: own?.plan.process == .poisson ? .poisson : .even),
                    maxUsers: own?.maxUsers)
            } catch {
                throw UsageError("--min: \(error)")
            }
            try arguments.apply(Self.ofRate, to: &open)
            let process = open.load.open?.plan.process ?? .even
            open.load.users = Load().users
            open.load.cycle = .none
            open.load.ramp = 0
            return [PacePlan(profile: open, variable: self.variable, process: process, goal: self.goal)]
        }
        var held = profile
        held.load.open = nil
        held.load.users = Int(self.goal.minimum)
        let phases = try self.phases(of: held, isStorm: profile.load.isStorm || arguments.has(.searchStorm))
        held.load.isStorm = false
        held.load.silence = nil
        let steady = PacePlan(
            profile: held, variable: .users, process: .even, goal: self.goal, reconnects: self.reconnects)
        if let paces = self.paces {
            return paces.map { pace in
                var paced = held
                for index in paced.session.indices { paced.session[index].pause = pace }
                paced.load.cycle = .none
                return PacePlan(
                    profile: paced, variable: .users, process: .even, goal: self.goal, reconnects: self.reconnects)
            } + phases
        }
        if Self.hasPace(held, arguments) { return [steady] + phases }
        if !phases.isEmpty { return phases }
        try self.requirePace()
        return [steady]
    }

    /// The searches for users that connect all at once, and for silent users.
    private func phases(of profile: Profile, isStorm: Bool) throws(UsageError) -> [PacePlan] {
        var plans: [PacePlan] = []
        let silence = profile.load.silence
        func plan(isStorm: Bool, _ silence: UInt64, _ objectives: [SLO]) throws(UsageError) -> PacePlan {
            var phase = profile
            phase.load.isStorm = false
            phase.load.silence = silence
            // In silence an automatic warm-up has nothing to find steady.
            phase.load.warmupIsAuto = false
            if isStorm { phase.load.becomeStorm() }
            if !objectives.isEmpty { phase.slo = objectives }
            do {
                return PacePlan(
                    profile: phase, variable: .users, process: .even, goal: try self.goal.holding(atLeast: silence),
                    reconnects: self.reconnects)
            } catch {
                throw UsageError("--idle \(TimeSpan.text(silence)): this search cannot be made: \(error)")
            }
        }
        if isStorm {
            plans.append(try plan(isStorm: true, silence ?? self.goal.trial, self.objectives.storm))
        } else if !self.objectives.storm.isEmpty {
            throw UsageError("--slo-storm is for --storm: give it, too")
        }
        if let silence {
            plans.append(try plan(isStorm: false, silence, self.objectives.idle))
        } else if !self.objectives.idle.isEmpty {
            throw UsageError("--slo-idle is for --idle: give it, too")
        }
        return plans
    }

    /// Whether it is given how often a user sends requests.
    private static func hasPace(_ profile: Profile, _ arguments: ParsedArguments) -> Bool {
        arguments.has(.every) || arguments.has(.think) || profile.load.cycle != .none
            || !profile.session.allSatisfy { $0.pause == .none }
    }

    /// A number of users means nothing without the rate of each.
    private func requirePace() throws(UsageError) {
        guard let assumption = self.settings.assumption else { return }
        throw UsageError(
            "--assume \(UInt64(assumption.value)) users says nothing without a pace: how often does each of them ask? "
                + "Add --every 43.2s (20 sessions a day of 10 requests, over 2.4 h), --every 0 (back to back), or "
                + "--paces 0,1s,10s,43.2s for each of them")
    }

    /// A trial cut short by a cap would fail. The longest trial is the confirmation, so that one is checked.
    private static func checkCap(_ plan: PacePlan) throws(UsageError) {
        let load = plan.profile.load
        guard let most = load.caps.duration, load.hold > most else { return }
        throw UsageError(
            "load.max_duration: the longest trial holds its load for \(TimeSpan.text(load.hold)), longer than "
                + "\(TimeSpan.text(most)); leave it out, as a search limits its trials itself, or shorten --trial")
    }

    /// Refuses options that would have no effect.
    private static func checkBeginning(_ plans: [PacePlan], _ arguments: ParsedArguments) throws(UsageError) {
        if arguments.last(.warmup) == "auto" {
            throw UsageError("--warmup auto: it finds nothing in silence, and a storm has no warm-up; leave it out")
        }
        for option in [Option.ramp, .warmup]
        where arguments.has(option) && plans.allSatisfy({ $0.profile.load.isStorm }) {
            throw UsageError("\(option.flag): in a storm all users connect at once; leave it out")
        }
    }

    /// The windows of an objective have to fit into the shortest trial.
    private static func checkObjectives(_ plan: PacePlan) throws(UsageError) {
        let shortest = plan.goal.duration(of: .growth)
        for slo in plan.profile.slo {
            guard let windows = slo.windows, windows.length > shortest else { continue }
            throw UsageError(
                "'\(slo.text)': the shortest trial of \(TimeSpan.text(shortest)) holds no window so long; "
                    + "use --trial \(TimeSpan.text(windows.length * 2)) or more, or shorter windows")
        }
    }
}
