/// The search for a capacity as pure steps: it takes the results of trials and returns the next trial, or how it ended.
/// No clock, no socket, no randomness: the same results lead to the same steps.
///
///     var search = Search(goal)
///     while case .trial(let plan) = search.step { search.record(run(plan)) }
///
/// The assumption is tried first, and a pass is confirmed at once: then the question is answered (`atAssumption`).
/// Without an assumption the first load is the smallest with enough samples. From there the load grows until a trial
/// fails, or falls until one passes. The first failure is repeated, as the target may have been cold. For a limit that
/// shows in lost or refused users, bisection closes in. A limit on shares (percentiles, errors) is statistical: near it
/// a trial passes or fails by luck. So a fit of all trials (`ExceedanceFit`) places the next ones, and its interval is
/// the bracket. Either way the search ends with a trial longer than any before at the lower end, and another one at the
/// upper end.
public struct Search: Sendable {
    /// A requested trial and its result.
    public struct Trial: Sendable, Equatable {
        public var plan: TrialPlan
        public var result: TrialResult

        /// A trial from its halves.
        public init(plan: TrialPlan, result: TrialResult) {
            self.plan = plan
            self.result = result
        }
    }

    /// What to do next.
    public enum Step: Sendable, Equatable {
        case trial(TrialPlan)
        case finished(SearchOutcome)
    }

    public let goal: SearchGoal
    /// All trials so far in their order, void ones included.
    public private(set) var trials: [Trial] = []
    /// What to do now.
    public private(set) var step: Step
    /// Nanoseconds that all trials took.
    public private(set) var spent: UInt64 = 0
    /// The end of stability, from the trials so far; nil where it is not known.
    private(set) var stability: Stability?
    /// Load times seconds below which a trial is too short to show a growing queue, from the trials so far.
    private(set) var leastHeld = 0.0
    private var lengthenings = 0

    /// A search that has not begun.
    public init(_ goal: SearchGoal) {
        self.goal = goal
        self.step = .trial(goal.first)
    }

    /// Takes the result of the current step's trial. A finished search ignores it.
    public mutating func record(_ result: TrialResult) {
        guard case .trial(let plan) = self.step else { return }
        self.trials.append(Trial(plan: plan, result: result))
        self.stability = self.measuredStability()
        let (sum, overflow) = self.spent.addingReportingOverflow(plan.duration)
        self.spent = overflow ? .max : sum
        self.step = self.nextStep(after: plan, result)
    }

    /// Ends the search early, with the bracket it has, if any. What was not confirmed stays unconfirmed.
    public mutating func stop() {
        if case .trial = self.step { self.step = .finished(self.exhausted()) }
    }

    /// Nanoseconds that trials may still take.
    var remaining: UInt64 { self.remaining(of: SearchGoal.trialsInSum) }

    /// The same, until no more trials are placed near a statistical limit.
    var remainingToLine: UInt64 { self.remaining(of: SearchGoal.trialsToLine) }

    private func remaining(of trials: UInt64) -> UInt64 {
        // Based on the length of trials near the answer, as far as that is known.
        let failing = self.trials.filter { $0.result.failed }.map(\.plan.load).min()
        let near = self.stability?.load ?? failing ?? self.trials.map(\.plan.load).max() ?? self.goal.start
        let (product, overflow) = self.ordinary(at: near).multipliedReportingOverflow(by: trials)
        let sum = self.goal.isSumGiven ? self.goal.durationSum : overflow ? .max : product
        return sum - min(self.spent, sum)
    }

    /// Nanoseconds of an ordinary trial at a load.
    func ordinary(at load: Double) -> UInt64 { self.duration(of: .nearLine, at: load) }

    /// Nanoseconds of a trial: as in the goal, and where it matters long enough to show a growing queue.
    func duration(of purpose: TrialPlan.Purpose, at load: Double) -> UInt64 {
        let usual = self.goal.duration(of: purpose, at: load)
        if purpose == .growth || purpose == .approach || self.stability != nil { return usual }
        let held = min(self.leastHeld / load * 1e9, Double(SearchGoal.trialDurationLimit))
        return max(usual, held.isFinite && held > 0 ? SearchGoal.rounded(held) : 0)
    }

    /// A trial with a purpose at a load, or the end of the search if its limits leave no room.
    func trial(_ purpose: TrialPlan.Purpose, at load: Double, longer: UInt64 = 0) -> Step {
        let load = self.goal.feasible(load)
        return self.within(
            limits: TrialPlan(
                load: load, duration: max(longer, self.duration(of: purpose, at: load)), purpose: purpose))
    }

    private func within(limits plan: TrialPlan) -> Step {
        let isAffordable = plan.duration <= self.remaining && self.trials.count < SearchGoal.trialLimit
        return isAffordable ? .trial(plan) : .finished(self.exhausted())
    }

