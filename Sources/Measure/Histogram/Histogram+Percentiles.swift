extension Histogram {
    /// The value at a percentile (0 to 100) by the definition of Java's HdrHistogram: the highest equivalent
    /// value of the first slot whose cumulative count reaches max(1, ceil(nextDown(p) · N / 100)); the lowest
    /// equivalent value for p = 0; 0 when empty.
    public func value(atPercentile percentile: Double) -> UInt64 {
        let slot = self.slot(ofRank: Self.rank(ofPercentile: percentile, of: self.totalCount))
        return slot.map { percentile <= 0 ? self.lowestValue(ofSlot: $0) : self.highestValue(ofSlot: $0) } ?? 0
    }

    /// The highest value of the slot that holds the value of a rank (the smallest has rank 1); 0 where there is none.
    func highestValue(atRank rank: UInt64) -> UInt64 { self.slot(ofRank: rank).map(self.highestValue) ?? 0 }

    private func slot(ofRank rank: UInt64) -> Int? {
        var seen: UInt64 = 0
        return self.usedSlots.first { slot in
            seen &+= self.count(atSlot: slot)
            return seen >= rank
        }
    }

    /// How many of the smallest values a percentile has to include: at least one, at most all of them.
    static func rank(ofPercentile percentile: Double, of total: UInt64) -> UInt64 {
        // Java subtracts one ulp first, so that a product that rounds up does not step into the next slot.
        let requested = min(percentile.nextDown, 100)
        let reached = (requested * Double(total) / 100).rounded(.up)
        // A NaN or negative percentile fails this comparison and means the first value.
        guard reached >= 1 else { return 1 }
        return reached < Double(total) ? UInt64(reached) : total
    }

    /// Number of samples beyond a percentile: `N · (1 - p/100)`.
    public func samplesBeyond(percentile: Double) -> Double {
        Double(self.totalCount) * (100 - percentile) / 100
    }

    /// A percentile is reported only with this many samples beyond it.
    public static let samplesNeededBeyond = 10.0

    /// The value at a percentile, or nil with fewer than `samplesNeededBeyond` samples beyond it.
    public func supportedValue(atPercentile percentile: Double) -> UInt64? {
        Self.supports(percentile, of: self.totalCount) ? self.value(atPercentile: percentile) : nil
    }

    /// Whether so many values have enough beyond a percentile.
    static func supports(_ percentile: Double, of total: UInt64) -> Bool {
        // 10,000 samples must count as ten beyond p99.9, whatever binary fractions give: `percentile` is off by up to
        // half an ulp of 100, which is 0.71e-16 of the samples.
        let slack = 1e-15 * Double(total)
        return Double(total) * (100 - percentile) / 100 + slack >= Self.samplesNeededBeyond
    }

    /// The mean, each value taken as the middle of its slot (Java's `getMean`); 0 when empty.
    public var mean: Double {
        if self.isEmpty { return 0 }
        var sum = 0.0
        for slot in self.usedSlots where self.count(atSlot: slot) != 0 {
            sum += Double(self.medianValue(ofSlot: slot)) * Double(self.count(atSlot: slot))
        }
        return sum / Double(self.totalCount)
    }

    /// The standard deviation of the population, each value taken as the middle of its slot (Java's
    /// `getStdDeviation`); 0 when empty.
    public var standardDeviation: Double {
        if self.isEmpty { return 0 }
        let mean = self.mean
        var sum = 0.0
        for slot in self.usedSlots where self.count(atSlot: slot) != 0 {
            let deviation = Double(self.medianValue(ofSlot: slot)) - mean
            sum += deviation * deviation * Double(self.count(atSlot: slot))
        }
        return (sum / Double(self.totalCount)).squareRoot()
    }

    /// The largest value as Java reports it: the highest of its slot, and of the first slot when empty. A log, and
    /// everything rebuilt from one, knows no more.
    public var maximumEquivalent: UInt64 {
        let last = self.usedSlots.reversed().first { self.count(atSlot: $0) != 0 }
        return self.highestValue(ofSlot: last ?? 0)
    }
}
