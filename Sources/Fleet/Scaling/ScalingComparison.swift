import Units

/// All policies of a scenario on the same demand, with the static peak and perfect foresight beside them.
public struct ScalingComparison: Sendable, Equatable {
    /// What was simulated.
    public let scenario: ScalingScenario
    /// The static peak, the policies in the order of the settings, and perfect foresight.
    public let runs: [ScalingRun]
    /// Contradictions between policy and fleet that the runs show.
    public let cautions: [ScalingCaution]

    /// Simulates each policy of the settings, once.
    public init(_ scenario: ScalingScenario) {
        self.scenario = scenario
        self.runs = scenario.settings.kinds.map { scenario.run(scenario.settings.policy($0)) }
        self.cautions = ScalingCaution.all(scenario, self.runs)
    }

    /// The run of a policy; nil where it was not asked for.
    public func run(of kind: ScalingPolicy.Kind) -> ScalingRun? { self.runs.first { $0.policy.kind == kind } }

    /// A run's instance-hours as a share of those of the static peak, less one: -0.4 is 40 % less.
    public func againstStatic(_ run: ScalingRun) -> Double? {
        guard let fixed = self.run(of: .fixed), fixed.summary.instanceHours > .zero else { return nil }
        return run.summary.instanceHours / fixed.summary.instanceHours - 1
    }

    /// The share of the users' time that may be outside the objective: a second of a user's three hours. A policy that
    /// fails its users for longer does not hold the objective.
    public static let toleratedShare = 1e-4

    /// Whether a run held the objective: all but `toleratedShare` of the users' time.
    public func holds(_ run: ScalingRun) -> Bool { run.summary.failedShare <= Self.toleratedShare }

    /// Whether a policy keeps the reserve of the settings: it aims at no more users of an instance than `safety` gives,
    /// and its maximum has room for the peak with the reserve. Numbers that were given are held against the demand.
    public func keepsReserve(_ run: ScalingRun) -> Bool {
        let settings = self.scenario.settings
        let level = settings.safety * settings.metric.atCapacity + StepScaling.boundTolerance
        let hasRoom = self.scenario.shortOfReserve.isEmpty
        switch run.policy {
        case .perfect, .fixed(nil): return true
        case .scheduled(nil): return hasRoom
        case .fixed, .scheduled: return run.summary.secondsBelowReserve == 0
        case .simple(let steps), .step(let steps): return hasRoom && steps.firstAdded <= level
        case .targetTracking(let tracking), .combined(let tracking, _): return hasRoom && tracking.target <= level
        case .predictive(let forecast): return hasRoom && forecast.target <= level
        }
    }

    /// The run with the fewest instance-hours of those that held the objective and keep the reserve; nil without one.
    /// Perfect foresight cannot be had, and does not count.
    public var best: ScalingRun? {
        self.runs.filter { $0.policy.kind != .perfect && self.holds($0) && self.keepsReserve($0) }
            .min { $0.summary.instanceHours < $1.summary.instanceHours }
    }
}

extension ScalingScenario {
    /// The regions whose maximum is smaller than what `need` gives for their peak.
    private func short(_ need: (Users) -> Int) -> [ScalingRegion] {
        zip(self.regions, self.limits).compactMap { region, limits in
            limits.upperBound < need(self.peak(of: region)) ? region : nil
        }
    }

    /// The regions whose maximum is smaller than what their peak needs within the objective.
    var shortOfPeak: [ScalingRegion] { self.short { InstanceCount.roundedUp($0 / self.usersPerInstance) } }

    /// The regions whose maximum is smaller than what their peak needs with the reserve.
    var shortOfReserve: [ScalingRegion] { self.short { self.sized($0 * (1 - Zones.missing)) } }
}

