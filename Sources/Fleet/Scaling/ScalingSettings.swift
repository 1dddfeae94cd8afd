import Units

/// How groups scale: the policies to compare and the times of an instance. Every default names its source.
public struct ScalingSettings: Sendable, Equatable {
    /// The policies beside the static peak and perfect foresight.
    public var policies: [ScalingPolicy.Kind] = [
        .step, .targetTracking, .scheduled, .predictive, .combined,
    ]
    /// What the alarms look at; requests per target need no further measurement.
    public var metric = ScalingMetric.requests
    /// Step and simple scaling.
    public var step = StepScaling()
    /// Target tracking.
    public var targetTracking = TargetTracking()
    /// Predictive scaling.
    public var predictive = PredictiveScaling()
    /// Scheduled scaling; nil: the hourly need of the day before.
    public var schedule: [ScheduledAction]?
    /// Instances of the static policy, for the whole fleet; nil: those that the plan has in each region, or as many as
    /// the peak needs.
    public var fixed: Int?
    /// The share of its capacity up to which an instance is used by the policies that size themselves (static peak,
    /// schedule, forecast, tracking, perfect foresight): a plan's utilisation, and its zones that may fail. 1 without.
    public var safety = 1.0

    /// One data point of the metric: 1 minute with detailed monitoring, which AWS asks for; 5 minutes without.
    public var period: Duration = .seconds(60)
    /// From the launch until the instance runs, part of `boot`, and not billed: 16.5 s in each family that was tried
    /// (brevdev/ec2-coldboot-research).
    public var pending: Duration = .milliseconds(16_500)
    /// From the launch until the system is up: 25.8 s on average (same source).
    public var boot: Duration = .milliseconds(25_800)
    /// How long the application starts: there is no general number, so nothing unless it is given.
    public var appStart: Duration = .zero
    /// Until the first health check passes: at most the interval of an ALB, 30 s by default
    /// (awsdocs/elb-application-load-balancers-user-guide @8600c69).
    public var healthCheck: Duration = .seconds(30)
    /// How long an instance is left out of the metric, from the end of its boot: AWS's default cooldown where no
    /// warm-up is set.
    public var warmup: Duration = .seconds(300)
    /// The pause after an activity of simple scaling: AWS's default.
    public var cooldown: Duration = .seconds(300)
    /// How long an instance that is removed serves its last users, and is billed: an ALB's deregistration delay, 300 s
    /// by default (same guide).
    public var drain: Duration = .seconds(300)
    /// The fewest instances of the fleet; nil: one in each region.
    public var minimum: Int?
    /// The most instances of the fleet.
    public var maximum = ScalingLimit.instances
    /// Users per instance from which on it refuses more; nil: its capacity within the objective, as nothing is known of
    /// it beyond what was measured.
    public var refusedAbove: Users?
    /// Days that are simulated and counted.
    public var days = 1
    /// The length of a step: half a minute, so that a boot is not rounded up to minutes, and two steps are a data
    /// point.
    public var stepLength: Duration = .seconds(30)
    /// For an estimate of the response time; nil: none.
    public var queue: ServiceQueue?

    /// The defaults.
    public init() {}

    /// From the launch of an instance until it serves.
    public var launchTime: Duration { self.boot + self.appStart + self.healthCheck }

    /// The policy of a kind, with these settings.
    public func policy(_ kind: ScalingPolicy.Kind) -> ScalingPolicy {
        switch kind {
        case .fixed: .fixed(self.fixed)
        case .perfect: .perfect
        case .simple: .simple(self.step)
        case .step: .step(self.step)
        case .targetTracking: .targetTracking(self.targetTracking)
        case .scheduled: .scheduled(self.schedule)
        case .predictive: .predictive(self.predictive)
        case .combined: .combined(self.targetTracking, self.predictive)
        }
    }

    /// The kinds that are compared: the static peak, those of `policies`, and perfect foresight.
    public var kinds: [ScalingPolicy.Kind] {
        var kinds: [ScalingPolicy.Kind] = [.fixed]
        for kind in self.policies where !kinds.contains(kind) && kind != .perfect { kinds.append(kind) }
        return kinds + [.perfect]
    }

    /// Seconds of a step: a divisor of a minute.
    var stepSeconds: Int { Int(min(max(self.stepLength.seconds, 1), 60)) }
}

/// An instance as a queue, for an estimate of its response time at a number of users.
public struct ServiceQueue: Sendable, Equatable {
    /// Mean time that a server works on a request.
    public var serviceTime: Duration
    /// Requests that an instance works on at the same time.
    public var servers: Int
    /// Requests of a user.
    public var perUser: RequestRate
    /// Which response time: 0.99 for the 99th percentile.
    public var quantile: Double = 0.99
    /// The response time that it is not to exceed; nil: none.
    public var limit: Duration?

    /// A queue of `servers` that work `serviceTime` on each request of its users.
    public init(serviceTime: Duration, servers: Int, perUser: RequestRate) {
        self.serviceTime = serviceTime
        self.servers = servers
        self.perUser = perUser
    }

    /// The estimated response time with so many users on one instance; nil where the queue would grow without end.
    public func response(users: Users) -> Duration? {
        let queue = ErlangC(
            servers: self.servers, arrivalsPerSecond: self.perUser.perSecond * users.value,
            serviceSeconds: self.serviceTime.seconds)
        guard let seconds = queue?.response(quantile: self.quantile), seconds < Self.limitSeconds else { return nil }
        return .seconds(seconds)
    }

    /// The users at which it has as much work as servers: from them on the queue grows without end.
    public var most: Users { Users(Double(self.servers) / (self.serviceTime.seconds * self.perUser.perSecond)) }

    /// The most users at which the response time is within its limit; nil without a limit, 0 where not even one request
    /// alone is.
    var usersWithinLimit: Users? {
        guard let limit else { return nil }
        var (low, high) = (0.0, self.most.value)
        // The response time grows with the users. Bits of a double.
        for _ in 0..<64 {
            let middle = low + (high - low) / 2
            let isWithin = self.response(users: Users(middle)).map { $0 <= limit } ?? false
            if isWithin { low = middle } else { high = middle }
        }
        return Users(low)
    }

    /// A longer response time is none.
    private static let limitSeconds = 86_400.0
}
