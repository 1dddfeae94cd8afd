/// The distributions of a metric over the hold, second by second, in bounded memory: the basis of intervals, drift and
/// warm-up.
///
/// It keeps at most `batchLimit` batches. When that many are full, neighbours are added up and every batch spans
/// twice the seconds. Memory: 12 bytes per slot in use and batch, about 1 MB.
public struct HoldSeries {
    /// Batches that are kept.
    public static let batchLimit = 64
    /// Shorter intervals, which the phases cut, do not count as seconds. Nanoseconds.
    public static let shortestSecond: UInt64 = 900_000_000

    /// Seconds of a full batch: 1, 2, 4, …
    public private(set) var secondsPerBatch = 1
    /// Full batches, in time order.
    private var batches: [SparseCounts] = []
    /// The batch that is being filled, and the seconds in it.
    private var current = SparseCounts()
    private var currentSeconds = 0
    private var shape: HistogramShape?

    /// No second yet.
    public init() {}

    /// Full batches.
    public var count: Int { self.batches.count }

    /// Adds the next second. All must have the same shape, or nothing changes.
    public mutating func append(_ second: Histogram) throws(HistogramMergeFault) {
        let shape = self.shape ?? second.shape
        guard second.shape == shape else { throw .shape(ours: shape, theirs: second.shape) }
        self.shape = shape
        self.current.add(SparseCounts(of: second))
        self.currentSeconds += 1
        guard self.currentSeconds == self.secondsPerBatch else { return }
        self.batches.append(self.current)
        self.current = SparseCounts()
        self.currentSeconds = 0
        if self.batches.count == Self.batchLimit { self.halve() }
    }

    private mutating func halve() {
        self.batches = stride(from: 0, to: self.batches.count - 1, by: 2).map { first in
            var sum = self.batches[first]
            sum.add(self.batches[first + 1])
            return sum
        }
        self.secondsPerBatch *= 2
    }

    /// The median of each full batch; nil for one without samples.
    public var medians: [Double?] {
        self.distributions(batchesEach: 1) { $0.isEmpty ? nil : Double($0.value(atPercentile: 50)) }.values
    }

    /// The 95 % interval of a percentile (0 to 100) in nanoseconds. Each batch needs as many samples beyond it as a
    /// reported percentile does. Never narrower than the slot of that percentile: nothing is known more exactly.
    public func interval(atPercentile percentile: Double) -> IntervalEstimate {
        let estimate = self.estimate(samples: { $0.samplesBeyond(percentile: percentile) }) {
            $0.unbiasedValue(atPercentile: percentile)
        }
        guard case .interval(var interval) = estimate else { return estimate }
        let slot = self.distributions(batchesEach: self.batchesEach) { histogram -> (low: UInt64, high: UInt64) in
            let slot = histogram.layout.index(of: histogram.value(atPercentile: percentile))
            return (histogram.lowestValue(ofSlot: slot), histogram.highestValue(ofSlot: slot))
        }.pooled
        interval.lower = min(interval.lower, Double(slot.low))
        interval.upper = max(interval.upper, Double(slot.high))
        return .interval(interval)
    }

    /// The 95 % interval of the mean in nanoseconds.
    public var meanInterval: IntervalEstimate {
        self.estimate(samples: { Double($0.totalCount) }) { $0.mean }
    }

    /// The largest number of batches that can be joined and still leave enough of them.
    private var batchesEach: Int { self.batches.count / BatchMeans.smallestCount }

    /// An estimate from the longest batches of which there are enough. Seconds at the start that fill no batch are left
    /// out.
    private func estimate(
        samples: (Histogram) -> Double, value: (Histogram) -> Double
    ) -> IntervalEstimate {
        let each = self.batchesEach
        guard each > 0 else {
            return .refused(.tooFew(found: self.batches.count, needed: BatchMeans.smallestCount))
        }
        let (found, pooled) = self.distributions(batchesEach: each) { (samples($0), value($0)) }
        let fewest = found.map(\.0).min() ?? 0
        // As Histogram.supportedValue: ten of a thousand must count as ten, whatever binary fractions give.
        guard fewest + 1e-9 >= Histogram.samplesNeededBeyond else {
            return .refused(.thinBatches(samples: fewest, needed: Histogram.samplesNeededBeyond))
        }
        return BatchMeans.estimate(batches: found.map(\.1), pooled: pooled.1)
    }

