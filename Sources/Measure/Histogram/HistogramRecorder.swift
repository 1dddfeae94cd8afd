#if canImport(Glibc)
import Glibc
#endif

/// Fields kept beside the counts, in the histogram's memory. The total is not among them: it is the sum of the counts,
/// which readers can add up.
public struct HistogramHeader: Sendable {
    @usableFromInline var overflow: UInt64 = 0
    @usableFromInline var minimum: UInt64 = .max
    @usableFromInline var maximum: UInt64 = 0
}

/// The writing end of a histogram: pointers and constants, trivially copied, no reference counting.
/// Valid as long as its histogram lives; used by one thread.
public struct HistogramRecorder {
    @usableFromInline let header: UnsafeMutablePointer<HistogramHeader>
    @usableFromInline let counts: UnsafeMutablePointer<UInt64>
    @usableFromInline let layout: HistogramLayout
    @usableFromInline let highestTrackable: UInt64
    private let allocation: UnsafeMutableRawPointer

    /// Words before the counts: the header, on a cache line of its own.
    private static let headerWords = 8

    init(layout: HistogramLayout, highestTrackable: UInt64) {
        precondition(
            MemoryLayout<HistogramHeader>.size <= Self.headerWords * 8, "header fits before the counts")
        // calloc of this size is fresh zero pages from mmap: only what is touched costs memory.
        guard let memory = calloc(layout.slotCount + Self.headerWords, 8) else {
            preconditionFailure("out of memory for a histogram of \(layout.slotCount) slots")
        }
        self.allocation = memory
        self.header = memory.bindMemory(to: HistogramHeader.self, capacity: 1)
        self.header.initialize(to: HistogramHeader())
        self.counts = (memory + Self.headerWords * 8).bindMemory(to: UInt64.self, capacity: layout.slotCount)
        self.layout = layout
        self.highestTrackable = highestTrackable
    }

    func deallocate() { free(self.allocation) }

    /// Records one value: a clz, a store, two comparisons. A value above the range counts in the slot of the
    /// highest trackable one and as overflow.
    @inlinable @inline(__always)
    public func record(_ value: UInt64) {
        var bounded = value
        if value > self.highestTrackable {
            bounded = self.highestTrackable
            self.header.pointee.overflow &+= 1
        }
        self.counts[self.layout.index(of: bounded)] &+= 1
        if value < self.header.pointee.minimum { self.header.pointee.minimum = value }
        if value > self.header.pointee.maximum { self.header.pointee.maximum = value }
    }

    /// Records one value `count` times.
    public func record(_ value: UInt64, times count: UInt64) {
        if count == 0 { return }
        self.counts[self.layout.index(of: min(value, self.highestTrackable))] &+= count
        if value > self.highestTrackable { self.header.pointee.overflow &+= count }
        self.header.pointee.minimum = min(self.header.pointee.minimum, value)
        self.header.pointee.maximum = max(self.header.pointee.maximum, value)
    }

    /// Records `count` values that rise from `lowest` by a gap above 0, exactly as one call for each would; values in
    /// one slot are counted at once. Cost: the slots that they span, or their number where that is smaller. The caller
    /// keeps the highest within a UInt64.
    public func record(from lowest: UInt64, gap: UInt64, count: UInt64) {
        if count == 0 { return }
        let highest = lowest &+ (count &- 1) &* gap
        let within = lowest > self.highestTrackable ? 0 : min(count, (self.highestTrackable &- lowest) / gap &+ 1)
        if within > 0 {
            var value = lowest
            var left = within
            while left > 0 {
                let slot = self.layout.index(of: value)
                // Number of values from this one to the end of its slot.
                let inSlot = min(left, (self.layout.highestValue(ofSlot: slot) &- value) / gap &+ 1)
                self.counts[slot] &+= inSlot
                left &-= inSlot
                value &+= inSlot &* gap
            }
        }
        if count > within {
            self.counts[self.layout.index(of: self.highestTrackable)] &+= count &- within
            self.header.pointee.overflow &+= count &- within
        }
        self.header.pointee.minimum = min(self.header.pointee.minimum, lowest)
        self.header.pointee.maximum = max(self.header.pointee.maximum, highest)
    }
}
