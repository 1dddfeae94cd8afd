/// The smallest and the largest value of a histogram, exactly as recorded. A log knows only their slots.
public struct Extremes: Sendable, Equatable {
    /// The smallest value.
    public var minimum: UInt64
    /// The largest value.
    public var maximum: UInt64

    /// Known values.
    public init(minimum: UInt64, maximum: UInt64) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The extremes of a histogram; nil where it is empty.
    public init?(of histogram: Histogram) {
        if histogram.isEmpty { return nil }
        self.init(minimum: histogram.minimum, maximum: histogram.maximum)
    }

    /// The extremes of both together.
    public func union(_ other: Extremes) -> Extremes {
        Extremes(minimum: min(self.minimum, other.minimum), maximum: max(self.maximum, other.maximum))
    }
}

/// What one interval adds to the figures of the hold. Together with the log it is enough to rebuild them.
public struct HoldInterval: Sendable, Equatable {
    /// Counts of requests due inside the hold.
    public var counters = Counters()
    /// How much of the interval lay inside the hold, in nanoseconds.
    public var duration: UInt64 = 0
    /// What was held, in intervals that count for it; fresh (`Held()`) in others.
    public var usersHeld = Held()
    public var connectionsHeld = Held()
    /// By `Metric.rawValue`, for successful and for failed ones; nil where there was none.
    public var succeeded = [Extremes?](repeating: nil, count: Metric.count)
    public var failed = [Extremes?](repeating: nil, count: Metric.count)
    /// In the order of `Metric.bounded`, for what has not ended.
    public var unended = [Extremes?](repeating: nil, count: Metric.bounded.count)

    /// An empty interval.
    public init() {}

    /// The counts and extremes of a window.
    public init(of window: Window) {
        self.counters = window.counters
        self.succeeded = window.succeeded.map { Extremes(of: $0) }
        self.failed = window.failed.map { Extremes(of: $0) }
        self.unended = window.bounds.map { Extremes(of: $0.unended) }
    }

    /// Appends a later interval of the same run, or adds one of another run.
    public mutating func append(_ later: HoldInterval) {
        self.counters.add(later.counters)
        self.duration &+= later.duration
        self.usersHeld.append(later.usersHeld)
        self.connectionsHeld.append(later.connectionsHeld)
        for index in 0..<Metric.count {
            self.succeeded[index] = Self.union(self.succeeded[index], later.succeeded[index])
            self.failed[index] = Self.union(self.failed[index], later.failed[index])
        }
        for index in Metric.bounded.indices {
            self.unended[index] = Self.union(self.unended[index], later.unended[index])
        }
    }

    private static func union(_ one: Extremes?, _ other: Extremes?) -> Extremes? {
        guard let one, let other else { return one ?? other }
        return one.union(other)
    }
}
