extension Histogram {
    /// Subtracts an amount from every value, taken as the lowest of its slot; smaller values become 0.
    public func lower(by amount: UInt64) {
        if amount == 0 || self.isEmpty { return }
        let counts = self.usedSlots.compactMap { slot in
            let count = self.count(atSlot: slot)
            return count == 0 ? nil : (value: self.lowestValue(ofSlot: slot), count: count)
        }
        self.reset()
        for (value, count) in counts { self.record(value - min(value, amount), count: count) }
    }
}
