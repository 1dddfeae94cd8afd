import Measure
import Numerics
import Testing

@Suite("Histogram")
struct HistogramTests {
    @Test(
        "T5: two million values are each accurate to the digits asked for, and none is lost",
        .timeLimit(.minutes(2)),
        arguments: [(2, 128.0), (3, 1024), (4, 16384)])
    func relativeErrorIsBounded(digits: Int, bound: Double) {
        var random = RandomGenerator(seed: 5)
        let histogram = Histogram(significantDigits: digits, highestTrackable: 3_500_000_000_000)
        let layout = histogram.layout
        let exactBelow = UInt64(2 * layout.subBucketHalfCount)
        let samples: UInt64 = 2_000_000
        var worst = 0.0
        var inexact = 0
        for _ in 0..<samples {
            let value = random.nextLogUniform(upTo: 3.5e12)
            histogram.record(value)
            let reported = layout.highestValue(ofSlot: layout.index(of: value))
            if reported < value || (value < exactBelow && reported != value) { inexact += 1 }
            worst = max(worst, Double(reported &- value) / Double(value))
        }
        #expect(inexact == 0)
        #expect(worst < 1 / bound)
        #expect(worst > 0.9 / bound, "the bound is the layout's own, so the worst value comes near it")
        #expect(histogram.totalCount == samples)
        #expect(histogram.usedSlots.reduce(0) { $0 + histogram.count(atSlot: $1) } == samples)
        #expect(histogram.overflowCount == 0)
    }

    @Test("T2: the raw numbers of a stall of 100 s, and those of its back-fill")
    func stallOfHundredSeconds() {
        // In microseconds, like the Java run behind these numbers.
        let histogram = Histogram(highestTrackable: 3_600_000_000)
        for _ in 0..<10_000 { histogram.record(1000) }
        histogram.record(100_000_000)
        #expect(histogram.totalCount == 10_001)
        #expect(abs(histogram.mean / 1e3 - 11.0) < 0.05)
        #expect(histogram.value(atPercentile: 99.99) == 1000)
        #expect(histogram.maximum == 100_000_000)

        // Back-fill by hand, like HdrHistogram's recordValueWithExpectedInterval, which headroom never calls.
        var missing: UInt64 = 100_000_000 - 10_000
        while missing >= 10_000 {
            histogram.record(missing)
            missing -= 10_000
        }
        #expect(histogram.totalCount == 20_000)
        #expect(abs(histogram.mean / 1e6 - 25.003) < 0.0005)
        #expect(histogram.value(atPercentile: 50) == 1000)
        for (percentile, seconds) in [(75, 50.004), (99, 98.042), (99.99, 100.008)] {
            #expect(abs(Double(histogram.value(atPercentile: percentile)) / 1e6 - seconds) < 0.0005)
        }
    }

    @Test(
        "values above the range count as the largest one, and as overflow",
        arguments: [3_600_000_000, 10_000])
    func overflowSaturates(highest: UInt64) {
        let histogram = Histogram(highestTrackable: highest)
        for value in [UInt64(1), highest, highest + 1, UInt64(1) << 63, .max] { histogram.record(value) }
        #expect(histogram.totalCount == 5)
        #expect(histogram.overflowCount == 3)
        #expect(histogram.maximum == .max)
        #expect(histogram.count(atSlot: histogram.layout.index(of: highest)) == 4)
        let last = histogram.highestValue(ofSlot: histogram.layout.index(of: highest))
        #expect(histogram.value(atPercentile: 100) == last)
        #expect(histogram.maximumEquivalent == last)
    }

    @Test("a histogram of overflow alone still finds its samples")
    func onlyOverflow() {
        let histogram = Histogram(of: [1 << 50, 1 << 51], highestTrackable: 3_600_000_000)
        let last = histogram.highestValue(ofSlot: histogram.layout.index(of: 3_600_000_000))
        #expect(histogram.value(atPercentile: 50) == last)
        #expect(histogram.minimum == 1 << 50)
        histogram.reset()
        #expect(histogram.allCounts.allSatisfy { $0 == 0 })
    }

    @Test("zero is a value")
    func zeroIsAValue() {
        let histogram = Histogram(of: [0, 0, 7])
        #expect(histogram.minimum == 0)
        #expect(histogram.count(atSlot: 0) == 2)
        #expect(histogram.value(atPercentile: 50) == 0)
        #expect(histogram.value(atPercentile: 100) == 7)
    }