    /// Applies `read` to each group of so many batches, and to all of them together.
    private func distributions<Value>(
        batchesEach each: Int, _ read: (Histogram) -> Value
    ) -> (values: [Value], pooled: Value) {
        let scratch = Histogram(shape: self.shape ?? Histogram().shape)
        let first = self.batches.count % each
        var values: [Value] = []
        for start in stride(from: first, to: self.batches.count, by: each) {
            scratch.reset()
            for batch in self.batches[start..<(start + each)] { batch.add(to: scratch) }
            values.append(read(scratch))
        }
        scratch.reset()
        for batch in self.batches[first...] { batch.add(to: scratch) }
        return (values, read(scratch))
    }
}

extension Histogram {
    /// The value at rank p · (N + 1), interpolated between two ranks (type 6 of Hyndman and Fan, The American
    /// Statistician 50(4), 1996), with values spread evenly over their slot; 0 when empty. The reported percentile, the
    /// upper end of the slot of rank p · N, cannot be used here. It is low by most of a sample, which is more than a
    /// standard error in batches with ten samples beyond, and it jumps from slot to slot where a batch is large.
    fileprivate func unbiasedValue(atPercentile percentile: Double) -> Double {
        let total = self.totalCount
        let rank = min(max(1, percentile / 100 * Double(total &+ 1)), Double(max(1, total)))
        let lower = rank.rounded(.down)
        var seen = 0.0
        var below: Double?
        for slot in self.usedSlots where self.count(atSlot: slot) != 0 {
            let (first, count) = (seen, Double(self.count(atSlot: slot)))
            let low = Double(self.lowestValue(ofSlot: slot))
            let step = (Double(self.highestValue(ofSlot: slot)) - low) / count
            seen += count
            if let below {
                return below + (rank - lower) * (low + step / 2 - below)
            }
            // Ranks count from 1; the first value of a slot is half a step above the slot's lowest value.
            if seen > lower { return low + step * (rank - first - 0.5) }
            if seen == lower { below = low + step * (count - 0.5) }
        }
        return below ?? 0
    }
}

/// The slots of a histogram that hold something.
private struct SparseCounts {
    private var slots: [UInt32] = []
    private var counts: [UInt64] = []

    init() {}

    init(of histogram: Histogram) {
        for slot in histogram.usedSlots where histogram.count(atSlot: slot) != 0 {
            self.slots.append(UInt32(slot))
            self.counts.append(histogram.count(atSlot: slot))
        }
    }

    /// Both are in rising order of slots, and so is the sum.
    mutating func add(_ other: SparseCounts) {
        if other.slots.isEmpty { return }
        if self.slots.isEmpty { return self = other }
        var sum = SparseCounts()
        sum.slots.reserveCapacity(max(self.slots.count, other.slots.count))
        sum.counts.reserveCapacity(max(self.slots.count, other.slots.count))
        var (mine, theirs) = (0, 0)
        while mine < self.slots.count || theirs < other.slots.count {
            let left = mine < self.slots.count ? self.slots[mine] : .max
            let right = theirs < other.slots.count ? other.slots[theirs] : .max
            var count: UInt64 = 0
            if left <= right {
                count &+= self.counts[mine]
                mine += 1
            }
            if right <= left {
                count &+= other.counts[theirs]
                theirs += 1
            }
            sum.slots.append(min(left, right))
            sum.counts.append(count)
        }
        self = sum
    }

    func add(to histogram: Histogram) {
        for (slot, count) in zip(self.slots, self.counts) {
            histogram.record(histogram.highestValue(ofSlot: Int(slot)), count: count)
        }
    }
}
