import Foundation
import Measure

/// SplitMix64: a small seeded generator, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1).
    mutating func nextUnit() -> Double { Double(self.next() >> 11) * 0x1p-53 }

    /// Log-uniform between 1 and `highest`: as many values per decade near 1 as near the end.
    mutating func nextLogUniform(upTo highest: Double) -> UInt64 {
        UInt64(exp(self.nextUnit() * log(highest)))
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

    /// Every count, for comparison.
    var allCounts: [UInt64] { (0..<self.slotCount).map { self.count(atSlot: $0) } }
}
