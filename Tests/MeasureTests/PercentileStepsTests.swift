import Measure
import Numerics
import Testing

@Suite("Percentile steps")
struct PercentileStepsTests {
    @Test("an empty histogram has no rows")
    func emptyHasNoRows() { #expect(Array(Histogram().percentiles()).isEmpty) }

    @Test("one sample makes the row of level 0 and that of 100 %")
    func oneSample() {
        let steps = Array(Histogram(of: [5]).percentiles())
        #expect(
            steps == [
                PercentileStep(value: 5, percentile: 0, totalCount: 1),
                PercentileStep(value: 5, percentile: 1, totalCount: 1),
            ])
        #expect(steps.map(\.isLast) == [false, true])
        #expect(steps.map(\.inverse) == [1, .infinity])
    }

    @Test("five ticks per half distance: 0, .1 … .5, .55 … .75, .775 …")
    func levelsOfFiveTicks() {
        let steps = Array(Histogram(of: Array(1...1000)).percentiles())
        let levels = steps.prefix(18).map(\.percentile)
        let expected = [
            0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.775, 0.8, 0.825, 0.85, 0.875, 0.8875,
            0.9,
        ]
        #expect(levels == expected)
        #expect(steps.prefix(6).map(\.value) == [1, 100, 200, 300, 400, 500])
    }

    @Test("the slot that completes the samples still names the level that it reached")
    func lastSlotTellsItsLevel() {
        let steps = Array(Histogram(of: [1, 1000]).percentiles())
        // The first sample is half of all: levels 0 to .5; .55 is reached by the second, then 100 %.
        #expect(steps.map(\.percentile) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 1])
        #expect(steps.map(\.value) == [1, 1, 1, 1, 1, 1, 1000, 1000])
        #expect(steps.map(\.totalCount) == [1, 1, 1, 1, 1, 1, 2, 2])
    }

    @Test(
        "every row is true for the samples, and levels only rise", arguments: 0..<20 as Range<UInt64>,
        [1, 5, 100])
    func rowsAreTrue(seed: UInt64, ticks: Int) throws {
        var random = RandomGenerator(seed: seed)
        let values = (0..<5000).map { _ in random.nextLogUniform(upTo: 1e9) }.sorted()
        let histogram = Histogram(of: values)
        let steps = Array(histogram.percentiles(ticksPerHalfDistance: ticks))
        var previous = -1.0
        var wrong = 0
        for step in steps {
            let upTo = values.partitioningIndex { $0 > step.value }
            if UInt64(upTo) != step.totalCount || step.percentile <= previous { wrong += 1 }
            if Double(step.totalCount) < step.percentile * 5000 - 1e-6 { wrong += 1 }
            let rank = max(1, Int((step.percentile * 5000 - 1e-6).rounded(.up)))
            if step.value < values[rank - 1] { wrong += 1 }
            previous = step.percentile
        }
        #expect(wrong == 0)
        let last = try #require(steps.last)
        #expect(last == PercentileStep(value: histogram.maximumEquivalent, percentile: 1, totalCount: 5000))
    }

    @Test("a count near the end of Int64 ends after a bounded number of rows", arguments: [1, 5, 100])
    func hugeCountsEnd(ticks: Int) throws {
        let histogram = Histogram(of: [1])
        for _ in 0..<61 { try histogram.merge(histogram) }
        histogram.record(1000)
        var rows = 0
        for step in histogram.percentiles(ticksPerHalfDistance: ticks) {
            rows += 1
            if rows > 50 * ticks { break }
            #expect(step.percentile <= 1)
        }
        #expect(rows <= 45 * ticks + 2)
        #expect(rows >= 40 * ticks)
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that holds from there on.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
