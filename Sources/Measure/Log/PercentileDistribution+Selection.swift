extension Histogram {
    /// The rows of a distribution at chosen percentiles (0 to 100), in the order given; none when empty.
    public func steps(atPercentiles percentiles: [Double]) -> [PercentileStep] {
        if self.isEmpty { return [] }
        return percentiles.map { percentile in
            let value = self.value(atPercentile: percentile)
            // A value above the range is in the slot of the highest trackable one.
            let last = self.layout.index(of: min(value, self.layout.highestWithSlot))
            var seen: UInt64 = 0
            for slot in self.usedSlots where slot <= last { seen &+= self.count(atSlot: slot) }
            return PercentileStep(value: value, percentile: percentile / 100, totalCount: seen)
        }
    }
}

extension PercentileDistribution {
    /// The CSV form with rows at chosen percentiles only.
    public static func csv(
        of histogram: Histogram, unit: Double, percentiles: [Double]
    ) -> [UInt8] {
        self.csv(
            rows: histogram.steps(atPercentiles: percentiles), decimals: histogram.significantDigits,
            unit: unit)
    }
}
