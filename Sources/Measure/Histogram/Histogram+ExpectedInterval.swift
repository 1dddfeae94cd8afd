extension Histogram {
    /// A copy in which every value above `interval` stands for the requests that a closed loop did not make while
    /// it waited: v - i, v - 2i, … down to i are added, as Java's `copyCorrectedForCoordinatedOmission` does.
    ///
    /// A guess after the fact, for histograms that other tools recorded back to back. Never for a run of headroom: its
    /// response times count from the intended start already, and would hold the wait twice.
    ///
    /// Values are taken as the highest of their slot, as Java's are; but the largest, which is known, as itself: as
    /// if it had been corrected when it was recorded. Throws where more values would come out than a
    /// histogram counts. Cost: at most the slots of the histogram for each slot in use, whatever the interval.
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

    /// Records `value - interval`, `value - 2·interval`, … as long as they are at least `interval`, `count` times
    /// each: those that fall into one slot together.
    private func addMissing(below value: UInt64, every interval: UInt64, count: UInt64) {
        var missing = value - interval
        while missing >= interval {
            let lowest = self.lowestValue(ofSlot: self.layout.index(of: missing))
            // How many more steps stay in this slot and above the smallest value that is missing.
            let steps = (missing - max(lowest, interval)) / interval
            self.record(missing, count: count * (steps + 1))
            let last = missing - steps * interval
            if last - interval < interval { return self.noteMinimum(last) }
            missing = last - interval
        }
    }
}
