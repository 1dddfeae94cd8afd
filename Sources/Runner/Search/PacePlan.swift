import Capacity
import Units
import Workload

/// The plan of a search at one pace.
public struct PacePlan {
    /// The session at this pace; each trial sets its load.
    public let profile: Profile
    public let variable: SearchGoal.Variable
    let process: ArrivalPlan.Process
    public let goal: SearchGoal
    /// Nanoseconds that a trial needs, if the given length is shorter.
    private(set) var needed: UInt64?
    /// Users stay connected from one trial to the next.
    let keepsUsers: Bool

    /// A plan that is as long as its goal says. `process`: how sessions arrive, if their rate is searched.
    /// `reconnects`: all users connect again in every trial.
    public init(
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
    /// given length is kept, and what it lacks is reported. Throws if no goal has such long trials.
    public func paced() throws(SearchGoalError) -> PacePlan {
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
    public var pace: String { self.variable == .users ? self.profile.paceText : self.insidePace }

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