/// A contradiction between a policy and the fleet, by name.
public enum ScalingCaution: Sendable, Equatable {
    /// The metric of an instance that refuses users is below the threshold: the alarm never fires (D2 of the document's
    /// audit).
    case neverScalesOut(ScalingPolicy.Kind, ScalingMetric.Kind, full: Double, threshold: Double)
    /// The minimum is no smaller than the average need with the reserve: there is little to scale in (D5).
    case minimumAboveAverage(minimum: Int, average: Double)
    /// The maximum is smaller than what the peaks of some regions need. `needed`: in all regions together.
    case maximumBelowPeak(maximum: Int, needed: Int, short: Int, regions: Int)
    /// The maximum is smaller than what the peaks of some regions need with the reserve.
    case maximumBelowReserve(maximum: Int, needed: Int, short: Int, regions: Int)

    /// An alarm whose steps all add nothing.
    case addsNothing(ScalingPolicy.Kind)
    /// Regions without any instance while there were users: no alarm has data then. `seconds`: of the worst region.
    case deadGroups(ScalingPolicy.Kind, dead: Int, regions: Int, seconds: Int)
    /// The queue of `scaling.service` serves fewer users than an instance is said to hold.
    case queueBelowCapacity(most: Users, capacity: Users)
    /// The simulated days have other users a day than the plan, by Little's law.
    case otherUsers(simulated: Users, planned: Users)

    static func all(_ scenario: ScalingScenario, _ runs: [ScalingRun]) -> [Self] {
        let settings = scenario.settings
        var cautions: [Self] = []
        let limit = settings.refusedAbove ?? scenario.usersPerInstance
        let full = settings.metric.atCapacity * (limit / scenario.usersPerInstance)
        for run in runs {
            let threshold: Double
            switch run.policy {
            case .simple(let steps), .step(let steps): threshold = steps.firstAdded
            case .targetTracking(let tracking), .combined(let tracking, _): threshold = tracking.target
            case .fixed, .perfect, .scheduled, .predictive: continue
            }
            if threshold == .infinity {
                cautions.append(.addsNothing(run.policy.kind))
                continue
            }
            if full < threshold - StepScaling.boundTolerance {
                cautions.append(
                    .neverScalesOut(run.policy.kind, settings.metric.kind, full: full, threshold: threshold))
            }
        }
        for run in runs where run.policy.kind != .fixed {
            // A region without any instance of the maximum is a caution of its own.
            let dead = zip(run.regions, scenario.limits).filter { $1.upperBound > 0 }
                .map(\.0.summary.secondsDead).filter { $0 > 0 }
            guard let most = dead.max() else { continue }
            cautions.append(
                .deadGroups(run.policy.kind, dead: dead.count, regions: run.regions.count, seconds: most))
        }
        if let most = settings.queue?.most, most < scenario.usersPerInstance {
            cautions.append(.queueBelowCapacity(most: most, capacity: scenario.usersPerInstance))
        }
        guard let summary = runs.first?.summary else { return cautions }
        if let visits = scenario.visits, visits.time > .zero {
            let simulated = summary.averageDemand * (.day / visits.time)
            if abs(simulated / visits.daily - 1) > Demand.contradictionTolerance {
                cautions.append(.otherUsers(simulated: simulated, planned: visits.daily))
            }
        }
        let average = summary.averageDemand / (scenario.usersPerInstance * settings.safety)
        if let minimum = settings.minimum, Double(minimum) >= average, minimum > 1 {
            cautions.append(.minimumAboveAverage(minimum: minimum, average: average))
        }
        let (regions, peak, reserve) = (
            scenario.regions.count, scenario.shortOfPeak.count, scenario.shortOfReserve.count
        )
        func needed(_ need: (Users) -> Int) -> Int {
            scenario.regions.reduce(0) { $0 + need(scenario.peak(of: $1)) }
        }
        if peak > 0 {
            let all = needed { InstanceCount.roundedUp($0 / scenario.usersPerInstance) }
            cautions.append(
                .maximumBelowPeak(maximum: settings.maximum, needed: all, short: peak, regions: regions))
        } else if reserve > 0 {
            cautions.append(
                .maximumBelowReserve(
                    maximum: settings.maximum, needed: needed(scenario.sized), short: reserve, regions: regions))
        }
        return cautions
    }
}
