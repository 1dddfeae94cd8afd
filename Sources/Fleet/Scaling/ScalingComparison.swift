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
        var kinds: [ScalingPolicy.Kind] = [.fixed]
        for kind in scenario.settings.policies where !kinds.contains(kind) && kind != .perfect { kinds.append(kind) }
        self.runs = (kinds + [.perfect]).map { scenario.run(scenario.settings.policy($0)) }
        self.cautions = ScalingCaution.all(scenario, self.runs)
    }

    /// The run of a policy; nil where it was not asked for.
    public func run(of kind: ScalingPolicy.Kind) -> ScalingRun? { self.runs.first { $0.policy.kind == kind } }

    /// A run's instance-hours as a share of those of the static peak, less one: -0.4 is 40 % less.
    public func againstStatic(_ run: ScalingRun) -> Double? {
        guard let fixed = self.run(of: .fixed), fixed.summary.instanceHours > .zero else { return nil }
        return run.summary.instanceHours / fixed.summary.instanceHours - 1
    }

    /// The run with the fewest instance-hours of those that were never over the objective; nil without one. Perfect
    /// foresight cannot be had, and does not count.
    public var best: ScalingRun? {
        self.runs.filter { $0.policy.kind != .perfect && $0.summary.secondsOver == 0 }
            .min { $0.summary.instanceHours < $1.summary.instanceHours }
    }
}

/// A contradiction between a policy and the fleet, by name.
public enum ScalingCaution: Sendable, Equatable {
    /// The metric of an instance that refuses users is below the threshold: the alarm never fires (D2 of the document's
    /// audit).
    case neverScalesOut(ScalingPolicy.Kind, ScalingMetric.Kind, full: Double, threshold: Double)
    /// The minimum is no smaller than the average need: there is little to scale in (D5).
    case minimumAboveAverage(minimum: Int, average: Double)
    /// The maximum is smaller than what the peak needs.
    case maximumBelowPeak(maximum: Int, needed: Int)

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
            if full < threshold - StepScaling.boundTolerance {
                cautions.append(
                    .neverScalesOut(run.policy.kind, settings.metric.kind, full: full, threshold: threshold))
            }
        }
        guard let summary = runs.first?.summary else { return cautions }
        let average = summary.averageDemand / scenario.usersPerInstance
        if Double(settings.minimum) >= average, settings.minimum > 1 {
            cautions.append(.minimumAboveAverage(minimum: settings.minimum, average: average))
        }
        let needed = InstanceCount.roundedUp(summary.peakDemand / scenario.usersPerInstance)
        if settings.maximum < needed { cautions.append(.maximumBelowPeak(maximum: settings.maximum, needed: needed)) }
        return cautions
    }
}
