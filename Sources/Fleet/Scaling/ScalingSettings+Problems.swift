/// What cannot be simulated, and where it stands in a fleet file.
public struct ScalingProblem: Sendable, Equatable {
    /// The key below `scaling`: `minimum`, `step.out`.
    public let path: String
    /// What is wrong and what to write instead.
    public let message: String
}

extension ScalingSettings {
    /// All problems of these settings; empty where they can be simulated.
    public func problems() -> [ScalingProblem] {
        var problems: [ScalingProblem] = []
        func check(_ isRight: Bool, _ path: String, _ message: String) {
            if !isRight { problems.append(ScalingProblem(path: path, message: message)) }
        }
        let times = [
            ("boot", self.boot), ("app_start", self.appStart), ("health_check", self.healthCheck),
            ("warmup", self.warmup), ("cooldown", self.cooldown), ("drain", self.drain), ("pending", self.pending),
            ("predictive.prelaunch", self.predictive.prelaunch),
        ]
        for (path, time) in times {
            check(time >= .zero && time <= ScalingLimit.time, path, "a time of at most 1h, such as 30s")
        }
        check(self.pending <= self.boot, "pending", "it is part of `boot`, and cannot be longer")
        let isStep = self.stepLength == .seconds(self.stepSeconds) && 60 % self.stepSeconds == 0
        check(isStep, "step_length", "a divisor of a minute, such as 30s or 1m")
        check(
            !isStep || self.period >= self.stepLength && self.period <= ScalingLimit.time
                && self.period.seconds.truncatingRemainder(dividingBy: self.stepLength.seconds) == 0,
            "period", "a multiple of `step_length` of at most 1h, such as 1m")
        check((1...ScalingLimit.days).contains(self.days), "days", "1 to \(ScalingLimit.days) days")
        check(self.safety > 0 && self.safety <= 1, "safety", "above 0% and at most 100%")
        let minimum = self.minimum ?? 1
        check((0...ScalingLimit.instances).contains(minimum), "minimum", "0 to \(ScalingLimit.instances) instances")
        check(
            self.maximum >= max(minimum, 1) && self.maximum <= ScalingLimit.instances, "maximum",
            "at least `minimum`, and at most \(ScalingLimit.instances) instances")
        if let fixed = self.fixed {
            check((0...ScalingLimit.instances).contains(fixed), "fixed", "0 to \(ScalingLimit.instances) instances")
        }
        if let refused = self.refusedAbove {
            check(refused.value > 0 && refused.value.isFinite, "refused_above", "a number of users above 0")
        }
        if case .cpu(let share) = self.metric {
            check(share > 0 && share <= 1, "cpu_at_capacity", "above 0% and at most 100%, as it was measured")
        }
        let target = self.targetTracking
        check(
            [target.target, self.predictive.target].allSatisfy { $0 > 0 && $0 <= 1 }, "target",
            "above 0% and at most 100%, such as 50%")
        check(
            target.lowShare > 0 && target.lowShare < 1, "target_tracking.low_share",
            "above 0% and below 100%, such as 70%")
        for (key, count) in [("out_after", target.outPeriods), ("in_after", target.inPeriods)] {
            check(Self.periods.contains(count), "target_tracking.\(key)", "1 to \(Self.periods.upperBound) periods")
        }
        if let buffer = self.predictive.aboveMaximum {
            check(buffer >= 0 && buffer <= 1, "predictive.above_maximum", "0% to 100%")
        }
        self.step.problems().forEach { check(false, "step.\($0.path)", $0.message) }
        if let schedule = self.schedule {
            check(
                (1...ScalingLimit.actions).contains(schedule.count), "schedule",
                "1 to \(ScalingLimit.actions) actions, AWS's quota")
            check(
                schedule.allSatisfy { (0...ScalingLimit.instances).contains($0.instances) }, "schedule",
                "0 to \(ScalingLimit.instances) instances each")
            check(
                Set(schedule.map(\.at.second)).count == schedule.count, "schedule",
                "two actions are at the same time; keep one of them")
        }
        return problems
    }

    /// Periods of an alarm: a day of minutes, the longest that CloudWatch evaluates.
    static let periods = 1...1_440
}

extension StepScaling {
    /// All problems of the policy.
    func problems() -> [ScalingProblem] {
        var problems: [ScalingProblem] = []
        func check(_ isRight: Bool, _ path: String, _ message: String) {
            if !isRight { problems.append(ScalingProblem(path: path, message: message)) }
        }
        for (path, side) in [("out", self.out), ("in", self.in)] {
            check(side.threshold > 0 && side.threshold <= 1, path, "above 0% and at most 100%, such as 70%")
            check(
                ScalingSettings.periods.contains(side.periods), "\(path)_after",
                "1 to \(ScalingSettings.periods.upperBound) periods")
            check(
                (1...Self.adjustmentsLimit).contains(side.adjustments.count), path,
                "1 to \(Self.adjustmentsLimit) adjustments, AWS's quota")
            let sorted = side.adjustments.sorted { ($0.lower ?? -.infinity) < ($1.lower ?? -.infinity) }
            let meet = zip(sorted, sorted.dropFirst()).allSatisfy { $0.upper != nil && $0.upper == $1.lower }
            check(meet, path, "the ranges of the adjustments follow each other, without gaps and without overlap")
        }
        check(
            self.firstRemoved < self.firstAdded, "in",
            "below `out`, or the group would grow and shrink in turn")
        check(
            (0...ScalingLimit.instances).contains(self.minimumMagnitude), "at_least",
            "0 to \(ScalingLimit.instances) instances")
        let amounts = (self.out.adjustments + self.in.adjustments).map(\.amount)
        check(
            amounts.allSatisfy { $0.isFinite && abs($0) <= Double(ScalingLimit.instances) }, "add",
            "an amount is a number of instances or percent")
        return problems
    }
}
