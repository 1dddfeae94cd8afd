/// How many of something were held at once over a window: lowest, time-weighted mean, highest.
public struct Held: Sendable, Equatable {
    /// The fewest at once; `.max` in a window that saw nothing yet, see `lowestSeen`.
    public var lowest: UInt64
    /// The most at once.
    public var highest: UInt64
    /// Integral of the level over time, in level × nanoseconds.
    public var area: Double
    /// Length of the window in nanoseconds.
    public var duration: UInt64

    /// A window that saw nothing yet.
    public init() {
        self.lowest = .max
        self.highest = 0
        self.area = 0
        self.duration = 0
    }

    /// A window with known values.
    public init(lowest: UInt64, highest: UInt64, area: Double, duration: UInt64) {
        self.lowest = lowest
        self.highest = highest
        self.area = area
        self.duration = duration
    }

    /// Time-weighted mean; 0 for an empty window.
    public var mean: Double { self.duration == 0 ? 0 : self.area / Double(self.duration) }

    /// Lowest as it is printed: 0 for an empty window.
    public var lowestSeen: UInt64 { self.lowest == .max ? 0 : self.lowest }

    /// The same window seen by another worker: levels add up. The sum of lowests can only be lower than the
    /// true lowest of the sum, and that of highests only higher; `highest` is to be capped by what was asked.
    public mutating func addWorker(_ other: Held) {
        self.lowest = self.lowest == .max ? other.lowest : self.lowest &+ other.lowestSeen
        self.highest &+= other.highest
        // Workers close an interval some microseconds apart: means add up, not areas of unequal lengths.
        let mean = self.mean + other.mean
        self.duration = max(self.duration, other.duration)
        self.area = mean * Double(self.duration)
    }

    /// A later window of the same thing.
    public mutating func append(_ later: Held) {
        self.lowest = min(self.lowest, later.lowest)
        self.highest = max(self.highest, later.highest)
        self.area += later.area
        self.duration &+= later.duration
    }
}
