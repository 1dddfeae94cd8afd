#if canImport(Glibc)
import Glibc
#endif

/// An HDR histogram: counts of values with a bounded relative error, in memory of a fixed size.
///
/// Buckets as in HdrHistogram (Gil Tene; MEASUREMENT.md, "HDR details"): with d digits a bucket has
/// 2^ceil(log2(2·10^d)) sub-buckets, so a value is known to within 10^-d of itself; values below that number
/// are exact. Unit: whatever is recorded; here nanoseconds from 1.
///
/// The object owns the memory; `recorder` is the writing end for the hot path. One thread at a time uses both.
public final class Histogram {
    /// Significant decimal digits, 1 to 5.
    public let significantDigits: Int
    /// The largest value that has a bucket of its own; larger ones count as this one and in `overflowCount`.
    public let highestTrackable: UInt64
    /// The writing end.
    public let recorder: HistogramRecorder

    /// The default range: 1 ns to 24 h.
    public static let defaultHighest: UInt64 = 86_400_000_000_000

    /// An empty histogram. Cost: `8 × slots` bytes of address space, touched only where values land.
    public init(significantDigits: Int = 3, highestTrackable: UInt64 = Histogram.defaultHighest) {
        precondition((1...5).contains(significantDigits), "1 to 5 significant digits")
        precondition(highestTrackable >= 2 && highestTrackable <= UInt64(Int64.max), "range of an Int64")
        let layout = HistogramLayout(significantDigits: significantDigits, highestTrackable: highestTrackable)
        self.significantDigits = significantDigits
        self.highestTrackable = highestTrackable
        self.recorder = HistogramRecorder(layout: layout, highestTrackable: highestTrackable)
    }

    deinit { self.recorder.deallocate() }

    /// Values recorded, overflowing ones included.
    public var totalCount: UInt64 { self.recorder.header.pointee.total }
    /// Values above `highestTrackable`; they sit in the last bucket.
    public var overflowCount: UInt64 { self.recorder.header.pointee.overflow }
    /// The smallest value recorded, exact; 0 when empty.
    public var minimum: UInt64 { self.totalCount == 0 ? 0 : self.recorder.header.pointee.minimum }
    /// The largest value recorded, exact; 0 when empty.
    public var maximum: UInt64 { self.recorder.header.pointee.maximum }
    /// Slots of the counts array.
    public var slotCount: Int { self.recorder.layout.slotCount }
    /// The slots that may be non-zero; empty when nothing was recorded.
    public var usedSlots: Range<Int> {
        if self.totalCount == 0 { return 0..<0 }
        let layout = self.recorder.layout
        return layout.index(of: min(self.minimum, self.highestTrackable))..<(layout.index(
            of: min(self.maximum, self.highestTrackable)) + 1)
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

    /// Records one value.
    public func record(_ value: UInt64) { self.recorder.record(value) }

    /// Forgets everything. Cost: the used slots only.
    public func reset() {
        for slot in self.usedSlots { self.recorder.counts[slot] = 0 }
        self.recorder.header.pointee = HistogramHeader()
    }

    /// Adds every value of another histogram of the same digits and range: exact, as if recorded here.
    public func add(_ other: Histogram) {
        precondition(
            other.recorder.layout == self.recorder.layout && other.highestTrackable == self.highestTrackable,
            "only histograms of the same digits and range are added; use merging checks before")
        if other.totalCount == 0 { return }
        for slot in other.usedSlots { self.recorder.counts[slot] &+= other.recorder.counts[slot] }
        let theirs = other.recorder.header.pointee
        self.recorder.header.pointee.total &+= theirs.total
        self.recorder.header.pointee.overflow &+= theirs.overflow
        self.recorder.header.pointee.minimum = min(self.recorder.header.pointee.minimum, theirs.minimum)
        self.recorder.header.pointee.maximum = max(self.recorder.header.pointee.maximum, theirs.maximum)
    }
}

/// Totals beside the counts, in the memory of the histogram.
public struct HistogramHeader: Sendable {
    @usableFromInline var total: UInt64 = 0
    @usableFromInline var overflow: UInt64 = 0
    @usableFromInline var minimum: UInt64 = .max
    @usableFromInline var maximum: UInt64 = 0
}

/// Where values live: the arithmetic of HDR buckets for a unit of 1.
public struct HistogramLayout: Sendable, Equatable {
    /// log2 of half the number of sub-buckets of a bucket.
    @usableFromInline let halfMagnitude: Int
    /// Slots of the counts array.
    public let slotCount: Int

