extension Histogram {
    /// The value at a percentile (0 to 100) by the definition of Java's HdrHistogram: the highest equivalent
    /// value of the first slot whose cumulative count reaches max(1, ceil(nextDown(p) · N / 100)); the lowest
    /// equivalent value for p = 0; 0 when empty.
    public func value(atPercentile percentile: Double) -> UInt64 {
        if self.totalCount == 0 { return 0 }
        let requested = min(max(percentile, 0).nextDown, 100)
        let reached = (requested * Double(self.totalCount) / 100).rounded(.up)
        let wanted = max(1, UInt64(max(0, reached)))
        var seen: UInt64 = 0
        for slot in self.usedSlots {
            seen &+= self.count(atSlot: slot)
            if seen >= wanted {
                return percentile <= 0 ? self.lowestValue(ofSlot: slot) : self.highestValue(ofSlot: slot)
            }
        }
        return 0
    }

    /// How many samples lie beyond a percentile: `N · (1 - p/100)`.
    public func samplesBeyond(percentile: Double) -> Double {
        Double(self.totalCount) * (100 - percentile) / 100
    }

    /// A percentile is told only with this many samples beyond it.
    public static let samplesNeededBeyond = 10.0

    /// The value at a percentile, or nil with fewer than `samplesNeededBeyond` samples beyond it.
    public func supportedValue(atPercentile percentile: Double) -> UInt64? {
        // A billionth of slack: 1,000 samples do have ten beyond p99, whatever binary fractions say.
        self.samplesBeyond(percentile: percentile) + 1e-9 * Double(self.totalCount) >= Self.samplesNeededBeyond
            ? self.value(atPercentile: percentile) : nil
    }

    /// The mean, each value taken as the middle of its slot (Java's medianEquivalentValue); 0 when empty.
    public var mean: Double {
        if self.totalCount == 0 { return 0 }
        var sum = 0.0
        for slot in self.usedSlots where self.count(atSlot: slot) != 0 {
            sum += Double(self.medianValue(ofSlot: slot)) * Double(self.count(atSlot: slot))
        }
        return sum / Double(self.totalCount)
    }

    /// The middle of a slot: its lowest value plus half its width.
    public func medianValue(ofSlot slot: Int) -> UInt64 {
        let lowest = self.lowestValue(ofSlot: slot)
        return lowest + (self.highestValue(ofSlot: slot) - lowest + 1) / 2
    }
}
