import Measure
import Numerics
import Testing

@Suite("Histogram percentiles")
struct HistogramPercentilesTests {
    @Test("p25 of [1,2,2,2,2] is 2, as in Java; rounding to the nearest count would give 1")
    func quarterOfFive() {
        let histogram = Histogram(of: [1, 2, 2, 2, 2])
        #expect(histogram.value(atPercentile: 25) == 2)
        #expect(histogram.value(atPercentile: 20) == 1)
        #expect(histogram.value(atPercentile: 20.000001) == 2)
        #expect(histogram.value(atPercentile: 0) == 1)
        #expect(histogram.value(atPercentile: 100) == 2)
    }

    @Test("an empty histogram has 0 at every percentile")
    func emptyIsZero() {
        let histogram = Histogram()
        for percentile in [0.0, 50, 100] { #expect(histogram.value(atPercentile: percentile) == 0) }
        #expect(histogram.mean == 0)
        #expect(histogram.standardDeviation == 0)
        #expect(histogram.maximumEquivalent == 0)
        #expect(histogram.supportedValue(atPercentile: 50) == nil)
    }

    @Test("p0 is the lowest value of its slot and p100 the highest")
    func endsOfTheRange() {
        let histogram = Histogram(of: [100_003, 200_003])
        #expect(histogram.value(atPercentile: 0) == 99_968)
        #expect(histogram.value(atPercentile: 100) == 200_063)
        #expect(histogram.value(atPercentile: -1) == 99_968)
        #expect(histogram.value(atPercentile: 1000) == 200_063)
        #expect(histogram.value(atPercentile: .nan) == 100_031)
        #expect(histogram.value(atPercentile: .infinity) == 200_063)
    }

    @Test(
        "percentiles are those of the sorted values, each seen through its slot",
        arguments: 0..<20 as Range<UInt64>)
    func percentilesOfSortedValues(seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let values = (0..<Int.random(in: 1...3000, using: &random)).map { _ in
            random.nextLogUniform(upTo: 1e10)
        }
        let sorted = values.sorted()
        let histogram = Histogram(of: values)
        for percentile in [0.001, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 100] {
            let rank = (percentile.nextDown * Double(sorted.count) / 100).rounded(.up)
            let value = sorted[max(1, Int(rank)) - 1]
            let slot = histogram.layout.index(of: value)
            #expect(
                histogram.value(atPercentile: percentile) == histogram.highestValue(ofSlot: slot),
                "p\(percentile)")
        }
        #expect(histogram.maximumEquivalent == histogram.value(atPercentile: 100))
    }

    @Test("exact fractions do not step into the next slot")
    func exactFractions() {
        let histogram = Histogram(of: Array(1...1000))
        for percent in 1...100 {
            #expect(histogram.value(atPercentile: Double(percent)) == UInt64(percent) * 10)
        }
        #expect(histogram.value(atPercentile: 99.9) == 999)
    }

    @Test("mean and deviation take each value as the middle of its slot, over the whole population")
    func meanAndDeviation() {
        let exact = Histogram(of: [2, 4, 4, 4, 5, 5, 7, 9])
        #expect(exact.mean == 5)
        #expect(exact.standardDeviation == 2)
        let coarse = Histogram(of: [100_003])
        #expect(coarse.mean == 100_000)
        #expect(coarse.standardDeviation == 0)
    }

    @Test(
        "a percentile is reported from ten samples beyond it on",
        arguments: [
            (50, 20), (90, 100), (95, 200), (99, 1000), (99.9, 10_000), (99.99, 100_000),
        ] as [(Double, UInt64)])
    func supportedFromTenBeyond(percentile: Double, needed: UInt64) {
        let histogram = Histogram()
        for value in 1..<needed { histogram.record(value) }
        #expect(histogram.supportedValue(atPercentile: percentile) == nil)
        #expect(histogram.samplesBeyond(percentile: percentile) < 10)
        histogram.record(needed)
        #expect(
            histogram.supportedValue(atPercentile: percentile) == histogram.value(atPercentile: percentile))
        #expect(histogram.supportedValue(atPercentile: 100) == nil)
    }

    @Test("the slack for binary fractions never replaces a sample, however many there are")
    func slackStaysBelowASample() throws {
        let histogram = Histogram(of: [1])
        for _ in 0..<34 { try histogram.merge(histogram) }
        #expect(histogram.totalCount == 1 << 34)
        #expect(histogram.supportedValue(atPercentile: 100) == nil)
        // 9.9 samples beyond, and 10.1.
        let samples = Double(histogram.totalCount)
        #expect(histogram.supportedValue(atPercentile: 100 - 990 / samples) == nil)
        #expect(histogram.supportedValue(atPercentile: 100 - 1010 / samples) == 1)
    }
}
