/// Decides how many instances a group is to have, at the beginning of each step, from what was seen before it.
struct ScalingController {
    /// The number of instances that is wanted.
    private(set) var desired: Int
    private let minimum: Int
    private let maximum: Int
    private var rule: Rule?
    private var forecast: HourlyForecast?
    /// Scheduled actions in order of their step of the day.
    private var actions: [(step: Int, instances: Int)] = []
    /// The first of them that the day has not reached.
    private var nextAction = 0
    /// Data points of the metric.
    private var period: MetricPeriod
    /// Nothing changes before that time, after an activity of simple scaling.
    private var pausedUntil = 0
    private let cooldown: Int

    /// A dynamic policy with its alarms.
    private struct Rule {
        var kind: Kind
        var high: Alarm
        var low: Alarm

        enum Kind {
            case simple(StepScaling)
            case step(StepScaling)
            case tracking(TargetTracking)
        }
    }

    /// The part of a fleet's settings that is one group's.
    struct Part {
        var limits: ClosedRange<Int>
        /// Users per instance within the objective.
        var capacity: Double
        /// The group begins with as many.
        var needed: Int
        /// Actions at steps of the day in UTC, in order.
        var actions: [(step: Int, instances: Int)]
        var fixed: Int
    }

    init(_ policy: ScalingPolicy, _ settings: ScalingSettings, _ part: Part) {
        self.minimum = part.limits.lowerBound
        self.maximum = part.limits.upperBound
        self.cooldown = settings.cooldown.wholeMilliseconds
        let step = settings.stepSeconds
        self.period = MetricPeriod(steps: max(1, settings.period.wholeMilliseconds / (step * 1_000)))
        self.desired = min(max(part.needed, self.minimum), self.maximum)
        let usersAtFullMetric = part.capacity / settings.metric.atCapacity
        switch policy {
        case .fixed: self.desired = part.fixed
        case .perfect: break
        case .simple(let steps): self.rule = Self.rule(.simple(steps), steps)
        case .step(let steps): self.rule = Self.rule(.step(steps), steps)
        case .targetTracking(let tracking): self.rule = Self.rule(tracking)
        case .scheduled:
            self.actions = part.actions
            if let last = part.actions.last {
                self.desired = min(max(last.instances, self.minimum), self.maximum)
            }
        case .predictive(let predictive):
            self.forecast = HourlyForecast(predictive, usersAtFullMetric: usersAtFullMetric, step: step)
        case .combined(let tracking, let predictive):
            self.rule = Self.rule(tracking)
            self.forecast = HourlyForecast(predictive, usersAtFullMetric: usersAtFullMetric, step: step)
        }
    }

    private static func rule(_ kind: Rule.Kind, _ steps: StepScaling) -> Rule {
        Rule(
            kind: kind,
            high: Alarm(threshold: steps.out.threshold, periods: steps.out.periods, isHigh: true, isInclusive: true),
            low: Alarm(threshold: steps.in.threshold, periods: steps.in.periods, isHigh: false, isInclusive: true))
    }

    private static func rule(_ tracking: TargetTracking) -> Rule {
        Rule(
            kind: .tracking(tracking),
            high: Alarm(threshold: tracking.target, periods: tracking.outPeriods, isHigh: true, isInclusive: false),
            low: Alarm(
                threshold: tracking.target * tracking.lowShare, periods: tracking.inPeriods, isHigh: false,
                isInclusive: false))
    }

    /// The number of instances wanted from the step on that begins now. `dayStep`: its number in the day, UTC.
    mutating func decide(at now: Int, dayStep: Int, group: InstanceGroup) -> Int {
        if dayStep == 0 { self.nextAction = 0 }
        while self.nextAction < self.actions.count, self.actions[self.nextAction].step == dayStep {
            self.desired = min(max(self.actions[self.nextAction].instances, self.minimum), self.maximum)
            self.nextAction += 1
        }
        if self.rule != nil, let point = self.period.takePoint() { self.take(point.metric, at: now, group) }
        if let floor = self.forecast?.beginStep(maximum: self.maximum) {
            self.desired = max(self.desired, max(floor, self.minimum))
        }
        return self.desired
    }

    /// Takes what happened in the step: the metric, nil where no instance was in it, and the demand.
    mutating func observe(metric: Double?, demand: Double) {
        if self.rule != nil { self.period.add(metric) }
        self.forecast?.observe(demand)
    }

    private mutating func take(_ metric: Double?, at now: Int, _ group: InstanceGroup) {
        // In place: a copy of the rule would count references to its steps at each point.
        guard let isHigh = self.rule?.high.take(metric), let isLow = self.rule?.low.take(metric) else { return }
        guard let metric, isHigh || isLow, now >= self.pausedUntil, let kind = self.rule?.kind else { return }
        // Nothing is scaled in while instances boot or warm up.
        if isLow && group.isScalingOut { return }
        let current = isHigh ? group.warmed : group.inService + group.draining
        let wanted: Int
        switch kind {
        case .simple(let steps):
            wanted = steps.desired(isOut: isHigh, metric: metric, current: group.inService, desired: self.desired)
        case .step(let steps):
            wanted = steps.desired(isOut: isHigh, metric: metric, current: current, desired: self.desired)
        case .tracking(let tracking):
            wanted = tracking.desired(isOut: isHigh, metric: metric, current: current, desired: self.desired)
        }
        let limited = min(max(wanted, self.minimum), max(self.maximum, self.forecast?.maximum ?? 0))
        if case .simple = kind, limited != self.desired {
            // From the end of the activity: the last instance is up, or has drained.
            self.pausedUntil = now + (isHigh ? group.times.launch : group.times.drain) + self.cooldown
        }
        self.desired = limited
    }
}

