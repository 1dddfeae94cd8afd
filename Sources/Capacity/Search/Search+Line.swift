import Glibc
import Numerics

/// Statistical limits: the share of slow or failed requests grows steadily through the allowed share.
extension Search {
    /// Below this relative width of the gap between a pass and a failure, the fit places the trials.
    private static let approachRatio = 1.25
    /// A line is known if its interval, with what is expected below the end of stability, is narrower than this.
    private static let knownRatio = 2.0
    /// A load above the end of stability, relative to it.
    private static let littleTooMuch = 1.1
    /// An end of stability is known from this relative standard error on. With a larger one a line too high is believed
    /// for too long.
    private static let knownEnd = 0.02
    /// An interval wider than this is halved before trials are placed around its line.
    private static let farRatio = 1.15
    /// Trials needed near the line before a narrow interval counts.
    private static let trialsNearLine = 4
    /// A completed rate below this share of the load shows a limit of the target.
    private static let belowFailing = 0.95
    /// The next trial is at this share of the completed rate. Loads closer than `sameLoad` count as the same.
    private static let nearCompleted = 0.95
    private static let sameLoad = 0.02
    /// Where trials are placed, in steps of one in the logit of the share from the line. More of them are above it,
    /// where exceedances are frequent and a second gives more information.
    private static let placements = [0.8, -0.6, 0.3]
    /// The farthest placement from the line, relative to the load.
    private static let placementLimit = 0.05

    /// Whether a failing load failed by shares alone; these can be fitted.
    func isStatistical(_ failing: TrialLevel?) -> Bool {
        guard let failing, failing.failedHard == 0 else { return false }
        return self.trials.contains { trial in
            trial.plan.load == failing.load && trial.result.failed
                && trial.result.objectives.allSatisfy { $0.met || $0.exceedance != nil }
        }
    }

    func closeOnLine(_ levels: [TrialLevel]) -> Step {
        if let far = self.approach(levels) { return self.trial(.approach, at: far) }
        guard let fit = self.lineFit() else { return .finished(self.exhausted()) }
        // The narrow interval places the trials: near the line they give more information.
        let bracket = self.bracket(fit)
        let found = self.bracket(fit.widened)
        let near = self.count(.nearLine)
        let isNarrow = self.isNarrow(found) && near >= Self.trialsNearLine
        let one = self.ordinary(at: fit.line)
        let last = one + self.duration(of: .confirmation, at: bracket.lower)
        let remaining = self.isEndVague(fit) ? self.remaining : self.remainingToLine
        let room = remaining - min(remaining, last)
        let isEnding = self.count(.upperEnd) > 0
        if !isNarrow, room >= one, !isEnding {
            // The last trial near the line also takes what is too little for another one.
            let longer = room - one < one ? room : one
            return self.trial(.nearLine, at: self.placement(fit, number: near), longer: longer)
        }
        if !isEnding {
            // The upper end gets the time left besides the confirmation, up to an ordinary trial.
            let left = self.remainingToLine - min(self.remainingToLine, last - one)
            return self.trial(.upperEnd, at: bracket.upper, longer: self.stability == nil ? 0 : min(one, left))
        }
        let isAffordable = self.remaining >= self.duration(of: .confirmation, at: bracket.lower)
        if !bracket.isConfirmed, isAffordable { return self.trial(.confirmation, at: bracket.lower) }
        return .finished(.converged(found))
    }

    /// Whether the line depends on the end of stability, and that is not known well enough yet.
    private func isEndVague(_ fit: ExceedanceFit) -> Bool {
        guard let stability = self.stability, fit.prior?.gap != nil else { return false }
        let weight = Self.weight(at: fit.line, seconds: Double(self.ordinary(at: fit.line)) / 1e9, stability)
        return stability.error > Self.vague * stability.load && weight < Self.telling
    }

    private static let vague = 0.007
    private static let telling = 0.5

