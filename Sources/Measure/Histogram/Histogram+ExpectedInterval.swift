extension Histogram {
    /// A copy in which every value above `interval` stands for the requests that a closed loop did not make while
    /// it waited: v - i, v - 2i, … down to i are added, as Java's `copyCorrectedForCoordinatedOmission` does.
    ///
    /// It is a guess after the fact, for histograms that other tools recorded back to back. Never use it for a run of
    /// headroom: its response times start at the intended start already, and would contain the wait twice.
    ///
    /// Values count as the highest of their slot, as in Java. Only the largest, which is known, counts as itself, as if
    /// it had been corrected when it was recorded. Throws where the result would have more values than a histogram can
    /// count. Cost: at most the slots of the histogram for each slot in use, whatever the interval.
    public func addingExpectedInterval(_ interval: UInt64) throws(HistogramMergeFault) -> Histogram {
        let corrected = Histogram(shape: self.shape)
        corrected.addCounts(of: self)
        guard interval > 0 else { return corrected }
        var total = self.totalCount
        for slot in self.usedSlots where self.count(atSlot: slot) != 0 {
            let value = min(self.highestValue(ofSlot: slot), self.maximum)
            let count = self.count(atSlot: slot)
            guard value / interval > 1 else { continue }
            let (added, carried) = (value / interval - 1).multipliedReportingOverflow(by: count)
            guard !carried, added <= Self.highestTotal, total + added <= Self.highestTotal else {
                throw .tooManyValues
            }
            total += added
            corrected.addMissing(below: value, every: interval, count: count)
        }
        return corrected
    }

    /// Records `value - interval`, `value - 2·interval`, … as long as they are at least `interval`, `count` times each.
    /// Those in one slot are recorded together.
    private func addMissing(below value: UInt64, every interval: UInt64, count: UInt64) {
        var missing = value - interval
        while missing >= interval {
            let lowest = self.lowestValue(ofSlot: self.layout.index(of: missing))
            // How many more steps stay in this slot and above the smallest missing value.
            let steps = (missing - max(lowest, interval)) / interval
            self.record(missing, count: count * (steps + 1))
            let last = missing - steps * interval
            if last - interval < interval { return self.noteMinimum(last) }
            missing = last - interval
        }
    }
}