/// The data points of a metric: means over a period.
private struct MetricPeriod {
    let steps: Int
    private var sum = 0.0
    private var count = 0
    private var passed = 0

    /// The mean of a period; nil where there was no instance to measure.
    struct Point {
        var metric: Double?
    }

    init(steps: Int) { self.steps = steps }

    mutating func add(_ metric: Double?) {
        self.passed += 1
        guard let metric else { return }
        self.sum += metric
        self.count += 1
    }

    /// The point of a period that has just ended.
    mutating func takePoint() -> Point? {
        guard self.passed >= self.steps else { return nil }
        let metric = self.count > 0 ? self.sum / Double(self.count) : nil
        self.sum = 0
        self.count = 0
        self.passed = 0
        return Point(metric: metric)
    }
}

/// An alarm of CloudWatch: it fires while so many data points in a row breach its threshold. An action of Auto Scaling
/// is repeated with each period as long as it does. A missing point breaches nothing.
private struct Alarm {
    let threshold: Double
    let periods: Int
    let isHigh: Bool
    let isInclusive: Bool
    private var breaches = 0

    init(threshold: Double, periods: Int, isHigh: Bool, isInclusive: Bool) {
        self.threshold = threshold
        self.periods = periods
        self.isHigh = isHigh
        self.isInclusive = isInclusive
    }

    /// Takes a data point; true if the alarm fires.
    mutating func take(_ metric: Double?) -> Bool {
        guard let metric else {
            self.breaches = 0
            return false
        }
        let beyond = self.isHigh ? metric - self.threshold : self.threshold - metric
        // A metric on the threshold differs from it by the error of its arithmetic.
        let least = self.isInclusive ? -StepScaling.boundTolerance : StepScaling.boundTolerance
        let isBreach = self.isInclusive ? beyond >= least : beyond > least
        self.breaches = isBreach ? min(self.breaches + 1, self.periods) : 0
        return self.breaches >= self.periods
    }
}

/// The forecast of predictive scaling: the mean of an hour over earlier days, never of the same day.
private struct HourlyForecast {
    private let settings: PredictiveScaling
    /// Users that bring an instance to the target.
    private let usersPerInstance: Double
    private let stepsPerHour: Int
    private let prelaunchSteps: Int
    /// Means of hours, a row for each of the last days.
    private var history = Array(repeating: 0.0, count: PredictiveScaling.days * 24)
    private var day = 0
    private var hour = -1
    private var stepInHour = 0
    private var sum = 0.0
    /// Instances for this hour and for the next one; nil without a forecast.
    private var now: Int?
    private var next: Int?
    /// The maximum of the group while the forecast may exceed it.
    private(set) var maximum: Int?

    init(_ settings: PredictiveScaling, usersAtFullMetric: Double, step: Int) {
        self.settings = settings
        self.usersPerInstance = usersAtFullMetric * settings.target
        self.stepsPerHour = 3_600 / step
        self.prelaunchSteps = (settings.prelaunch.wholeMilliseconds + step * 1_000 - 1) / (step * 1_000)
        self.stepInHour = self.stepsPerHour
    }

    /// At the beginning of a step: the fewest instances to have.
    mutating func beginStep(maximum: Int) -> Int? {
        if self.stepInHour == self.stepsPerHour { self.beginHour(maximum: maximum) }
        let isPrelaunch = self.stepInHour >= self.stepsPerHour - self.prelaunchSteps
        guard isPrelaunch, let next = self.next else { return self.now }
        return max(self.now ?? 0, next)
    }

    mutating func observe(_ demand: Double) {
        self.sum += demand
        self.stepInHour += 1
    }

    private mutating func beginHour(maximum: Int) {
        if self.hour >= 0 {
            self.history[self.row(self.day) + self.hour] = self.sum / Double(self.stepsPerHour)
        }
        self.sum = 0
        self.stepInHour = 0
        self.hour += 1
        if self.hour == 24 {
            self.hour = 0
            self.day += 1
        }
        self.now = self.instances(hour: self.hour, day: self.day)
        let isLast = self.hour == 23
        self.next = self.instances(hour: isLast ? 0 : self.hour + 1, day: isLast ? self.day + 1 : self.day)
        if let buffer = self.settings.aboveMaximum, let now = self.now {
            self.maximum = max(maximum, InstanceCount.roundedUp(Double(now) * (1 + buffer)))
        } else {
            self.now = self.now.map { min($0, maximum) }
            self.next = self.next.map { min($0, maximum) }
        }
    }

    private func instances(hour: Int, day: Int) -> Int? {
        let days = min(day, PredictiveScaling.days)
        guard days > 0 else { return nil }
        var sum = 0.0
        for back in 1...days { sum += self.history[self.row(day - back) + hour] }
        return InstanceCount.roundedUp(sum / Double(days) / self.usersPerInstance)
    }

    private func row(_ day: Int) -> Int { day % PredictiveScaling.days * 24 }
}
