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

    /// The lowest level as it is printed: 0 for an empty window.
    public var lowestSeen: UInt64 { self.lowest == .max ? 0 : self.lowest }

    /// The same window of another worker: levels add up. The sum of the lowest levels can only be below the true lowest
    /// of the sum, and that of the highest only above; cap `highest` at what was asked for.
    public mutating func addWorker(_ other: Held) {
        self.lowest = self.lowest == .max ? other.lowest : self.lowest &+ other.lowestSeen
        self.highest &+= other.highest
        // Workers close an interval some microseconds apart. So means are added, and not areas of unequal lengths.
        let mean = self.mean + other.mean
        self.duration = max(self.duration, other.duration)
        self.area = mean * Double(self.duration)
    }

    /// Appends a later window of the same level.
    public mutating func append(_ later: Held) {
        self.lowest = min(self.lowest, later.lowest)
        self.highest = max(self.highest, later.highest)
        self.area += later.area
        self.duration &+= later.duration
    }
}
