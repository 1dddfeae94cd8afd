/// An HDR histogram: counts of values with a bounded relative error, in memory of a fixed size.
///
/// Buckets as in HdrHistogram (Gil Tene, http://hdrhistogram.org; Java's class is the reference): with d digits
/// a value is known to within 10^-d of itself, and values below 2·10^d units are exact. Unit: whatever is
/// recorded; here nanoseconds from 1.
///
/// The object owns the memory; `recorder` is the writing end for the hot path. One thread at a time uses both.
public final class Histogram {
    /// Significant decimal digits, 0 to 5.
    public let significantDigits: Int
    /// The smallest difference that it resolves, 1 here; logs of other tools have larger ones.
    public let lowestDiscernible: UInt64
    /// The largest value that is recorded as itself; larger ones count as this one and in `overflowCount`.
    public let highestTrackable: UInt64
    /// The writing end.
    public let recorder: HistogramRecorder

    /// The default range: 1 ns to 24 h.
    public static let defaultHighest: UInt64 = 86_400_000_000_000
    /// The most values one histogram can count: what the interchange formats hold.
    public static let highestTotal = UInt64(Int64.max)

    /// An empty histogram of the default unit, 1. Cost: `8 × slots` bytes of address space, touched only where
    /// values land.
    public convenience init(significantDigits: Int = 3, highestTrackable: UInt64 = Histogram.defaultHighest) {
        guard
            let histogram = HistogramShape(
                lowestDiscernible: 1, highestTrackable: highestTrackable, significantDigits: significantDigits
            )
        else { preconditionFailure("0 to 5 significant digits and a range of 2 to Int64.max") }
        self.init(shape: histogram)
    }

    /// An empty histogram of a known shape.
    public init(shape: HistogramShape) {
        self.significantDigits = shape.significantDigits
        self.lowestDiscernible = shape.lowestDiscernible
        self.highestTrackable = shape.highestTrackable
        self.recorder = HistogramRecorder(layout: shape.layout, highestTrackable: shape.highestTrackable)
    }

    deinit { self.recorder.deallocate() }

    /// Unit, range and digits; histograms of equal shape can be added.
    public var shape: HistogramShape {
        HistogramShape(
            lowestDiscernible: self.lowestDiscernible, highestTrackable: self.highestTrackable,
            significantDigits: self.significantDigits, layout: self.recorder.layout)
    }
    /// The arithmetic of its slots.
    public var layout: HistogramLayout { self.recorder.layout }
    /// Whether nothing was recorded: the bounds are still crossed.
    public var isEmpty: Bool { self.recorder.header.pointee.minimum > self.recorder.header.pointee.maximum }
    /// Values recorded, overflowing ones included. Cost: adds up the used slots.
    public var totalCount: UInt64 {
        var sum: UInt64 = 0
        for slot in self.usedSlots { sum &+= self.recorder.counts[slot] }
        return sum
    }
    /// Values above `highestTrackable`; they are in the last bucket.
    public var overflowCount: UInt64 { self.recorder.header.pointee.overflow }
    /// The smallest value recorded, exact; 0 when empty. One read from a log is the lowest of its slot.
    public var minimum: UInt64 { self.isEmpty ? 0 : self.recorder.header.pointee.minimum }
    /// The largest value recorded, exact; 0 when empty. One read from a log is the highest of its slot.
    public var maximum: UInt64 { self.recorder.header.pointee.maximum }
    /// Slots of the counts array.
    public var slotCount: Int { self.recorder.layout.slotCount }
    /// The range of slots outside which all are zero; empty when nothing was recorded.
    public var usedSlots: Range<Int> {
        if self.isEmpty { return 0..<0 }
        let layout = self.recorder.layout
        // Recorded values stop at highestTrackable; values read from a log only at the end of the array.
        let last = layout.index(of: min(self.maximum, layout.highestWithSlot))
        return layout.index(of: min(self.minimum, self.highestTrackable))..<(last + 1)
    }
    /// The count of one slot.
    public func count(atSlot slot: Int) -> UInt64 {
        precondition(slot >= 0 && slot < self.slotCount, "slot in range")
        return self.recorder.counts[slot]
    }
    /// The lowest value that falls into a slot.
    public func lowestValue(ofSlot slot: Int) -> UInt64 { self.recorder.layout.lowestValue(ofSlot: slot) }
    /// The highest value that falls into a slot.
    public func highestValue(ofSlot slot: Int) -> UInt64 { self.recorder.layout.highestValue(ofSlot: slot) }
    /// The middle of a slot.
    public func medianValue(ofSlot slot: Int) -> UInt64 { self.recorder.layout.medianValue(ofSlot: slot) }

    /// Records one value.
    public func record(_ value: UInt64) { self.recorder.record(value) }

    /// Records one value so many times. The caller keeps the total within `highestTotal`.
    func record(_ value: UInt64, count: UInt64) {
        if count == 0 { return }
        self.recorder.record(value)
        let slot = self.layout.index(of: min(value, self.highestTrackable))
        self.recorder.counts[slot] &+= count - 1
        if value > self.highestTrackable { self.recorder.header.pointee.overflow &+= count - 1 }
    }

    /// Lowers the minimum to a value of a slot that is in use already.
    func noteMinimum(_ value: UInt64) {
        self.recorder.header.pointee.minimum = min(self.recorder.header.pointee.minimum, value)
    }

    /// Forgets everything. Cost: the used slots only.
    public func reset() {
        for slot in self.usedSlots { self.recorder.counts[slot] = 0 }
        self.recorder.header.pointee = HistogramHeader()
    }

    /// Adds every value of another histogram of the same shape: exact, as if recorded here. For histograms of this
    /// process; `merge` is for those read from a file.
    public func add(_ other: Histogram) {
        precondition(other.shape == self.shape, "only histograms of the same shape are added; merge checks")
        self.addCounts(of: other)
    }

    /// Adds slot by slot: for a histogram of the same unit and digits whose used slots exist here, too.
    func addCounts(of other: Histogram) {
        if other.isEmpty { return }
        for slot in other.usedSlots { self.recorder.counts[slot] &+= other.recorder.counts[slot] }
        let theirs = other.recorder.header.pointee
        self.recorder.header.pointee.overflow &+= theirs.overflow
        self.recorder.header.pointee.minimum = min(self.recorder.header.pointee.minimum, theirs.minimum)
        self.recorder.header.pointee.maximum = max(self.recorder.header.pointee.maximum, theirs.maximum)
    }

    /// Sets one slot of an empty histogram, in rising order of slots: a decoder fills it so. The caller has checked
    /// slot, count and total.
    func fill(slot: Int, count: UInt64) {
        assert(slot >= 0 && slot < self.slotCount, "slot in range")
        if count == 0 { return }
        self.recorder.counts[slot] = count
        if self.isEmpty { self.recorder.header.pointee.minimum = self.lowestValue(ofSlot: slot) }
        self.recorder.header.pointee.maximum = self.highestValue(ofSlot: slot)
    }
}
