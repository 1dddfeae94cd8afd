import Units

/// A simulation in numbers: what it cost, and what users noticed.
public struct ScalingSummary: Sendable, Equatable {
    /// Seconds that were counted.
    public private(set) var seconds = 0
    /// The cost of the instance-hours; nil without a price.
    public internal(set) var cost: Money?
    /// The most users at a time.
    public private(set) var peakDemand = Users.zero
    /// The most instances in service at a time.
    public private(set) var peakInstances = 0
    /// The fewest instances in service at a time.
    public private(set) var fewestInstances = Int.max
    /// The most users that an instance served at a time.
    public private(set) var mostUsersPerInstance = Users.zero
    /// The most users refused at a time.
    public private(set) var peakRefused = Users.zero
    /// Seconds in which some group had users, and no instance, not even one that boots.
    public private(set) var secondsDead = 0
    /// Seconds in which the estimated response time of some group was above the limit of `ScalingSettings.queue`.
    public private(set) var secondsSlow = 0
    /// Seconds in which some group had fewer instances than its users need with the reserve.
    private(set) var secondsBelowReserve = 0
    /// Seconds in which some group was over its objective.
    public private(set) var secondsOver = 0
    /// The longest time in a row over the objective; of a fleet that of its worst region.
    public internal(set) var longestRecoverySeconds = 0
    /// Changes of the desired number of instances.
    public private(set) var activities = 0

    /// Instance-milliseconds that are billed.
    private(set) var billed = 0
    private var demandSum = 0.0
    private var servedSum = 0.0
    private var refusedSum = 0.0
    private var lateSum = 0.0
    private var inServiceSum = 0
    private var neededSum = 0
    private var missingSum = 0
    private var idleSum = 0
    private var underShare = 0.0
    private var overShare = 0.0
    private var secondsUnder = 0
    private var secondsAbove = 0
    private var recovery = 0

    static let millisecondsPerHour = 3_600_000

    init() {}

    /// Whether it was over the objective to its end, so that the time until it recovers is not known.
    public var isOverAtEnd: Bool { self.recovery > 0 }

    /// Instance-hours that are billed: from `running` until the instance is gone, with the rest of its boot, its start,
    /// its health check and its drain. AWS bills at least a minute of each; that minute is not applied.
    public var instanceHours: InstanceHours { InstanceHours(Double(self.billed) / Double(Self.millisecondsPerHour)) }

    /// Instances in service, on average over the time.
    public var averageInstances: Double { Double(self.inServiceSum) / Double(max(self.seconds, 1)) }

    /// Users, on average over the time.
    public var averageDemand: Users { Users(self.demandSum / Double(max(self.seconds, 1))) }

    /// The users' time, in minutes, that was wanted: what was served and what was refused.
    public var demandUserMinutes: Double { self.demandSum / 60 }
    /// The users' time, in minutes, that was served.
    public var servedUserMinutes: Double { self.servedSum / 60 }
    /// The users' time, in minutes, that was refused.
    public var refusedUserMinutes: Double { self.refusedSum / 60 }

    /// The users' time, in minutes, that was served by instances with too many of them.
    public var lateUserMinutes: Double { self.lateSum / 60 }
    /// The share of the users' time that was refused.
    public var refusedShare: Double { self.demandSum > 0 ? self.refusedSum / self.demandSum : 0 }
    /// The share of the users' time that was outside the objective: refused, or served by instances with too many.
    public var failedShare: Double { self.demandSum > 0 ? (self.refusedSum + self.lateSum) / self.demandSum : 0 }

    /// The time that was counted.
    public var duration: Duration { .seconds(self.seconds) }

    /// What a day costs on average; nil without a price.
    public var costPerDay: Money? { self.cost?.times(86_400, over: Int128(max(self.seconds, 1))) }

    /// Under-provisioning accuracy: the mean over time of max(needed - in service, 0) / needed. 0 is best.
    ///
    /// The four measures are those of Herbst and others for SPEC RG (θ_U, θ_O, τ_U, τ_O), as they are commonly
    /// defined; the source could not be opened. For several groups numerators and denominators are sums over them.
    public var underAccuracy: Double { self.underShare / Double(max(self.seconds, 1)) }

    /// Over-provisioning accuracy: the mean over time of max(in service - needed, 0) / needed.
    public var overAccuracy: Double { self.overShare / Double(max(self.seconds, 1)) }

    /// Instance-time that was missing, as a share of what was needed: under-provisioning that quiet hours do not sway.
    public var shortShare: Double { Double(self.missingSum) / Double(max(self.neededSum, 1)) }
    /// Instance-time that was not needed, as a share of what was in service; the reserve is a part of it.
    public var idleShare: Double { Double(self.idleSum) / Double(max(self.inServiceSum, 1)) }

    /// The share of the time in which instances were missing.
    public var underTimeshare: Double { Double(self.secondsUnder) / Double(max(self.seconds, 1)) }

    /// The share of the time in which instances were idle.
    public var overTimeshare: Double { Double(self.secondsAbove) / Double(max(self.seconds, 1)) }

    /// Adds a step.
    mutating func add(_ step: ScalingStep, seconds: Int) {
        let time = Double(seconds)
        self.seconds += seconds
        self.peakDemand = max(self.peakDemand, step.demand)
        self.peakInstances = max(self.peakInstances, step.inService)
        self.fewestInstances = min(self.fewestInstances, step.inService)
        self.mostUsersPerInstance = max(self.mostUsersPerInstance, step.usersPerInstance)
        self.peakRefused = max(self.peakRefused, step.refused)
        self.activities += step.activities
        self.billed += step.billed
        self.demandSum += step.demand.value * time
        self.servedSum += step.served.value * time
        self.refusedSum += step.refused.value * time
        self.lateSum += step.late.value * time
        self.inServiceSum += step.inService * seconds
        self.neededSum += step.needed * seconds
        self.missingSum += step.missing * seconds
        self.idleSum += step.idle * seconds
        if step.needed > 0 {
            self.underShare += Double(step.missing) / Double(step.needed) * time
            self.overShare += Double(step.idle) / Double(step.needed) * time
        }
        if step.isDead { self.secondsDead += seconds }
        if step.isSlow { self.secondsSlow += seconds }
        if step.isBelowReserve { self.secondsBelowReserve += seconds }
        if step.missing > 0 { self.secondsUnder += seconds }
        if step.idle > 0 { self.secondsAbove += seconds }
        if step.isOver {
            self.secondsOver += seconds
            self.recovery += seconds
            self.longestRecoverySeconds = max(self.longestRecoverySeconds, self.recovery)
        } else {
            self.recovery = 0
        }
    }
}
