import Units

/// A step scaling policy: two alarms, and how much to add or to remove by how far the metric is beyond the threshold.
///
/// Rules: "as-scaling-simple-step" of awsdocs/amazon-ec2-auto-scaling-user-guide at 5f2b71d (2023-05-19).
public struct StepScaling: Sendable, Equatable {
    /// What an adjustment counts.
    public enum AdjustmentType: String, Sendable, CaseIterable {
        /// Percent of the current capacity (`PercentChangeInCapacity`).
        case percent
        /// Instances to add or to remove (`ChangeInCapacity`).
        case instances
    }

    /// What to do where the metric lies in a range.
    public struct Adjustment: Sendable, Equatable {
        /// Where the range begins, in the metric's unit above the alarm's threshold; nil: no end on that side. The
        /// bound that is nearer to the threshold belongs to the range, the other one does not.
        public var lower: Double?
        /// Where it ends.
        public var upper: Double?
        /// Percent or instances; negative to remove.
        public var amount: Double

        /// An adjustment for a range; without bounds for all of it.
        public init(from lower: Double? = nil, to upper: Double? = nil, _ amount: Double) {
            self.lower = lower
            self.upper = upper
            self.amount = amount
        }
    }

    /// One of the two policies with its alarm.
    public struct Side: Sendable, Equatable {
        /// The alarm's threshold, as a share: 0.7. The metric breaches it at this value and beyond.
        public var threshold: Double
        /// How many periods in a row must breach it.
        public var periods: Int
        /// At most 20 (AWS's quota), in order, without gaps.
        public var adjustments: [Adjustment]

        /// An alarm and its adjustments.
        public init(at threshold: Double, periods: Int, _ adjustments: [Adjustment]) {
            self.threshold = threshold
            self.periods = periods
            self.adjustments = adjustments
        }
    }

    /// Scales out.
    public var out = Side(at: 0.7, periods: 3, [Adjustment(10)])
    /// Scales in.
    public var `in` = Side(at: 0.3, periods: 15, [Adjustment(-10)])
    /// What the amounts count.
    public var type = AdjustmentType.percent
    /// The fewest instances that a percentage adds or removes (`MinAdjustmentMagnitude`); 0 where it is not set.
    public var minimumMagnitude = 0

    /// Most adjustments of a side: AWS's quota of step adjustments.
    public static let adjustmentsLimit = 20

    /// The document's thresholds, 70 % and 30 %. It gives no amounts and no periods: 10 % is the smallest step of AWS's
    /// worked example, and 3 and 15 periods are those of the alarms that target tracking creates (seen in
    /// public labs, not in AWS's text).
    public init() {}

    /// The number of instances to have when the alarm of a side has fired with this metric. `current`: those that have
    /// warmed up; when it removes, with those that still terminate. `desired` counts those that warm up, too, so that
    /// an alarm that goes on does not add the same instances twice.
    public func desired(isOut: Bool, metric: Double, current: Int, desired: Int) -> Int {
        let side = isOut ? self.out : self.in
        guard let amount = Self.amount(of: side, isOut: isOut, metric: metric) else { return desired }
        let target: Int
        switch self.type {
        case .instances: target = current + Self.whole(amount)
        case .percent:
            let change = Self.rounded(amount / 100 * Double(current))
            // The minimum magnitude goes in the direction of the change; no change stays none.
            let least = amount == 0 ? 0 : max(abs(change), self.minimumMagnitude)
            target = current + (amount < 0 ? -least : least)
        }
        return isOut ? max(desired, target) : min(desired, target)
    }

    /// The metric from which on it adds instances: adjustments of 0 next to the threshold add none. Infinite where none
    /// adds any.
    var firstAdded: Double {
        let bounds = self.out.adjustments.filter { $0.amount != 0 }.map { $0.lower ?? 0 }
        return self.out.threshold + (bounds.min() ?? .infinity)
    }

    /// The metric from which down it removes instances; -infinite where none does.
    var firstRemoved: Double {
        let bounds = self.in.adjustments.filter { $0.amount != 0 }.map { $0.upper ?? 0 }
        return self.in.threshold + (bounds.max() ?? -.infinity)
    }

