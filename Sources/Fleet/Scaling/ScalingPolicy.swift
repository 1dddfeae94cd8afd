import Units

/// When a group of instances grows and shrinks.
public enum ScalingPolicy: Sendable, Equatable {
    /// As many instances as the plan says, always; nil: those of its regions, or those needed at the peak of demand.
    case fixed(Int?)
    /// An oracle: exactly the instances that are needed with the reserve, launched just in time, and kept over a pause
    /// in which launching again would cost more. Nothing that has the same launch and drain times and always keeps that
    /// reserve costs less. It knows no minimum and no maximum.
    case perfect
    /// Simple scaling: one adjustment, and a cooldown after each activity. AWS advises against it.
    case simple(StepScaling)
    /// Step scaling.
    case step(StepScaling)
    /// Target tracking.
    case targetTracking(TargetTracking)
    /// Numbers of instances at times of the day; nil: the highest need of each hour on any day of the curve, with the
    /// reserve, as an operator would set it who looked at those days' peaks.
    case scheduled([ScheduledAction]?)
    /// Predictive scaling alone: it only ever adds instances.
    case predictive(PredictiveScaling)
    /// The larger of what a dynamic policy and a forecast want, as AWS combines policies.
    case combined(TargetTracking, PredictiveScaling)

    /// The kinds, by their names in a fleet file.
    public enum Kind: String, Sendable, CaseIterable {
        case fixed, perfect, simple, step, scheduled, predictive, combined
        case targetTracking = "target_tracking"
    }

    /// Which it is.
    public var kind: Kind {
        switch self {
        case .fixed: .fixed
        case .perfect: .perfect
        case .simple: .simple
        case .step: .step
        case .targetTracking: .targetTracking
        case .scheduled: .scheduled
        case .predictive: .predictive
        case .combined: .combined
        }
    }
}

/// A scheduled action: from a time of each day on, so many instances.
public struct ScheduledAction: Sendable, Equatable {
    /// In local time of the region.
    public var at: ClockTime
    /// For the whole fleet; each region has its share.
    public var instances: Int

    /// At a time, so many instances.
    public init(at: ClockTime, instances: Int) {
        self.at = at
        self.instances = instances
    }
}

/// A predictive scaling policy: at the beginning of each hour at least as many instances as a forecast of its load
/// needs.
///
/// Rules: "ec2-auto-scaling-predictive-scaling" (see `StepScaling`). AWS does not publish its model. This one is the
/// mean of the same hour over the earlier days, at most 14, the days that AWS uses; it needs one day, as AWS does. It
/// forecasts the demand that the load balancer sees, with the users that are refused.
public struct PredictiveScaling: Sendable, Equatable {
    /// The metric's target at the forecast load, as a share.
    public var target: Double = 0.5
    /// How long before the hour instances are launched (`SchedulingBufferTime`, 300 s by default in AWS's API).
    public var prelaunch: Duration = .seconds(300)
    /// How far the forecast may exceed the group's maximum, as a share of the forecast (`MaxCapacityBuffer`); nil: not
    /// at all, AWS's default. 0 is up to the forecast itself.
    public var aboveMaximum: Double?

    /// Days that a forecast looks back.
    public static let days = 14

    /// AWS's defaults.
    public init() {}
}

/// What an alarm looks at. Each is a share of what an instance can: of its CPU, or of the requests or connections that
/// it carries at its measured capacity.
public enum ScalingMetric: Sendable, Equatable {
    /// CPU utilisation (`ASGAverageCPUUtilization`), with the measured one at capacity. If an instance is full of
    /// connections at 3 % CPU, an alarm at 70 % never fires.
    case cpu(atCapacity: Double)
    /// Requests per target (`ALBRequestCountPerTarget`).
    case requests
    /// Connections per instance, a metric of one's own.
    case connections

    /// The kinds, by their names in a fleet file.
    public enum Kind: String, Sendable, CaseIterable {
        case cpu, requests, connections
    }

    /// Which it is.
    public var kind: Kind {
        switch self {
        case .cpu: .cpu
        case .requests: .requests
        case .connections: .connections
        }
    }

    /// The metric of an instance that serves as many users as it can within the objective.
    public var atCapacity: Double {
        if case .cpu(let share) = self { return share }
        return 1
    }
}
