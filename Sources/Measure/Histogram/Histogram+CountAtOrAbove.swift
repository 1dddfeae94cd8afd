extension Histogram {
    /// How many values reach a limit. A value counts by the highest value of its slot, as for percentiles: a percentile
    /// below the limit has fewer values beyond it than the percentile leaves.
    public func countAtOrAbove(_ limit: UInt64) -> UInt64 {
        if self.isEmpty { return 0 }
        var count: UInt64 = 0
        for slot in self.usedSlots.reversed() {
            if self.highestValue(ofSlot: slot) < limit { break }
            count &+= self.count(atSlot: slot)
        }
        return count
    }
}
