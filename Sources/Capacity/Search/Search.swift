/// The search for a capacity as pure steps: it is given what trials showed and says which trial is next, or how it
/// ended. No clock, no socket, no chance: the same results lead to the same steps.
///
///     var search = Search(goal)
///     while case .trial(let plan) = search.step { search.record(run(plan)) }
///
/// The load doubles until a trial fails. A limit that shows in lost or refused users is closed in on by bisection. A
/// limit of an objective on shares (percentiles, errors) is statistical: near it a trial passes or fails by luck, so
/// trials are placed by a fit of all of them (`ExceedanceFit`), and the bracket is that fit's interval. Either ends
/// with a trial longer than any before at the lower end, and another one at the upper end.
public struct Search: Sendable {
    /// A trial that was asked for and what it showed.
    public struct Trial: Sendable, Equatable {
        public var plan: TrialPlan
        public var result: TrialResult

        /// A trial from its halves.
        public init(plan: TrialPlan, result: TrialResult) {
            self.plan = plan
            self.result = result
        }
    }

    /// What is to be done.
    public enum Step: Sendable, Equatable {
        case trial(TrialPlan)
        case finished(SearchOutcome)
    }

    public let goal: SearchGoal
    /// All trials so far, void ones included, in the order in which they were made.
    public private(set) var trials: [Trial] = []
    /// What is to be done now.
    public private(set) var step: Step
    /// Nanoseconds that all trials took.
    public private(set) var spent: UInt64 = 0

    /// A search that has not begun.
    public init(_ goal: SearchGoal) {
        self.goal = goal
        self.step = .trial(
            TrialPlan(load: goal.minimum, duration: goal.duration(of: .growth), purpose: .growth))
    }

    /// Takes what the trial of the current step showed. A finished search ignores it.
    public mutating func record(_ result: TrialResult) {
        guard case .trial(let plan) = self.step else { return }
        self.trials.append(Trial(plan: plan, result: result))
        let (sum, overflow) = self.spent.addingReportingOverflow(plan.duration)
        self.spent = overflow ? .max : sum
        self.step = self.nextStep(after: plan, result)
    }

    /// Ends the search before its time, with the bracket that it has, if it has one. Nothing that was not confirmed
    /// becomes so.
    public mutating func stop() {
        if case .trial = self.step { self.step = .finished(self.exhausted()) }
    }

    /// Nanoseconds that trials may still take.
    var remaining: UInt64 { self.goal.durationSum - min(self.spent, self.goal.durationSum) }

    /// A trial with a purpose at a load, or the end where the search's limits leave no room for it.
    func trial(_ purpose: TrialPlan.Purpose, at load: Double) -> Step {
        let plan = TrialPlan(
            load: self.goal.feasible(load), duration: self.goal.duration(of: purpose), purpose: purpose)
        return self.within(limits: plan)
    }

    private func within(limits plan: TrialPlan) -> Step {
        let isAffordable = plan.duration <= self.remaining && self.trials.count < SearchGoal.trialLimit
        return isAffordable ? .trial(plan) : .finished(self.exhausted())
    }

    private func nextStep(after plan: TrialPlan, _ result: TrialResult) -> Step {
        switch result.validity {
        case .targetLost(let reason):
            return .finished(.doomed(.targetLost(reason: reason)))
        case .generatorLimited(let reason):
            let passing = self.levels.last { !$0.fails(exceedRatio: self.goal.exceedRatio) }
            return .finished(.generatorLimited(atLeast: passing?.load, reason: reason))
        case .void(let reason):
            let voids = self.trials.reversed().prefix {
                if case .void = $0.result.validity { return $0.plan == plan }
                return false
            }.count
            if voids > SearchGoal.voidRepeats {
                return .finished(.doomed(.void(load: plan.load, times: voids, reason: reason)))
            }
            return self.within(limits: plan)
        case .valid:
            return self.advance()
        }
    }

    /// The next step from all valid trials.
    private func advance() -> Step {
        let levels = self.levels
        let firstFailing = levels.first { $0.fails(exceedRatio: self.goal.exceedRatio) }
        if let conflicted = levels.first(where: { $0.isConflicted }), !self.isStatistical(firstFailing) {
            return self.trial(.repetition, at: conflicted.load)
        }
        guard let failing = firstFailing else { return self.grow(levels) }
        if failing.load <= self.goal.minimum {
            let isSure = failing.failed >= Self.failuresBelowRange
            return isSure ? .finished(.belowRange(self.goal.minimum)) : self.trial(.repetition, at: failing.load)
        }
        return self.isStatistical(failing) ? self.closeOnLine(levels) : self.bisect(levels, failing: failing)
    }

    /// Failures at the smallest load that put the capacity below the range.
    private static let failuresBelowRange = 2

    private func grow(_ levels: [TrialLevel]) -> Step {
        guard let highest = levels.last else { return self.step }
        if highest.load < self.goal.maximum { return self.trial(.growth, at: highest.load * SearchGoal.growth) }
        if highest.isConfirmed { return .finished(.aboveRange(self.goal.maximum)) }
        return self.trial(.confirmation, at: highest.load)
    }
}
