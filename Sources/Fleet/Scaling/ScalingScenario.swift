import Units

/// A region: an Auto Scaling group of its own, in its own time zone.
public struct ScalingRegion: Sendable, Equatable {
    /// Such as `eu-west-1`.
    public var name: String
    /// Its part of the users, against the weights of the other regions.
    public var weight: Double
    /// How far its clocks are ahead of UTC: its peaks come that much earlier.
    public var utcOffset: Duration
    /// An instance-hour there; nil: that of the scenario.
    public var price: Price<InstanceHourKind>?
    /// Instances that a plan has there; nil: as many as the peak needs.
    public var planned: Int?

    /// A region with its part of the users.
    public init(
        name: String, weight: Double = 1, utcOffset: Duration = .zero, price: Price<InstanceHourKind>? = nil,
        planned: Int? = nil
    ) {
        self.name = name
        self.weight = weight
        self.utcOffset = utcOffset
        self.price = price
        self.planned = planned
    }

    /// Whether it can be simulated.
    var isUsable: Bool {
        self.weight > 0 && self.weight.isFinite && self.utcOffset >= .zero - .day && self.utcOffset <= .day
    }
}

/// What scales: demand, the measured capacity of an instance, and the settings of its groups.
public struct ScalingScenario: Sendable, Equatable {
    /// Demand over time, in local time of each region.
    public internal(set) var curve: TrafficCurve
    /// Users at the peak of every region together. Where regions peak at different times, the peak of their sum is
    /// lower.
    public internal(set) var peakUsers: Users
    /// Users of an instance within the objective, measured.
    public internal(set) var usersPerInstance: Users
    /// At least one.
    public internal(set) var regions: [ScalingRegion]
    /// How its groups scale.
    public internal(set) var settings: ScalingSettings
    /// An instance-hour; nil: unknown, and so is the cost.
    public internal(set) var price: Price<InstanceHourKind>?
    /// Who comes on a day, and how long each stays; nil where that is not known.
    public internal(set) var visits: Visits?

    /// Users of a day, and the time of each: with the average demand the three figures of Little's law.
    public struct Visits: Sendable, Equatable {
        /// Users that come on a day.
        public var daily: Users
        /// How long a user is there on a day.
        public var time: Duration

        public init(daily: Users, time: Duration) {
            self.daily = daily
            self.time = time
        }

        /// L = λ W: users at once on average.
        public var average: Users { self.daily * (self.time / .day) }
    }

    /// Checks that all of it can be simulated; throws the first problem.
    public init(
        curve: TrafficCurve, peakUsers: Users, usersPerInstance: Users,
        regions: [ScalingRegion] = [ScalingRegion(name: "all")], settings: ScalingSettings = ScalingSettings(),
        price: Price<InstanceHourKind>? = nil, visits: Visits? = nil
    ) throws(ParseError) {
        self.curve = curve
        self.peakUsers = peakUsers
        self.usersPerInstance = usersPerInstance
        self.regions = regions
        self.settings = settings
        self.price = price
        self.visits = visits
        if let problem = settings.problems().first { throw ParseError("\(problem.path): \(problem.message)") }
        guard peakUsers.value > 0, usersPerInstance.value > 0, peakUsers.value.isFinite, usersPerInstance.value.isFinite
        else { throw ParseError("the users at the peak and of an instance are numbers above 0") }
        guard !regions.isEmpty, regions.count <= ScalingLimit.regions, regions.allSatisfy(\.isUsable) else {
            throw ParseError(
                "there are 1 to \(ScalingLimit.regions) regions, each with a weight above 0 and within a day of UTC")
        }
        guard peakUsers / (usersPerInstance * settings.safety) <= Double(ScalingLimit.instances) else {
            throw ParseError(
                "the peak needs more than \(ScalingLimit.instancesText), the most that is simulated; look at the "
                    + "users and at the capacity")
        }
        // Days, regions and policies are at most hundreds, and steps of a day 86,400.
        let policies = settings.kinds.count
        let days = settings.days + self.daysBefore
        let steps = days * (86_400 / settings.stepSeconds) * regions.count * policies
        guard steps <= ScalingLimit.work else {
            throw ParseError(
                "\(settings.days) days in steps of \(settings.stepSeconds) s, of "
                    + "\(Quantity.plural(UInt64(regions.count), "region")) under \(policies) policies, are "
                    + "\(Quantity.count(UInt64(steps))) steps; at most \(Quantity.count(UInt64(ScalingLimit.work))) "
                    + "are simulated: take fewer days, longer steps (`step_length: 1m`) or fewer policies")
        }
    }

    /// The part of the users that a region has.
    func share(of region: ScalingRegion) -> Double {
        region.weight / self.regions.reduce(0) { $0 + $1.weight }
    }

    /// A number of instances of the fleet in whole parts of its regions, which add up to it: the whole part of each
    /// share, and one more for those with the largest rests (Hamilton's method).
    func parts(_ instances: Int) -> [Int] {
        let exact = self.regions.map { Double(max(0, instances)) * self.share(of: $0) }
        // A share of a third is not always a third of a multiple of three.
        var parts = exact.map { Int(min($0 * (1 + wholeTolerance), Double(ScalingLimit.instances))) }
        let rest = instances - parts.reduce(0, +)
        let order = exact.indices.sorted { left, right in
            let (one, other) = (exact[left] - Double(parts[left]), exact[right] - Double(parts[right]))
            return one == other ? left < right : one > other
        }
        for index in order.prefix(max(0, rest)) { parts[index] += 1 }
        return parts
    }

