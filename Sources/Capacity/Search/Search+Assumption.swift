/// Steps before a search closes in: the first failure again on a warm target, and the assumption.
extension Search {
    /// The result of the trials at the assumption.
    public enum AtAssumption: Sendable, Equatable {
        /// Passed, and again in a longer trial.
        case held
        /// Failed, and again on a warm target.
        case failed
    }

    /// The verdict if trials at a load decide it alone: all passed and one of them was a confirmation, or all of at
    /// least two failed. Nil otherwise.
    public static func decided(at load: Double, in trials: [Trial]) -> AtAssumption? {
        let at = Self.counted(trials).filter { $0.plan.load == load }
        let passed = at.count { $0.result.passed }
        let failed = at.count { $0.result.failed }
        if failed == 0, at.contains(where: { $0.result.passed && $0.plan.purpose == .confirmation }) { return .held }
        return passed == 0 && failed >= Self.failuresThatRefute ? .failed : nil
    }

    private static let failuresThatRefute = 2

    /// The valid trials, without a first failure that came only from a cold target: the same load passed in the next
    /// trial.
    static func counted(_ trials: [Trial]) -> [Trial] {
        let valid = trials.filter { $0.result.passed || $0.result.failed }
        guard let first = valid.firstIndex(where: \.result.failed), first + 1 < valid.count,
            valid[first + 1].plan.load == valid[first].plan.load, valid[first + 1].result.passed
        else { return valid }
        return Array(valid[..<first] + valid[(first + 1)...])
    }

    /// Repeats the first failure before anything rests on it, as the target is warm now. It also repeats a failure by
    /// growth alone, which happens by chance in one trial of a hundred.
    func warmed() -> Step? {
        let valid = self.trials.filter { $0.result.passed || $0.result.failed }
        guard let last = valid.last, last.result.failed else { return nil }
        let isFirst = valid.count { $0.result.failed } == 1
        guard isFirst || last.result.failedByGrowth,
            !valid.dropLast().contains(where: { $0.plan.load == last.plan.load })
        else { return nil }
        return self.trial(.repetition, at: last.plan.load, longer: last.plan.duration)
    }

    /// Confirms a pass at the assumption before the search goes on. With `isVerdictOnly` the search ends as soon as the
    /// trials there decide.
    func assured() -> Step? {
        guard let assumption = self.goal.assumption, assumption <= self.goal.maximum else { return nil }
        let load = self.goal.feasible(assumption)
        let decided = Self.decided(at: load, in: self.trials)
        if self.goal.isVerdictOnly, let decided {
            return .finished(.decided(load: load, isHeld: decided == .held))
        }
        let at = Self.counted(self.trials).filter { $0.plan.load == load }
        guard let last = self.trials.last, last.plan.load == load, last.result.passed, decided == nil,
            !at.contains(where: { $0.plan.purpose == .confirmation }), !at.contains(where: \.result.failed)
        else { return nil }
        return self.trial(.confirmation, at: load)
    }

    /// What an overloaded target completed per second, as a load; nil where it was not measured.
    func completed(at load: Double) -> Double? {
        self.trials.last { $0.plan.load == load && $0.result.failed }.flatMap { self.completed(in: $0) }
    }

    /// Whether no sample of the trials at a load was beyond a limit, so that its line is far away.
    func isFar(_ load: Double) -> Bool {
        let at = self.trials.filter { $0.plan.load == load && $0.result.passed }
        let exceedances = at.flatMap { $0.result.objectives.compactMap(\.exceedance) }
        return !exceedances.isEmpty && exceedances.allSatisfy { $0.total.beyond == 0 && $0.isTelling }
    }
}

extension Exceedance {
    /// There are enough samples to trust a share.
    var isTelling: Bool { self.allowed * Double(self.total.count) >= Self.expectedForShare / 2 }
}
