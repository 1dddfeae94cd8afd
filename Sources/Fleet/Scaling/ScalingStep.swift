/// What was in one step of a simulation: of one group, or of all of them together.
public struct ScalingStep: Sendable, Equatable {
    /// Seconds from the beginning of the first counted day, UTC.
    public let second: Int
    /// Users that want service.
    public internal(set) var demand = Users.zero
    /// Users that have it.
    public internal(set) var served = Users.zero
    /// Users that are turned away.
    public internal(set) var refused = Users.zero
    /// Users that are served by instances with more of them than they hold within the objective.
    public internal(set) var late = Users.zero
    /// Users that the instances in service take within the objective.
    public internal(set) var capacity = Users.zero
    /// Users that an instance of the fullest group serves.
    public internal(set) var usersPerInstance = Users.zero
    /// Instances that demand needs within the objective.
    public internal(set) var needed = 0
    /// Instances that the policy wants.
    public internal(set) var desired = 0
    /// Instances that serve, with those that warm up.
    public internal(set) var inService = 0
    /// Launched and not yet in service.
    public internal(set) var booting = 0
    /// Removed and not yet gone: they serve their last users, and no new ones.
    public internal(set) var draining = 0
    /// Needed and not in service, summed over the groups.
    public internal(set) var missing = 0
    /// In service and not needed, summed over the groups.
    public internal(set) var idle = 0
    /// Some group was over its objective: more users than its measured capacity, or users were refused.
    public internal(set) var isOver = false
    /// Some group had users, and no instance, not even one that boots.
    var isDead = false
    /// The instances of some group answer more slowly than the limit of `ScalingSettings.queue`.
    var isSlow = false
    /// Some group had fewer instances than its users need with the reserve.
    var isBelowReserve = false
    /// Changes of the desired number.
    var activities = 0
    /// Instance-milliseconds that are billed.
    var billed = 0
    /// The metric times the instances in service.
    var metricSum = 0.0

    init(second: Int) { self.second = second }

    /// Demand as a share of the capacity in service; above 1 some group may be over its objective. Nil where nothing is
    /// in service.
    public var utilisation: Double? { self.capacity > .zero ? self.demand / self.capacity : nil }

    /// The mean of the metric over the instances in service; nil without one.
    public var metric: Double? { self.inService > 0 ? self.metricSum / Double(self.inService) : nil }

    /// Instance-hours that are billed in the step.
    public var instanceHours: InstanceHours {
        InstanceHours(Double(self.billed) / Double(ScalingSummary.millisecondsPerHour))
    }

    /// Adds a group's step at the same time.
    mutating func add(_ step: Self) {
        self.demand += step.demand
        self.served += step.served
        self.refused += step.refused
        self.late += step.late
        self.capacity += step.capacity
        self.usersPerInstance = max(self.usersPerInstance, step.usersPerInstance)
        self.needed += step.needed
        self.desired += step.desired
        self.inService += step.inService
        self.booting += step.booting
        self.draining += step.draining
        self.missing += step.missing
        self.idle += step.idle
        self.isOver = self.isOver || step.isOver
        self.isDead = self.isDead || step.isDead
        self.isSlow = self.isSlow || step.isSlow
        self.isBelowReserve = self.isBelowReserve || step.isBelowReserve
        self.activities += step.activities
        self.billed += step.billed
        self.metricSum += step.metricSum
    }
}
