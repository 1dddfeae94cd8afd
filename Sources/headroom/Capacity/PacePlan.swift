import Capacity
import Engine
import Options
import Units
import Workload

/// The plan of a search at one pace.
struct PacePlan {
    /// The session at this pace; each trial sets its load.
    let profile: Profile
    let variable: SearchGoal.Variable
    let process: ArrivalPlan.Process
    let goal: SearchGoal
    /// Nanoseconds that a trial needs, if the given length is shorter.
    private(set) var needed: UInt64?
    /// Users stay connected from one trial to the next.
    let keepsUsers: Bool

    init(
        profile: Profile, variable: SearchGoal.Variable, process: ArrivalPlan.Process, goal: SearchGoal,
        reconnects: Bool = false
    ) {
        var profile = profile
        // The search sets the length; the profile's length is for a run.
        profile.load.hold = goal.duration(of: .confirmation)
        profile.load.holdGiven = true
        profile.load.sessions = nil
        self.profile = profile
        self.variable = variable
        self.process = process
        self.goal = goal
        self.needed = nil
        self.keepsUsers = !reconnects && variable == .users && profile.keepsUsersBetweenTrials
    }

    /// The same with trials as long as the pace needs: for its cycles, and for enough samples of each percentile. A
    /// given length is kept, and what it lacks is reported.
    func paced() throws(SearchGoalError) -> PacePlan {
        var goal = self.goal
        goal.samples = self.samples
        goal.arrivalIrregularity = self.arrivalIrregularity
        var needed: UInt64?
        if let cycle = self.cycle {
            let long = min(cycle * (self.keepsUsers ? 1 : Self.cycles), SearchGoal.trialDurationLimit)
            if !goal.isTrialGiven {
                goal = try goal.holding(atLeast: long)
                goal.firstHold = min(cycle * Self.cycles, SearchGoal.trialDurationLimit)
            } else if goal.trial < long {
                needed = long
            }
        }
        return PacePlan(
            profile: self.profile, variable: self.variable, process: self.process, goal: goal, needed: needed,
            reconnects: !self.keepsUsers)
    }

    private init(
        profile: Profile, variable: SearchGoal.Variable, process: ArrivalPlan.Process, goal: SearchGoal,
        needed: UInt64?, reconnects: Bool
    ) {
        self.init(profile: profile, variable: variable, process: process, goal: goal, reconnects: reconnects)
        self.needed = needed
    }

    /// How irregularly requests begin, if the plan decides that. Users that all have one gap, and join at their places
    /// in it, send as evenly as sessions arrive at a constant rate.
    private var arrivalIrregularity: Double? {
        switch self.variable {
        case .sessionsPerSecond: self.process == .poisson ? 1 : 0
        case .users: self.profile.evenGap > 0 && self.profile.join.kind == .placed ? 0 : nil
        }
    }

    /// Cycles of the pace in a trial. Users of the trial before have completed one of them when all are there.
    private static let cycles: UInt64 = 2
    /// Samples that a percentile needs beyond it.
    private static let samplesBeyond = 10.0

    /// Nanoseconds from a user's request to its next one; nil if no plan sets it, or if users are only silent.
    private var cycle: UInt64? {
        guard self.variable == .users, !self.profile.load.isStorm, self.profile.load.silence == nil,
            let rate = self.profile.plannedRequestsPerSecondPerUser, rate > 0
        else { return nil }
        return UInt64(min(1e9 / rate, Double(SearchGoal.trialDurationLimit)))
    }

    /// The samples that the percentiles of the objectives need; nil if the server's speed decides how many there are.
    private var samples: SearchGoal.Samples? {
        guard !self.profile.load.isStorm, self.profile.load.silence == nil else { return nil }
        let each = Double(self.profile.requestsPerSession ?? 1)
        let rate = self.variable == .users ? self.profile.plannedRequestsPerSecondPerUser : each
        guard let rate, rate > 0 else { return nil }
        var needed = 0.0
        for slo in self.profile.effectiveSLO where slo.windows == nil && slo.step == nil {
            guard case .percentile(let word, let quantile, _) = slo.objective, quantile > 0, quantile < 1
            else { continue }
            let samples = Self.samplesBeyond / (1 - quantile)
            needed = max(needed, word == .session ? samples * each : samples)
        }
        return needed > 0 ? SearchGoal.Samples(needed: needed, perLoad: rate) : nil
    }

    /// How often a user sends requests, as text; for a rate, the pace inside a session.
    var pace: String { self.variable == .users ? self.profile.paceText : self.insidePace }

    private var insidePace: String {
        var closed = self.profile
        closed.load.open = nil
        return "\(self.process == .poisson ? "Poisson" : "constant"), \(closed.paceText) inside"
    }

    /// The profile of one trial. `isWarm`: its users were in the trial before.
    func profile(of plan: TrialPlan, isWarm: Bool) throws(ParseError) -> Profile {
        var trial = self.profile
        trial.load.hold = plan.duration
        if !isWarm, !self.goal.isTrialGiven, let cycle = self.cycle {
            trial.load.hold = max(plan.duration, min(cycle * Self.cycles, SearchGoal.trialDurationLimit))
        }
        switch self.variable {
        case .users:
            trial.load.open = nil
            trial.load.users = Int(plan.load)
            // Users with a pace join at it. Others are spread out: all in the same microsecond would only test the
            // listen queue.
            if trial.join.cycle == 0 && trial.load.ramp == 0 && trial.load.start == .steady && !trial.load.isStorm {
                trial.load.ramp = UInt64(plan.load) * Profile.rampPerUser
            }
        case .sessionsPerSecond:
            trial.load.users = Load().users
            trial.load.cycle = .none
            trial.load.ramp = 0
            trial.load.open = OpenLoad(
                plan: try .constant(plan.load, process: self.process),
                maxUsers: self.profile.load.open?.maxUsers)
        }
        return trial.unfolded()
    }
}

extension Profile {
    /// Whether users may stay connected from one trial to the next: each keeps its connection, and no objective
    /// measures connects.
    fileprivate var keepsUsersBetweenTrials: Bool {
        if self.load.isStorm || self.connection != .perUser { return false }
        return !self.effectiveSLO.contains { slo in
            switch slo.objective {
            case .percentile(.connect, _, _), .mean(.connect, _), .maximum(.connect, _): true
            default: false
            }
        }
    }
}

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
            let process = try self.process(of: profile, arguments)
            var open = profile
            do {
                open.load.open = OpenLoad(
                    plan: try .constant(self.goal.minimum, process: process),
                    maxUsers: try arguments.value(.maxUsers, as: .whole(atLeast: 1)) ?? profile.load.open?.maxUsers)
            } catch let error as UsageError {
                throw error
            } catch {
                throw UsageError("--min: \(error)")
            }
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
        guard let assumption = self.assumption else { return }
        throw UsageError(
            "--assume \(UInt64(assumption.value)) users says nothing without a pace: how often does each of them ask? "
                + "Add --every 43.2s (20 sessions a day of 10 requests, over 2.4 h), --every 0 (back to back), or "
                + "--paces 0,1s,10s,43.2s for each of them")
    }

    private func process(
        of profile: Profile, _ arguments: ParsedArguments
    ) throws(UsageError) -> ArrivalPlan.Process {
        if let process = try arguments.value(.arrivals, as: .process) { return process }
        return profile.load.open?.plan.process == .poisson ? .poisson : .even
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