    /// The layout for so many digits and so large a value.
    public init(significantDigits: Int, highestTrackable: UInt64) {
        var largestExact: UInt64 = 2
        for _ in 0..<significantDigits { largestExact *= 10 }
        let magnitude = 64 - (largestExact - 1).leadingZeroBitCount
        self.halfMagnitude = magnitude - 1
        var smallestUntrackable = UInt64(1) << UInt64(magnitude)
        var buckets = 1
        while smallestUntrackable <= highestTrackable {
            buckets += 1
            if smallestUntrackable > UInt64(Int64.max) / 2 {
                break
            }
            smallestUntrackable <<= 1
        }
        self.slotCount = (buckets + 1) << (magnitude - 1)
    }

    /// Half the sub-buckets of a bucket.
    public var subBucketHalfCount: Int { 1 << self.halfMagnitude }

    /// The slot of a value within range.
    @inlinable @inline(__always)
    public func index(of value: UInt64) -> Int {
        let mask = (UInt64(2) &<< UInt64(truncatingIfNeeded: self.halfMagnitude)) &- 1
        let bucket = (63 &- self.halfMagnitude) &- (value | mask).leadingZeroBitCount
        let sub = Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: bucket))
        return (bucket &<< self.halfMagnitude) &+ sub
    }

    /// The lowest value that falls into a slot.
    public func lowestValue(ofSlot slot: Int) -> UInt64 {
        let half = self.subBucketHalfCount
        var bucket = (slot >> self.halfMagnitude) - 1
        var sub = (slot & (half - 1)) + half
        if bucket < 0 {
            sub -= half
            bucket = 0
        }
        return UInt64(sub) << UInt64(bucket)
    }

    /// The highest value that falls into a slot.
    public func highestValue(ofSlot slot: Int) -> UInt64 {
        let bucket = max(0, (slot >> self.halfMagnitude) - 1)
        return self.lowestValue(ofSlot: slot) + (UInt64(1) << UInt64(bucket)) - 1
    }
}

/// The writing end of a histogram: pointers and constants, trivially copied, no reference counting.
/// Valid as long as its histogram lives; used by one thread.
public struct HistogramRecorder {
    @usableFromInline let header: UnsafeMutablePointer<HistogramHeader>
    @usableFromInline let counts: UnsafeMutablePointer<UInt64>
    @usableFromInline let layout: HistogramLayout
    @usableFromInline let highestTrackable: UInt64
    private let allocation: UnsafeMutableRawPointer

    init(layout: HistogramLayout, highestTrackable: UInt64) {
        // calloc of this size is fresh zero pages from mmap: only what is touched costs memory.
        guard let memory = calloc(layout.slotCount + 8, 8) else { fatalErrorOutOfMemory() }
        self.allocation = memory
        self.header = memory.bindMemory(to: HistogramHeader.self, capacity: 1)
        self.header.initialize(to: HistogramHeader())
        self.counts = (memory + 64).bindMemory(to: UInt64.self, capacity: layout.slotCount)
        self.layout = layout
        self.highestTrackable = highestTrackable
    }

    func deallocate() { free(self.allocation) }

    /// Records one value: a clz, a store, a few adds.
    @inlinable @inline(__always)
    public func record(_ value: UInt64) {
        var bounded = value
        if value > self.highestTrackable {
            bounded = self.highestTrackable
            self.header.pointee.overflow &+= 1
        }
        self.counts[self.layout.index(of: bounded)] &+= 1
        self.header.pointee.total &+= 1
        if value < self.header.pointee.minimum { self.header.pointee.minimum = value }
        if value > self.header.pointee.maximum { self.header.pointee.maximum = value }
    }
}

private func fatalErrorOutOfMemory() -> Never {
    preconditionFailure("out of memory for a histogram")
}
