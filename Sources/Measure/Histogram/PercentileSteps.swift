/// One row of a percentile distribution.
public struct PercentileStep: Sendable, Equatable {
    /// The highest equivalent value of the slot that reached the level.
    public var value: UInt64
    /// The level, 0 to 1. The share of samples up to `value` is at least this.
    public var percentile: Double
    /// Samples up to and including `value`.
    public var totalCount: UInt64

    /// A row of given values.
    public init(value: UInt64, percentile: Double, totalCount: UInt64) {
        self.value = value
        self.percentile = percentile
        self.totalCount = totalCount
    }

    /// Whether this is the last row, 100 %.
    public var isLast: Bool { self.percentile == 1 }
    /// `1 / (1 - percentile)`: one in how many samples lies beyond. Infinite on the last row.
    public var inverse: Double { 1 / (1 - self.percentile) }
}

/// The percentile distribution of a histogram, in the steps of Java's `percentiles(ticksPerHalfDistance)`. The level
/// rises by a fixed share of the remaining half distance to 100 %, so each halving of the rest takes the same number of
/// rows. There is a row only where a slot with samples reached its level, and a last one for 100 %.
///
/// Allocates nothing. It reads the histogram as it goes, so nothing may be recorded meanwhile. Empty for an empty
/// histogram. It makes at most `mostHalvings` halvings: nearer to 100 % a Double has no levels left.
public struct PercentileSteps: Sequence, IteratorProtocol {
    private let histogram: Histogram
    private let total: UInt64
    private let ticksPerHalfDistance: Double
    private var slots: Range<Int>.Iterator
    private var slotCount: UInt64 = 0
    private var value: UInt64 = 0
    private var seen: UInt64 = 0
    private var level = 0.0
    /// There may be more levels below 100 %.
    private var hasLevels = true
    private var finished = false

    /// The default of HistogramLogProcessor.
    public static let defaultTicks = 5
    /// With more ticks a step would be below the resolution of a Double near 100 %.
    public static let ticksAllowed = 1...100
    /// Levels end here: `100 - level` is then a few ulps of 100.
    static let mostHalvings = 44

    init(histogram: Histogram, ticksPerHalfDistance: Int) {
        precondition(Self.ticksAllowed.contains(ticksPerHalfDistance), "1 to 100 ticks")
        self.histogram = histogram
        self.ticksPerHalfDistance = Double(ticksPerHalfDistance)
        self.slots = histogram.usedSlots.makeIterator()
        self.total = histogram.totalCount
        self.finished = histogram.isEmpty
    }

    /// The next row.
    public mutating func next() -> PercentileStep? {
        if self.finished { return nil }
        // As in Java: a row may have a level below 100 % when it reaches all samples; none after it does.
        while self.hasLevels {
            if self.slotCount != 0, 100 * Double(self.seen) / Double(self.total) >= self.level {
                let step = PercentileStep(
                    value: self.value, percentile: self.level / 100, totalCount: self.seen)
                self.hasLevels = self.raiseLevel() && self.seen < self.total
                return step
            }
            guard let slot = self.slots.next() else { break }
            self.slotCount = self.histogram.count(atSlot: slot)
            self.value = self.histogram.highestValue(ofSlot: slot)
            self.seen &+= self.slotCount
        }
        self.finished = true
        return PercentileStep(value: self.histogram.maximumEquivalent, percentile: 1, totalCount: self.total)
    }

    /// Moves the level by one tick; false where no level is left below 100 %.
    private mutating func raiseLevel() -> Bool {
        // The exponent is floor(log2(x)). It is exact; Java's quotient of logarithms happens to be.
        let halvings = Int((100 / (100 - self.level)).exponent) + 1
        guard halvings <= Self.mostHalvings else { return false }
        let ticks = self.ticksPerHalfDistance * Double(UInt64(1) << UInt64(halvings))
        self.level += 100 / ticks
        return true
    }
}

extension Histogram {
    /// The percentile distribution in steps. Cost of a walk: the used slots.
    public func percentiles(ticksPerHalfDistance: Int = PercentileSteps.defaultTicks) -> PercentileSteps {
        PercentileSteps(histogram: self, ticksPerHalfDistance: ticksPerHalfDistance)
    }
}