    /// What the limits of the fleet are in each region. A fleet without a maximum has none in a region, and one without
    /// a minimum has an instance in each.
    var limits: [ClosedRange<Int>] {
        let most =
            self.settings.maximum == ScalingLimit.instances
            ? self.regions.map { _ in ScalingLimit.instances } : self.parts(self.settings.maximum)
        let least = self.settings.minimum.map { self.parts($0) } ?? self.regions.map { _ in 1 }
        // The rounding of both may differ by one.
        return zip(least, most).map { min($0, $1)...$1 }
    }

    /// Instances for a number of users in one region, used up to `settings.safety`.
    func sized(_ users: Users) -> Int {
        InstanceCount.roundedUp(users / (self.usersPerInstance * self.settings.safety))
    }

    /// Users of a region at its peak.
    func peak(of region: ScalingRegion) -> Users { self.peakUsers * self.share(of: region) }

    /// Days that are simulated before the first counted one: those of the curve, and at most those that a forecast
    /// looks back on.
    public var daysBefore: Int { min(max(1, self.curve.days), PredictiveScaling.days) }

    /// Simulates a policy in every region at the same time. `daysBefore` are simulated, too, and not counted: a group
    /// begins as it would stand, and a forecast has its days. It takes a step for each `stepLength`.
    public func run(_ policy: ScalingPolicy) -> ScalingRun {
        // Outside of the loop: a duration is divided for it.
        let seconds = self.settings.stepSeconds
        let stepsPerDay = 86_400 / seconds
        let days = min(max(self.settings.days, 1), ScalingLimit.days)
        let counted = stepsPerDay * days
        var groups = self.groups(policy, days: days)
        var parts = self.regions.map { _ in ScalingSummary() }
        var total = ScalingSummary()
        let every = (counted + ScalingLimit.recordedSteps - 1) / ScalingLimit.recordedSteps
        var steps: [ScalingStep] = []
        steps.reserveCapacity(counted / every + 1)
        for index in -stepsPerDay * self.daysBefore..<counted {
            var sum = ScalingStep(second: index * seconds)
            for group in groups.indices {
                let step = groups[group].advance()
                guard index >= 0 else { continue }
                sum.add(step)
                parts[group].add(step, seconds: seconds)
            }
            guard index >= 0 else { continue }
            total.add(sum, seconds: seconds)
            if index.isMultiple(of: every) {
                steps.append(sum)
            } else if let last = steps.indices.last {
                // Of the steps that are left out a plot shows whether any was missing.
                steps[last].missing = max(steps[last].missing, sum.missing)
            }
        }
        let regions = zip(self.regions, parts).map { region, part in
            var summary = part
            let price = region.price ?? self.price
            summary.cost = price.map { $0.cost(ofParts: part.billed, perUnit: ScalingSummary.millisecondsPerHour) }
            return ScalingRun.Part(region: region, summary: summary)
        }
        total.longestRecoverySeconds = parts.map(\.longestRecoverySeconds).max() ?? 0
        let costs = regions.compactMap(\.summary.cost)
        total.cost = costs.count == regions.count ? costs.reduce(.zero, +) : nil
        return ScalingRun(
            policy: policy, stepSeconds: seconds * every, summary: total, regions: regions,
            steps: steps)
    }

    /// A group for each region, with its parts of what the policy has for the fleet.
    private func groups(_ policy: ScalingPolicy, days: Int) -> [GroupSimulation] {
        var fixed = self.regions.map(\.planned)
        if case .fixed(let given?) = policy { fixed = self.parts(given) }
        var schedules: [[ScheduledAction]]?
        if case .scheduled(let schedule?) = policy {
            let parts = schedule.map { self.parts($0.instances) }
            schedules = self.regions.indices.map { region in
                zip(schedule, parts).map { ScheduledAction(at: $0.at, instances: $1[region]) }
            }
        }
        let limits = self.limits
        // Once for all groups: each try of it takes a step for each server.
        let slowAbove = self.settings.queue?.usersWithinLimit?.value ?? .infinity
        return self.regions.indices.map { region in
            GroupSimulation(
                self, self.regions[region], policy, days: days,
                quota: GroupSimulation.Quota(
                    limits: limits[region], slowAbove: slowAbove, fixed: fixed[region],
                    schedule: schedules?[region]))
        }
    }
}

/// What a policy did.
public struct ScalingRun: Sendable, Equatable {
    /// The policy.
    public let policy: ScalingPolicy
    /// Seconds from one of `steps` to the next.
    public let stepSeconds: Int
    /// All regions together.
    public let summary: ScalingSummary
    /// Each region, in the order of the scenario.
    public let regions: [Part]
    /// All regions together, step by step; every n-th step where there are more than `ScalingLimit.recordedSteps`, with
    /// the most that were missing until the next.
    public let steps: [ScalingStep]

    /// A region's part.
    public struct Part: Sendable, Equatable {
        /// Which region.
        public let region: ScalingRegion
        /// What was there.
        public let summary: ScalingSummary
    }
}