    /// The middle of the gap while it is wide; nil near the line.
    private func approach(_ levels: [TrialLevel]) -> Double? {
        guard self.count(.nearLine) == 0,
            let failing = levels.first(where: { $0.fails(exceedRatio: self.goal.exceedRatio) }),
            let passing = levels.last(where: { $0.load < failing.load }),
            failing.load / passing.load > Self.approachRatio
        else { return nil }
        func isNew(_ load: Double) -> Bool {
            load > passing.load && load < failing.load && !levels.contains { abs($0.load / load - 1) < Self.sameLoad }
        }
        if let stability, self.isLineKnown(stability) {
            // One that completes as much under little too much load does not break down: the line is close below.
            if failing.load <= stability.load * Self.approachRatio { return nil }
            let above = self.goal.feasible(stability.load * Self.littleTooMuch)
            if isNew(above) { return above }
        }
        // An overloaded target completes the most that it can; the line is a little below.
        if let completed = self.completed(at: failing.load), completed < failing.load * Self.belowFailing {
            let hint = self.goal.feasible(completed * Self.nearCompleted)
            if isNew(hint) { return hint }
        }
        let middle = self.goal.feasible((passing.load * failing.load).squareRoot())
        return middle > passing.load && middle < failing.load ? middle : nil
    }

    /// Whether what an overloaded target completed shows where the line is.
    private func isLineKnown(_ stability: Stability) -> Bool {
        guard stability.error < Self.knownEnd * stability.load, let fit = self.lineFit() else { return false }
        return fit.upper / fit.lower < Self.knownRatio
    }

    private func placement(_ fit: ExceedanceFit, number: Int) -> Double {
        if let stability = self.stability, let above = self.overload(fit, stability) { return above }
        if fit.upper / fit.lower > Self.farRatio { return fit.line }
        let step = Self.placements[number % Self.placements.count]
        let limit = Self.placementLimit
        return fit.line * exp(min(max(step / fit.slope, -limit), limit))
    }

    /// A load above the end of stability, if the next trial there gives more information about the line (by what it
    /// completes) than a trial at the line (by its share). Nil otherwise.
    ///
    /// The line's variance is that of the shares, and that of the end and the gap below it, weighted by their
    /// precision.
    private func overload(_ fit: ExceedanceFit, _ stability: Stability) -> Double? {
        guard let gap = fit.prior?.gap else { return nil }
        let seconds = Double(self.ordinary(at: fit.line)) / 1e9
        let requests = fit.line * stability.requestsPerLoad * seconds
        let quantile = Normal.quantile(0.5 + self.goal.confidence / 2)
        let deviation = log(fit.upper / fit.lower) / (2 * quantile)
        let now = deviation * deviation
        let weight = Self.weight(at: fit.line, seconds: seconds, stability)
        let information = weight * requests * fit.allowed * fit.slope * fit.slope / fit.dispersion
        let byShare = now - 1 / (1 / now + information)
        let end = stability.error / stability.load
        let known = ExceedanceFit.Prior.gapDeviation * gap / stability.load
        let part = min(1, now / (end * end + known * known))
        let byEnd = part * part * end * end * requests / (stability.completions + requests)
        return byEnd > byShare ? stability.load * (1 + 1.5 * stability.margin(seconds: seconds)) : nil
    }

    private func isNarrow(_ bracket: Bracket) -> Bool {
        if self.goal.variable == .users, bracket.upper - bracket.lower <= 1 { return true }
        return bracket.upper / bracket.lower - 1 <= self.goal.width
    }

    private func count(_ purpose: TrialPlan.Purpose) -> Int {
        self.trials.count { $0.plan.purpose == purpose && $0.result.validity == .valid }
    }

    /// The line of the objective that breaks first; nil where no failed objective can be fitted.
    func lineFit() -> ExceedanceFit? {
        let valid = Search.counted(self.trials)
        var texts: [String] = []
        for trial in valid {
            for objective in trial.result.objectives
            where (!objective.met || trial.result.failedByGrowth) && objective.exceedance != nil
                && !texts.contains(objective.text)
            {
                texts.append(objective.text)
            }
        }
        let fits = texts.compactMap { self.lineFit(of: $0, in: valid) }
        guard var first = fits.min(by: { $0.line < $1.line }) else { return nil }
        for fit in fits {
            first.lower = min(first.lower, fit.lower)
            first.upper = min(first.upper, fit.upper)
            first.lowest = min(first.lowest, fit.lowest)
            first.highest = min(first.highest, fit.highest)
        }
        return first
    }