    /// The adjustment of the range that holds the metric.
    private static func amount(of side: Side, isOut: Bool, metric: Double) -> Double? {
        // 70 % of a double is not always 10 % above 60 %: values this close to a bound are on it.
        let beyond = metric - side.threshold
        return side.adjustments.first { adjustment in
            let lower = adjustment.lower ?? -.infinity
            let upper = adjustment.upper ?? .infinity
            return isOut
                ? beyond >= lower - Self.boundTolerance && beyond < upper - Self.boundTolerance
                : beyond > lower + Self.boundTolerance && beyond <= upper + Self.boundTolerance
        }?.amount
    }

    /// Far below any difference of two metrics, and above the error of their arithmetic.
    static let boundTolerance = 1e-9

    /// AWS's rounding of a percentage: beyond 1 toward 0, between 0 and 1 to 1, and likewise below 0. A number that
    /// misses a whole one by the error of its own arithmetic is that number.
    public static func rounded(_ change: Double) -> Int {
        let nearest = change.rounded()
        let value = abs(change - nearest) <= Self.boundTolerance ? nearest : change
        if value == 0 { return 0 }
        if abs(value) < 1 { return value < 0 ? -1 : 1 }
        return Self.whole(value)
    }

    /// Toward 0, within the limit of instances.
    private static func whole(_ value: Double) -> Int {
        let limit = Double(ScalingLimit.instances)
        return Int(min(max(value.isNaN ? 0 : value, -limit), limit))
    }
}

/// A target tracking policy: as many instances as keep the metric at a target.
///
/// Rules: "as-scaling-target-tracking" (see `StepScaling`). AWS does not publish its alarms; they are known from
/// public labs.
public struct TargetTracking: Sendable, Equatable {
    /// The metric's target, as a share: 0.5.
    public var target: Double = 0.5
    /// Periods in a row above the target before it adds instances.
    public var outPeriods = 3
    /// Periods in a row below `lowShare` of the target before it removes some.
    public var inPeriods = 15
    /// The low alarm's threshold as a share of the target: 0.7 in four public labs, 0.9 in others.
    public var lowShare: Double = 0.7

    /// 50 % is the target in AWS's own example of the rounding; 3 periods above it, 15 below 0.7 of it.
    public init() {}

    /// As many instances as `current` ones at this metric need for the target, rounded up: 1.5 more are 2, and 1.5
    /// fewer are 1 fewer. It never goes against the alarm: out only adds, in only removes.
    public func desired(isOut: Bool, metric: Double, current: Int, desired: Int) -> Int {
        let needed = InstanceCount.roundedUp(Double(current) * metric / self.target)
        return isOut ? max(desired, needed) : min(desired, needed)
    }
}

/// Whole instances of a computed number.
enum InstanceCount {
    /// Rounded up as `Instances.roundedUp`, 0 for NaN, and within the limit.
    static func roundedUp(_ value: Double) -> Int {
        guard value > 0 else { return 0 }
        return Int(min(Instances(value).roundedUp.value, Double(ScalingLimit.instances)))
    }
}

/// Limits of a simulation.
public enum ScalingLimit {
    /// Most instances of a fleet: 800 times those of the document, and its instance-milliseconds of a year fit 64 bits.
    public static let instances = 10_000_000
    /// The same in words.
    static let instancesText = "\(Quantity.count(UInt64(Self.instances))) instances"
    /// Most days of a simulation.
    public static let days = 366
    /// Most regions: AWS has fewer than 40.
    public static let regions = 100
    /// Most scheduled actions: AWS's quota of a group.
    public static let actions = 125
    /// The longest boot, start, check, warm-up, cooldown or drain; AWS allows an hour for the last ones.
    public static let time = Duration.seconds(3_600)
    /// Most steps that are kept for output; of a longer simulation every second one is, or every third, and so on.
    public static let recordedSteps = 100_000
    /// Most steps of all regions under all policies: a release build does about 15 million in a second.
    public static let work = 200_000_000
}