    @Test("reset clears everything, counts and totals")
    func resetForgets() {
        let histogram = Histogram(of: [1, 5000, 123_456_789, .max])
        histogram.reset()
        #expect(histogram.totalCount == 0)
        #expect(histogram.overflowCount == 0)
        #expect(histogram.minimum == 0)
        #expect(histogram.maximum == 0)
        #expect(histogram.usedSlots.isEmpty)
        #expect(histogram.allCounts.allSatisfy { $0 == 0 })
        histogram.record(9)
        #expect(histogram.minimum == 9)
        #expect(histogram.value(atPercentile: 100) == 9)
    }

    @Test(
        "T6: the merge of any split equals the histogram of all values, over 200 seeds",
        .timeLimit(.minutes(5)))
    func mergeIsUnion() {
        // A debug build records some hundred times slower; the split and the merge are the same.
        #if DEBUG
        let samples = 20_000
        #else
        let samples = 1_000_000
        #endif
        for seed in UInt64(0)..<200 {
            var random = RandomGenerator(seed: seed)
            let digits = Int(seed % 3) + 1
            let union = Histogram(significantDigits: digits, highestTrackable: 1_000_000_000)
            let parts = (0..<Int.random(in: 1...64, using: &random)).map { _ in
                Histogram(significantDigits: digits, highestTrackable: 1_000_000_000)
            }
            for _ in 0..<samples {
                // Some are beyond the range, so that overflow is split, too.
                let value = random.nextLogUniform(upTo: 1.5e9)
                union.record(value)
                parts[Int(random.next() % UInt64(parts.count))].record(value)
            }
            let merged = Histogram(significantDigits: digits, highestTrackable: 1_000_000_000)
            for part in parts { merged.add(part) }
            let same =
                merged.totalCount == union.totalCount && merged.overflowCount == union.overflowCount
                && merged.minimum == union.minimum && merged.maximum == union.maximum
                && merged.usedSlots == union.usedSlots
                && union.usedSlots.allSatisfy { merged.count(atSlot: $0) == union.count(atSlot: $0) }
            #expect(same, "seed \(seed)")
        }
    }

    @Test("a subtraction leaves the counts as if the values had never been added")
    func subtracts() throws {
        let kept: [UInt64] = [3, 3, 70_000, 1 << 50]
        let gone: [UInt64] = [1, 3, 900_000_000, 1 << 51]
        let histogram = Histogram(of: kept + gone)
        try histogram.subtract(Histogram(of: gone))
        #expect(HistogramEncoding.encode(histogram) == HistogramEncoding.encode(Histogram(of: kept)))
        #expect(histogram.totalCount == 4)
        #expect(histogram.overflowCount == 1)
        #expect(histogram.minimum == 3)
        #expect(histogram.value(atPercentile: 50) == 3)
        try histogram.subtract(Histogram(of: kept))
        #expect(histogram.totalCount == 0)
        #expect(histogram.usedSlots.isEmpty)
        #expect(histogram.minimum == 0)
    }

    @Test("values that were never there cannot be subtracted")
    func subtractRefuses() throws {
        let histogram = Histogram(of: [3, 70_000])
        #expect(throws: HistogramMergeFault.notContained) { try histogram.subtract(Histogram(of: [3, 3])) }
        #expect(throws: HistogramMergeFault.notContained) { try histogram.subtract(Histogram(of: [4])) }
        #expect(throws: HistogramMergeFault.self) {
            try histogram.subtract(Histogram(of: [3], significantDigits: 2))
        }
        #expect(HistogramEncoding.encode(histogram) == HistogramEncoding.encode(Histogram(of: [3, 70_000])))
    }

    @Test("merging refuses another shape and an impossible number of values, and changes nothing")
    func mergeRefuses() throws {
        let ours = Histogram(of: [10])
        let coarse = Histogram(of: [10], significantDigits: 2)
        #expect(throws: HistogramMergeFault.shape(ours: ours.shape, theirs: coarse.shape)) {
            try ours.merge(coarse)
        }
        #expect(ours.totalCount == 1)
        try ours.merge(Histogram(of: [20]))
        #expect(ours.totalCount == 2)
        #expect(ours.maximum == 20)
        // Doubling 62 times reaches 2^63, one more than fits.
        for _ in 0..<61 { try ours.merge(ours) }
        #expect(ours.totalCount == 1 << 62)
        #expect(throws: HistogramMergeFault.tooManyValues) { try ours.merge(ours) }
        #expect(ours.totalCount == 1 << 62)
    }
}