    private func lineFit(of text: String, in trials: [Trial]) -> ExceedanceFit? {
        var (allowed, limit) = (0.0, UInt64?.none)
        let outgrown = self.lowestLongFailure(of: text, in: trials)
        let points = trials.compactMap { trial -> ExceedanceFit.Point? in
            guard let objective = trial.result.objectives.first(where: { $0.text == text }),
                let found = objective.exceedance
            else { return nil }
            (allowed, limit) = (found.allowed, found.limit)
            if self.isBrief(trial), objective.met, trial.plan.load >= outgrown { return nil }
            if self.isUntold(trial) { return nil }
            var point = ExceedanceFit.Point(load: trial.plan.load, exceedance: found)
            // A queue that only grows is beyond the line, whatever length it has reached so far.
            if trial.result.failedByGrowth {
                // A failure that a longer trial at the same load did not repeat was chance.
                if self.isChance(trial) { return nil }
                point.beyond = point.count
            }
            guard let stability = self.stability, let limit = found.limit else { return point }
            return self.weighed(point, of: trial, stability, limit: self.waiting(within: limit))
        }
        var highest = (trials.map(\.plan.load).max() ?? self.goal.maximum) * SearchGoal.growth
        let prior = self.stability.map { end in
            ExceedanceFit.Prior(
                end: end.load, error: end.error,
                gap: limit.map { end.gap(allowed: allowed, limit: self.waiting(within: $0)) },
                rise: log(1 / allowed))
        }
        if let stability = self.stability { highest = stability.most }
        highest = max(min(highest, self.goal.maximum), self.goal.minimum)
        return ExceedanceFit.fit(
            points, allowed: allowed, range: log(self.goal.minimum)...log(highest),
            confidence: self.goal.confidence, prior: prior)
    }

    /// The part of a limit that is left for waiting: without the answer time of a target that has little to do. It is
    /// at least half of the limit, because where an answer takes longer than that, no queue breaks the limit.
    func waiting(within limit: UInt64) -> UInt64 {
        let lightest = self.trials.filter { $0.result.passed && $0.result.observation.p50 != nil }
            .min { $0.plan.load < $1.plan.load }
        return limit - min(lightest?.result.observation.p50 ?? 0, limit / 2)
    }

    /// Weights a trial by how much longer it lasted than the memory of its queue. Above the end of stability a queue
    /// only grows. So there a failure counts fully, and a pass ended too soon to count.
    private func weighed(
        _ point: ExceedanceFit.Point, of trial: Trial, _ stability: Stability, limit: UInt64
    ) -> ExceedanceFit.Point? {
        var point = point
        guard trial.plan.load < stability.load else {
            guard trial.result.failed else { return nil }
            point.beyond = point.count
            return point
        }
        let seconds = Double(trial.result.duration) / 1e9
        point.weight = Self.weight(at: trial.plan.load, seconds: seconds, stability)
        // While an empty queue fills up, nothing can be beyond the limit.
        let filling = stability.filling(at: trial.plan.load, limit: limit) / seconds
        point.count = max(point.count * (1 - min(filling, Self.mostFilling)), point.beyond)
        return point
    }

    /// The weight of a trial of this length.
    private static func weight(at load: Double, seconds: Double, _ stability: Stability) -> Double {
        let ratio = Self.memories * stability.memory(at: load) / seconds
        return 1 / (1 + ratio * ratio)
    }

    /// A trial of this many relaxation times counts half.
    private static let memories = 4.0
    private static let mostFilling = 0.5

