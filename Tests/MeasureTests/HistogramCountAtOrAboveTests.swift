import Measure
import Testing

/// Counting values that reach a limit.
@Suite struct HistogramCountAtOrAboveTests {
    @Test("As many values reach a limit as a count one by one finds, to the resolution of a slot")
    func counts() {
        let histogram = Histogram()
        var values: [UInt64] = []
        for index in 0..<5_000 as Range<UInt64> {
            let value = (index &* 2_654_435_761) % 1_000_000_000 + 1
            values.append(value)
            histogram.record(value)
        }
        for limit: UInt64 in [0, 1, 1_000, 123_456_789, 500_000_000, 999_999_999, 2_000_000_000] {
            let slow = values.count { value in
                // A value counts by the highest of its slot: at most 0.1 % above it.
                let alone = Histogram()
                alone.record(value)
                return alone.value(atPercentile: 100) >= limit
            }
            #expect(histogram.countAtOrAbove(limit) == UInt64(slow), "\(limit)")
        }
    }

    @Test("A percentile is below a limit exactly if no more than its share reaches the limit")
    func agreesWithPercentiles() {
        let histogram = Histogram()
        for value in 1...1_000 as ClosedRange<UInt64> { histogram.record(value * 1_000_000) }
        #expect(histogram.value(atPercentile: 99) < 991_000_000)
        #expect(histogram.countAtOrAbove(991_000_000) <= 10)
        #expect(histogram.countAtOrAbove(989_000_000) > 10)
        #expect(histogram.value(atPercentile: 99) >= 989_000_000)
    }

    @Test("Nothing reaches a limit if nothing was recorded")
    func empty() {
        #expect(Histogram().countAtOrAbove(0) == 0)
    }
}
