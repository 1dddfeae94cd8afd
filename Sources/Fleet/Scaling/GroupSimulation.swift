import Units

/// One group of one region under one policy, a step at a time.
struct GroupSimulation {
    private let times: InstanceGroup.Times
    private let metricAtCapacity: Double
    private let isCPU: Bool
    /// Users of an instance within the objective, and those at which it refuses more.
    private let capacity: Double
    private let limit: Double
    /// Users of an instance that keeps its reserve.
    private let sized: Double
    /// Users of an instance above which its estimated response time is over its limit.
    private let slowAbove: Double
    private let stepSeconds: Int
    private let stepsPerDay: Int
    private let demand: GroupDemand
    private var controller: ScalingController
    private var group: InstanceGroup
    /// For perfect foresight: instances to serve in each step.
    private let plan: [Int]?
    private var index = 0
    private var dayStep = 0

    /// What is the group's of numbers that are the fleet's.
    struct Quota {
        var limits: ClosedRange<Int>
        /// Users of an instance above which its estimated response time is over its limit.
        var slowAbove: Double
        /// Instances of the static policy; nil: as many as the peak needs.
        var fixed: Int?
        /// Nil: the hourly need.
        var schedule: [ScheduledAction]?
    }

    init(
        _ scenario: ScalingScenario, _ region: ScalingRegion, _ policy: ScalingPolicy, days: Int, quota: Quota
    ) {
        let settings = scenario.settings
        self.times = InstanceGroup.Times(settings)
        self.metricAtCapacity = settings.metric.atCapacity
        self.isCPU = settings.metric.kind == .cpu
        self.capacity = scenario.usersPerInstance.value
        self.limit = settings.refusedAbove?.value ?? self.capacity
        self.sized = self.capacity * settings.safety
        self.slowAbove = quota.slowAbove
        self.stepSeconds = settings.stepSeconds
        self.stepsPerDay = 86_400 / self.stepSeconds
        let demand = GroupDemand(
            scenario.curve, peak: scenario.peak(of: region).value, step: self.stepSeconds,
            utcOffset: region.utcOffset, days: days, before: scenario.daysBefore)
        self.demand = demand
        func needed(_ users: Double) -> Int { scenario.sized(Users(users)) }
        var actions: [(step: Int, instances: Int)] = []
        if case .scheduled = policy {
            actions =
                quota.schedule.map { Self.actions($0, step: settings.stepSeconds, region) }
                ?? demand.hourlyPeaks(ahead: self.times.launchSteps).map { ($0.step, needed($0.users)) }
        }
        let part = ScalingController.Part(
            limits: quota.limits, capacity: self.capacity, needed: needed(demand.users(at: 0)), actions: actions,
            fixed: quota.fixed ?? needed(demand.peak))
        self.controller = ScalingController(policy, settings, part)
        if policy == .perfect {
            let steps = (days + scenario.daysBefore) * self.stepsPerDay
            let plan = PerfectPlan.instances((0..<steps).map { needed(demand.users(at: $0)) }, times: self.times)
            self.plan = plan
            self.group = InstanceGroup(self.times, instances: plan.first ?? 0)
            // What serves in the first steps was launched before them.
            for step in stride(from: 1, to: self.times.launchSteps, by: 1) {
                Self.launch(plan, for: step, in: &self.group, self.times)
            }
        } else {
            self.plan = nil
            self.group = InstanceGroup(self.times, instances: self.controller.desired)
        }
    }

    /// The actions of the group in steps of a day, UTC.
    private static func actions(
        _ schedule: [ScheduledAction], step: Int, _ region: ScalingRegion
    ) -> [(step: Int, instances: Int)] {
        let offset = Int(region.utcOffset.seconds.rounded())
        return schedule.map { action in
            let utc = ClockTime(second: action.at.second - offset).second
            return ((utc + step - 1) / step % (86_400 / step), action.instances)
        }.sorted { $0.step < $1.step }
    }

    /// Simulates the next step.
    mutating func advance() -> ScalingStep {
        let now = self.index * self.times.step
        var step = ScalingStep(second: self.index * self.stepSeconds)
        self.group.advance(to: now)
        let before = self.controller.desired
        if let plan = self.plan {
            self.follow(plan, at: now, &step)
        } else {
            let wanted = self.controller.decide(at: now, dayStep: self.dayStep, group: self.group)
            step.desired = wanted
            step.activities = wanted == before ? 0 : 1
            let missing = wanted - self.group.inService - self.group.booting
            if missing > 0 { self.group.launch(missing, at: now) }
            if missing < 0 { self.group.remove(-missing, at: now) }
        }
        // Without a launch time, what was launched now serves now.
        self.group.advance(to: now)
        self.serve(self.demand.users(at: self.index), &step)
        step.billed = self.group.billed(from: now)
        self.index += 1
        self.dayStep += 1
        if self.dayStep == self.stepsPerDay { self.dayStep = 0 }
        return step
    }

    /// Perfect foresight: launches what will serve one launch time later.
    private mutating func follow(_ plan: [Int], at now: Int, _ step: inout ScalingStep) {
        let serving = self.index < plan.count ? plan[self.index] : 0
        step.desired = serving
        let surplus = self.group.inService - serving
        if surplus > 0 { self.group.remove(surplus, at: now, sparesBooting: true) }
        let launched = Self.launch(plan, for: self.index + self.times.launchSteps, in: &self.group, self.times)
        step.activities = (surplus > 0 ? 1 : 0) + (launched ? 1 : 0)
    }

