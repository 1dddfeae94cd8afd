extension Histogram {
    /// Gives a histogram that was read from a log the exact minimum and maximum that were kept beside it. False, and
    /// nothing changes, where they do not lie in its outermost slots: then they belong to other values.
    public func restore(_ extremes: Extremes) -> Bool {
        guard !self.isEmpty, extremes.minimum <= extremes.maximum else { return false }
        let used = self.usedSlots
        let layout = self.layout
        // Values above the range are in the slot of the highest trackable value.
        let first = layout.index(of: min(extremes.minimum, self.highestTrackable))
        let last = layout.index(of: min(extremes.maximum, self.highestTrackable))
        guard first == used.lowerBound, last == used.upperBound - 1 else { return false }
        self.recorder.header.pointee.minimum = extremes.minimum
        self.recorder.header.pointee.maximum = extremes.maximum
        return true
    }
}