    /// A pass that was too short to show whether a queue grew, and that a longer trial repeated.
    private func isUntold(_ trial: Trial) -> Bool {
        guard case .tooShort = trial.result.growth else { return false }
        return self.trials.contains {
            $0.plan.load == trial.plan.load && $0.result.validity == .valid && $0.plan.duration > trial.plan.duration
        }
    }

    /// The highest load that passed and the smallest that failed, if all passes are below all failures.
    private var apart: (passed: Double, failed: Double)? {
        let counted = Search.counted(self.trials)
        guard let passed = counted.filter(\.result.passed).map(\.plan.load).max(),
            let failed = counted.filter(\.result.failed).map(\.plan.load).min(), passed < failed
        else { return nil }
        return (passed, failed)
    }

    /// Growth that another trial at the same load did not show.
    private func isChance(_ trial: Trial) -> Bool {
        self.trials.contains { $0.plan.load == trial.plan.load && $0.result.passed }
    }

    /// A trial shorter than those that an answer rests on: it only finds out where to look.
    func isBrief(_ trial: Trial) -> Bool { trial.plan.duration < self.goal.trial }

    /// The smallest load at which a trial of full length failed an objective; infinite where none did. A growing queue
    /// takes a while to show: a brief trial that passed at such a load or above ended too soon.
    private func lowestLongFailure(of text: String, in trials: [Trial]) -> Double {
        let failed = trials.filter { trial in
            !self.isBrief(trial) && trial.result.failed
                && (trial.result.failedByGrowth || trial.result.objectives.contains { $0.text == text && !$0.met })
        }
        return failed.map(\.plan.load).min() ?? .infinity
    }

    /// The bracket of a fit: rounded outwards to whole users, and never above a load at which users were lost.
    func bracket(_ fit: ExceedanceFit) -> Bracket {
        var (lower, upper, estimate) = (fit.lower, fit.upper, fit.line)
        let confirmation = self.trials.last { $0.plan.purpose == .confirmation && $0.result.passed }
        if let confirmation {
            // The confirmed load is the lower end, unless the fit that includes it is lower.
            lower = min(lower, confirmation.plan.load)
        }
        if let apart = self.apart {
            // No load passed above one that failed: the line may be anywhere between, however sure the curve is.
            lower = min(lower, apart.passed)
            upper = max(upper, min(apart.failed, self.stability?.most ?? .infinity))
        }
        if let hard = self.levels.first(where: { $0.failedHard > 0 }), hard.load > lower {
            upper = min(upper, hard.load)
        }
        if self.goal.variable == .users {
            lower = max(self.goal.minimum, lower.rounded(.down))
            upper = max(upper.rounded(.up), lower + 1)
            estimate = estimate.rounded(.down)
        }
        estimate = min(max(estimate, lower), upper)
        return Bracket(
            lower: lower, upper: upper, estimate: estimate, kind: .statistical,
            confidence: self.goal.confidence, widthReached: upper / lower - 1 <= self.goal.width,
            isConfirmed: confirmation.map { $0.plan.load >= lower } ?? false,
            isRetested: self.trials.contains { $0.plan.load >= lower && $0.plan.purpose == .upperEnd },
            dispersion: fit.dispersion, trials: self.indices { abs(log($0 / fit.line)) <= 0.2 },
            violations: [])
    }

    /// The outcome of a search that may make no further trial: with the bracket it has, if any.
    func exhausted() -> SearchOutcome {
        let levels = self.levels
        let failing = levels.first { $0.fails(exceedRatio: self.goal.exceedRatio) }
        // A fit has an interval even if the lowest load failed by chance in the last trial.
        if self.isStatistical(failing), levels.contains(where: { $0.passed > 0 }), let fit = self.lineFit() {
            return .converged(self.bracket(fit.widened))
        }
        guard let failing, let passing = levels.last(where: { $0.load < failing.load }) else {
            return .doomed(.limits(spent: self.spent, trials: self.trials.count))
        }
        let hard = failing.failedHard > 0
        return .converged(
            self.bracket(
                passing, failing, widthReached: self.isClose(passing.load, failing.load, hard: hard)))
    }
}
