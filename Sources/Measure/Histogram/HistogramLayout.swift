/// The arithmetic of HDR buckets: which slot a value falls into.
///
/// A bucket has `2^ceil(log2(2·10^d))` sub-buckets; every bucket covers twice the range of the one before it
/// with sub-buckets twice as wide, so only the upper half of each is new. A unit larger than 1 (Java's
/// `lowestDiscernibleValue`) widens all of them by a power of two.
public struct HistogramLayout: Sendable, Equatable {
    /// log2 of half the number of sub-buckets of a bucket.
    @usableFromInline let halfMagnitude: Int
    /// log2 of the width of the narrowest slot.
    @usableFromInline let unitMagnitude: Int
    /// Buckets, each of `2 · subBucketHalfCount` sub-buckets.
    public let bucketCount: Int
    /// Slots of the counts array.
    public let slotCount: Int

    /// The numbers of digits that HdrHistogram knows.
    public static let digitsAllowed = 0...5

    /// The layout for a smallest discernible value, a number of digits and a largest value. Nil where these make no
    /// layout: digits outside 0...5, a lowest of 0, a highest below twice the lowest or above Int64.max, or a unit so
    /// large that a bucket exceeds an Int64.
    public init?(lowestDiscernible: UInt64 = 1, significantDigits: Int, highestTrackable: UInt64) {
        guard Self.digitsAllowed.contains(significantDigits), lowestDiscernible >= 1,
            highestTrackable <= UInt64(Int64.max), highestTrackable / 2 >= lowestDiscernible
        else { return nil }
        var largestExact: UInt64 = 2
        for _ in 0..<significantDigits { largestExact *= 10 }
        let magnitude = 64 - (largestExact - 1).leadingZeroBitCount
        let unit = 63 - lowestDiscernible.leadingZeroBitCount
        // Java's own limit: one bucket more must still be a positive Int64.
        guard unit + magnitude - 1 <= 61 else { return nil }
        self.halfMagnitude = magnitude - 1
        self.unitMagnitude = unit
        var smallestUntrackable = UInt64(1) << UInt64(magnitude + unit)
        var buckets = 1
        while smallestUntrackable <= highestTrackable {
            buckets += 1
            if smallestUntrackable > UInt64(Int64.max) / 2 { break }
            smallestUntrackable <<= 1
        }
        self.bucketCount = buckets
        self.slotCount = (buckets + 1) << (magnitude - 1)
    }

    /// Half the sub-buckets of a bucket.
    public var subBucketHalfCount: Int { 1 << self.halfMagnitude }

    /// The largest value that has a slot; at least `highestTrackable`.
    public var highestWithSlot: UInt64 { self.highestValue(ofSlot: self.slotCount - 1) }

    /// The slot of a value of at most `highestWithSlot`. Cost: a clz, two shifts and a few adds.
    @inlinable @inline(__always)
    public func index(of value: UInt64) -> Int {
        let top = self.halfMagnitude &+ self.unitMagnitude
        let mask = UInt64(2) &<< UInt64(truncatingIfNeeded: top)
        let bucket = (63 &- top) &- (value | (mask &- 1)).leadingZeroBitCount
        let sub = Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: bucket &+ self.unitMagnitude))
        return (bucket &<< self.halfMagnitude) &+ sub
    }

    /// The lowest value that falls into a slot.
    public func lowestValue(ofSlot slot: Int) -> UInt64 {
        let bucket = max(0, (slot >> self.halfMagnitude) - 1)
        let sub = slot - (bucket << self.halfMagnitude)
        return UInt64(sub) << UInt64(bucket + self.unitMagnitude)
    }

    /// The highest value that falls into a slot.
    public func highestValue(ofSlot slot: Int) -> UInt64 {
        self.lowestValue(ofSlot: slot) + (self.width(ofSlot: slot) - 1)
    }

    /// The middle of a slot, its lowest value plus half its width: Java's `medianEquivalentValue`.
    public func medianValue(ofSlot slot: Int) -> UInt64 {
        self.lowestValue(ofSlot: slot) + self.width(ofSlot: slot) / 2
    }

    /// How many values share a slot.
    func width(ofSlot slot: Int) -> UInt64 {
        UInt64(1) << UInt64(max(0, (slot >> self.halfMagnitude) - 1) + self.unitMagnitude)
    }
}
