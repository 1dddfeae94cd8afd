/// How long a metric takes at least without the generator: times without all that may be the generator's part, request
/// by request, of all requests or of a sample.
public struct LowerBound {
    private let histogram: Histogram
    /// Number of requests that the bound is about.
    private let population: UInt64

    /// If less than this part of all was looked at, it also counts as a sample.
    static let wholeShare = 0.9
    /// By chance a sample has fewer or more values beyond a percentile than all values have. The margin is this many
    /// standard errors.
    static let standardErrors = 3.0

    /// A bound from values of a sample of at most so many requests; nil where there are none.
    public init?(of histogram: Histogram, population: UInt64) {
        if histogram.isEmpty { return nil }
        self.histogram = histogram
        self.population = max(population, histogram.totalCount)
    }

    /// Number of values behind it.
    public var count: UInt64 { self.histogram.totalCount }

    private var isWhole: Bool { Double(self.count) >= Self.wholeShare * Double(self.population) }

    /// A lower bound for a percentile (0 to 100); nil with fewer than `Histogram.samplesNeededBeyond` values beyond it.
    public func value(atPercentile percentile: Double) -> UInt64? { self.value { _ in (100 - percentile) / 100 } }

    /// The same. Where too few values lie beyond the percentile, it takes the highest percentile below it with enough
    /// values beyond: no percentile is smaller than one below it.
    public func least(atPercentile percentile: Double) -> UInt64? {
        self.value { max((100 - percentile) / 100, Histogram.samplesNeededBeyond / $0) }
    }

    /// The larger of two bounds. Certain: values that were not looked at count as if they had taken no time. Likely:
    /// those looked at are a sample of all. `share`: the part of so many values that lies beyond.
    private func value(share: (Double) -> Double) -> UInt64? {
        let (all, looked) = (Double(self.population), Double(self.count))
        let certain = self.value(beyond: share(all), of: all, errors: 0)
        let likely = self.isWhole ? nil : self.value(beyond: share(looked), of: looked, errors: Self.standardErrors)
        return [certain, likely].compactMap { $0 }.max()
    }

    private func value(beyond share: Double, of population: Double, errors: Double) -> UInt64? {
        let expected = population * share
        // Ten of a thousand must count as ten, whatever binary fractions give.
        guard expected + 1e-15 * population >= Histogram.samplesNeededBeyond, share < 1 else { return nil }
        let margin = errors * (expected * (1 - share)).squareRoot()
        // The percentile is the smallest value that no more than `expected` values exceed. So together with it there
        // are more.
        let needed = UInt64(((expected + margin) * (1 + 1e-12)).rounded(.down)) + 1
        guard needed <= self.count else { return nil }
        return self.histogram.lowestValue(fromTop: needed)
    }

    /// A lower bound for every value. Nil where neither all values were looked at nor `Histogram.samplesNeededBeyond`
    /// of them. A sample that lies on one side of a limit as a whole leaves few of the other values on the other side.
    public var minimum: UInt64? {
        let needed = min(Double(self.population), Histogram.samplesNeededBeyond)
        return Double(self.count) < needed ? nil : self.histogram.value(atPercentile: 0)
    }

    /// A lower bound for the largest value.
    public var maximum: UInt64 { self.histogram.lowestValue(fromTop: 1) }

    /// A lower bound for the mean; nil where only a sample was looked at.
    public var mean: Double? {
        guard self.isWhole else { return nil }
        let sum = self.histogram.usedSlots.reduce(0.0) {
            $0 + Double(self.histogram.lowestValue(ofSlot: $1)) * Double(self.histogram.count(atSlot: $1))
        }
        return sum / Double(self.population)
    }
}

extension Histogram {
    /// The lowest value of the slot that holds the value of a rank, counted from the largest value, which has rank 1.
    fileprivate func lowestValue(fromTop rank: UInt64) -> UInt64 {
        var seen: UInt64 = 0
        for slot in self.usedSlots.reversed() {
            seen &+= self.count(atSlot: slot)
            if seen >= rank { return self.lowestValue(ofSlot: slot) }
        }
        return 0
    }
}