    private mutating func nextStep(after plan: TrialPlan, _ result: TrialResult) -> Step {
        switch result.validity {
        case .targetLost(let reason):
            return .finished(.doomed(.targetLost(reason: reason)))
        case .generatorLimited(let reason):
            let passing = self.levels.last { !$0.fails(exceedRatio: self.goal.exceedRatio) }
            // If the first load is too much for the generator, a smaller one may be the answer.
            if passing == nil, plan.load > self.goal.least {
                return self.trial(.growth, at: max(self.goal.least, plan.load / SearchGoal.growth))
            }
            return .finished(.generatorLimited(atLeast: passing?.load, reason: reason))
        case .void(let reason):
            let voids = self.timesInTurn(plan) { if case .void = $0 { true } else { false } }
            if voids > SearchGoal.voidRepeats {
                return .finished(.doomed(.void(load: plan.load, times: voids, reason: reason)))
            }
            return self.within(limits: plan)
        case .unrecovered(let last):
            let times = self.timesInTurn(plan) { if case .unrecovered = $0 { true } else { false } }
            if times > SearchGoal.unrecoveredRepeats {
                // What was found before the target stayed slow is kept.
                if case .converged(let bracket) = self.exhausted() { return .finished(.converged(bracket)) }
                return .finished(.doomed(.unrecovered(load: plan.load, times: times, last: last)))
            }
            return self.within(limits: plan)
        case .valid:
            return self.lengthened(plan, result) ?? self.advance()
        }
    }

    /// How many of the last trials, all of them this one and none valid, had this validity.
    private func timesInTurn(_ plan: TrialPlan, _ isAlike: (TrialValidity) -> Bool) -> Int {
        self.trials.reversed().prefix { $0.plan == plan && $0.result.validity != .valid }
            .count { isAlike($0.result.validity) }
    }

    /// The same trial for longer, if it was too short to decide. Nil where it was not, where it only had to find out
    /// where to look, or where that was done often enough.
    private mutating func lengthened(_ plan: TrialPlan, _ result: TrialResult) -> Step? {
        guard case .tooShort(let needed) = result.growth, result.passed, plan.purpose != .growth,
            plan.purpose != .approach, plan.duration >= self.goal.trial,
            self.lengthenings < SearchGoal.lengthenings, self.stability == nil
        else { return nil }
        let usual = self.goal.duration(of: .nearLine, at: plan.load)
        let (times, overflow) = usual.multipliedReportingOverflow(by: SearchGoal.lengthenedAtMost)
        let most = max(min(overflow ? .max : times, SearchGoal.trialDurationLimit), plan.duration)
        let held = plan.load * Double(min(max(needed, plan.duration), most)) / 1e9
        guard held > plan.load * Double(plan.duration) / 1e9 * Self.noticeablyLonger else { return nil }
        self.lengthenings += 1
        self.leastHeld = max(self.leastHeld, held)
        // It passed already: passing again in as long a trial as a confirmation confirms it.
        return self.trial(plan.purpose == .assumption ? .confirmation : plan.purpose, at: plan.load)
    }

    private static let noticeablyLonger = 1.2

    /// The next step from all valid trials.
    private func advance() -> Step {
        if let step = self.warmed() ?? self.assured() { return step }
        let levels = self.levels
        let firstFailing = levels.first { $0.fails(exceedRatio: self.goal.exceedRatio) }
        if let conflicted = levels.first(where: { $0.isConflicted }), !self.isStatistical(firstFailing) {
            return self.trial(.repetition, at: conflicted.load)
        }
        guard let failing = firstFailing else { return self.grow(levels) }
        if failing.load <= self.goal.least {
            let isSure = failing.failed >= Self.failuresBelowRange
            return isSure ? .finished(.belowRange(failing.load)) : self.trial(.repetition, at: failing.load)
        }
        guard levels.contains(where: { $0.load < failing.load }) else { return self.descend(failing) }
        return self.isStatistical(failing) ? self.closeOnLine(levels) : self.bisect(levels, failing: failing)
    }

    /// Failures at the smallest load after which the capacity is below the range.
    private static let failuresBelowRange = 2

    private func grow(_ levels: [TrialLevel]) -> Step {
        guard let highest = levels.last else { return self.step }
        if highest.load < self.goal.maximum {
            let growth = self.isFar(highest.load) ? SearchGoal.farGrowth : SearchGoal.growth
            return self.trial(.growth, at: highest.load * growth)
        }
        if highest.isConfirmed { return .finished(.aboveRange(self.goal.maximum)) }
        return self.trial(.confirmation, at: highest.load)
    }

    /// After a first trial that failed: its completed rate shows whether its load was far too much or a little.
    private func descend(_ failing: TrialLevel) -> Step {
        let half = failing.load / SearchGoal.growth
        let held = failing.heldWhenFailed > 0 ? failing.heldWhenFailed : nil
        let hint = held ?? self.completed(at: failing.load).map { $0 * Self.belowCompleted } ?? half
        let isUseful = hint < failing.load && hint >= self.goal.least && failing.load / hint < Self.farthestHint
        return self.trial(.growth, at: max(self.goal.least, isUseful ? hint : half))
    }

    /// The next load as a share of what an overloaded target completed: close below it.
    private static let belowCompleted = 0.9
    /// A target that completed less than a 64th of the failed load has broken down. Its rate then says nothing about
    /// its capacity.
    private static let farthestHint = 64.0
}
