/// Limits without a gradient: lost or refused users, and objectives whose trials cannot be summed.
extension Search {
    func bisect(_ levels: [TrialLevel], failing: TrialLevel) -> Step {
        guard let passing = levels.last(where: { $0.load < failing.load }) else {
            return self.trial(.bisection, at: self.goal.minimum)
        }
        guard self.isClose(passing.load, failing.load, hard: failing.failedHard > 0) else {
            return self.trial(.bisection, at: self.between(passing, failing, levels))
        }
        if !passing.isConfirmed { return self.trial(.confirmation, at: passing.load) }
        if failing.failed + failing.passed < Self.trialsAtUpperEnd { return self.trial(.retest, at: failing.load) }
        return .finished(.converged(self.bracket(passing, failing, widthReached: true)))
    }

    /// The upper end must fail at least twice to count.
    private static let trialsAtUpperEnd = 2

    /// Whether a gap is narrow enough: one user up to `exactUsers` where users were lost, else a relative width.
    func isClose(_ lower: Double, _ upper: Double, hard: Bool) -> Bool {
        if self.goal.variable == .users, upper - lower <= 1 { return true }
        if hard, self.goal.variable == .users, lower <= SearchGoal.exactUsers { return false }
        let width = hard ? min(SearchGoal.hardWidth, self.goal.width) : self.goal.width
        return upper / lower - 1 <= width
    }

    /// The next load inside a gap. The users that the failed trial still held are the most likely limit, and one more
    /// user shows whether it is. Otherwise the middle.
    private func between(_ passing: TrialLevel, _ failing: TrialLevel, _ levels: [TrialLevel]) -> Double {
        let middle = (passing.load + failing.load) / 2
        guard self.goal.variable == .users, failing.failedHard > 0 else { return middle }
        let hints = levels.filter { $0.failedHard > 0 && $0.load >= failing.load }.map(\.heldWhenFailed)
        // Every failed trial suggests its own limit. The first suggestion inside the gap is followed, once.
        for hint in hints where hint > passing.load && hint < failing.load {
            if !levels.contains(where: { $0.load == hint }) { return hint }
        }
        if hints.contains(passing.load), passing.load + 1 < failing.load { return passing.load + 1 }
        return middle.rounded(.down)
    }

    /// The bracket of two levels.
    func bracket(_ passing: TrialLevel, _ failing: TrialLevel, widthReached: Bool) -> Bracket {
        Bracket(
            lower: passing.load, upper: failing.load, estimate: passing.load,
            kind: failing.failedHard > 0 ? .hard : .plain, confidence: nil, widthReached: widthReached,
            isConfirmed: passing.isConfirmed, isRetested: failing.failed > 1, dispersion: nil,
            trials: self.indices { $0 == passing.load || $0 == failing.load },
            violations: self.violations())
    }

    /// Indices of valid trials with a suitable load.
    func indices(_ suits: (Double) -> Bool) -> [Int] {
        self.trials.indices.filter {
            self.trials[$0].result.validity == .valid && suits(self.trials[$0].plan.load)
        }
    }

    /// Loads that passed though the same or a lower load failed. Only for limits without a gradient: near a statistical
    /// limit that happens by chance.
    func violations() -> [MonotonicityViolation] {
        let levels = self.levels
        var violations: [MonotonicityViolation] = []
        for level in levels where level.passed > 0 {
            let cause = levels.first { $0.failed > 0 && $0.load <= level.load }
            if let cause { violations.append(MonotonicityViolation(failed: cause.load, passed: level.load)) }
        }
        return violations
    }
}