    /// Launches what begins to serve in a step; true if there is any.
    @discardableResult
    private static func launch(
        _ plan: [Int], for step: Int, in group: inout InstanceGroup, _ times: InstanceGroup.Times
    ) -> Bool {
        guard step > 0, step < plan.count, plan[step] > plan[step - 1] else { return false }
        group.launch(plan[step] - plan[step - 1], at: (step - times.launchSteps) * times.step)
        return true
    }

    /// The step's users on the instances in service.
    private mutating func serve(_ users: Double, _ step: inout ScalingStep) {
        let instances = Double(self.group.inService)
        let room = instances * self.limit
        let isRefused = users > room * (1 + wholeTolerance)
        let served = isRefused ? room : users
        let capacity = instances * self.capacity
        step.demand = Users(users)
        step.served = Users(served)
        step.refused = Users(isRefused ? users - room : 0)
        step.capacity = Users(capacity)
        step.needed = InstanceCount.roundedUp(users / self.capacity)
        step.inService = self.group.inService
        step.booting = self.group.booting
        step.draining = self.group.draining
        step.missing = max(0, step.needed - step.inService)
        step.idle = max(0, step.inService - step.needed)
        let isLate = served > capacity * (1 + wholeTolerance)
        step.late = Users(isLate ? served : 0)
        step.isOver = isRefused || isLate
        step.isDead = users > 0 && step.inService + step.booting == 0
        step.isSlow = served > instances * self.slowAbove * (1 + wholeTolerance)
        step.isBelowReserve = instances * self.sized < users * (1 - Zones.missing)
        var metric: Double?
        if instances > 0 {
            let value = self.metricAtCapacity * served / capacity
            metric = self.isCPU ? min(value, 1) : value
            step.usersPerInstance = Users(served / instances)
        }
        step.metricSum = (metric ?? 0) * instances
        // Instances that warm up are not in the metric; without any other there is none.
        self.controller.observe(metric: self.group.warmed > 0 ? metric : nil, demand: users)
    }
}

/// The demand of a group in each step, from the beginning of the days before the first counted one.
struct GroupDemand {
    /// The days of the curve, repeated.
    private let ordinary: [Double]
    /// The last day, where it has an event.
    private let event: [Double]?
    private let stepsPerDay: Int
    /// Where the first of the days before lies in `ordinary`.
    private let offset: Int
    private let firstOfEvent: Int

    init(_ curve: TrafficCurve, peak: Double, step: Int, utcOffset: Duration, days: Int, before: Int) {
        self.stepsPerDay = 86_400 / step
        self.ordinary = curve.shares(step: step, utcOffset: Int(utcOffset.seconds.rounded())).map { $0 * peak }
        self.event = curve.eventShares(step: step)?.map { $0 * peak }
        self.offset = max(0, self.ordinary.count - before * self.stepsPerDay)
        self.firstOfEvent = (before + days - 1) * self.stepsPerDay
    }

    /// The users in a step.
    func users(at step: Int) -> Double {
        if let event, step >= self.firstOfEvent { return event[(step - self.firstOfEvent) % event.count] }
        return self.ordinary[(step + self.offset) % self.ordinary.count]
    }

    /// The most users at a time.
    var peak: Double { max(self.ordinary.max() ?? 0, self.event?.max() ?? 0) }

    /// For each hour of the day: its step of the day, and the most users in it on any day of the curve, and in the
    /// `ahead` steps after it, in which instances for the next hour still boot.
    func hourlyPeaks(ahead: Int) -> [(step: Int, users: Double)] {
        let stepsPerHour = self.stepsPerDay / 24
        return (0..<24).map { hour in
            let first = hour * stepsPerHour
            var most = 0.0
            for day in stride(from: first, to: self.ordinary.count, by: self.stepsPerDay) {
                for step in day..<day + stepsPerHour + ahead {
                    most = max(most, self.ordinary[step % self.ordinary.count])
                }
            }
            return (first, most)
        }
    }
}

/// The cheapest instances that are never fewer than those needed.
enum PerfectPlan {
    /// An instance is kept over a pause if that costs no more than to drain it and to boot another one: the closing of
    /// `needed` by the longest such pause. Takes time in proportion to the steps.
    static func instances(_ needed: [Int], times: InstanceGroup.Times) -> [Int] {
        let again = times.launchSteps * times.step - times.pending + times.drain
        let pause = max(0, again / times.step)
        guard pause > 0, !needed.isEmpty else { return needed }
        let window = pause + 1
        // The most in the `window` steps up to each one, and then the fewest of those in the `window` steps from it on.
        let most = Self.extremes(needed + Array(repeating: 0, count: window - 1), window: window) { $0 >= $1 }
        let fewest = Self.extremes(most, window: window) { $0 <= $1 }
        return Array(fewest.dropFirst(window - 1))
    }

    /// For each element the extreme one of it and the `window` - 1 before it, with a queue of candidates.
    private static func extremes(_ values: [Int], window: Int, isBetter: (Int, Int) -> Bool) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(values.count)
        var candidates = Array(repeating: 0, count: values.count)
        var first = 0
        var end = 0
        for (index, value) in values.enumerated() {
            while end > first, isBetter(value, values[candidates[end - 1]]) { end -= 1 }
            candidates[end] = index
            end += 1
            if candidates[first] <= index - window { first += 1 }
            result.append(values[candidates[first]])
        }
        return result
    }
}
