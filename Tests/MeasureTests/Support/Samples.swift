import Foundation
import Measure
import Numerics

extension RandomGenerator {
    /// Log-uniform between 1 and `highest`: as many values per decade near 1 as near the end.
    mutating func nextLogUniform(upTo highest: Double) -> UInt64 {
        UInt64(exp(self.unit() * log(highest)))
    }
}

extension Histogram {
    /// A histogram of given values.
    convenience init(
        of values: [UInt64], significantDigits: Int = 3, highestTrackable: UInt64 = defaultHighest
    ) {
        self.init(significantDigits: significantDigits, highestTrackable: highestTrackable)
        for value in values { self.record(value) }
    }

    /// Every count, for comparisons.
    var allCounts: [UInt64] { (0..<self.slotCount).map { self.count(atSlot: $0) } }
}
