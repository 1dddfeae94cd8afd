import Measure
import Numerics
import Testing

@Suite("Series of the hold")
struct HoldSeriesTests {
    /// One second of that many values around a level.
    private func second(_ level: Double, count: Int, _ random: inout RandomGenerator) -> Histogram {
        let histogram = Histogram()
        for _ in 0..<count { histogram.record(UInt64(level * (0.5 + random.unit()))) }
        return histogram
    }

    private func series(seconds: Int, count: Int, seed: UInt64 = 1) throws -> HoldSeries {
        var random = RandomGenerator(seed: seed)
        var series = HoldSeries()
        for _ in 0..<seconds { try series.append(self.second(1e6, count: count, &random)) }
        return series
    }

    @Test("intervals are around the value of the whole, and narrow with more data")
    func interval() throws {
        func intervals(seconds: Int) throws -> [ConfidenceInterval] {
            try (0..<UInt64(10)).compactMap {
                try self.series(seconds: seconds, count: 1_000, seed: $0).interval(atPercentile: 99).interval
            }
        }
        let (short, long) = (try intervals(seconds: 20), try intervals(seconds: 60))
        for intervals in [short, long] {
            // About one in eight is refused because of a random correlation.
            #expect(intervals.count >= 5, "\(intervals)")
            #expect(intervals.allSatisfy { $0.lower < 1.493e6 && $0.upper > 1.487e6 && $0.count == 20 })
        }
        func width(_ intervals: [ConfidenceInterval]) -> Double {
            intervals.reduce(0) { $0 + $1.upper - $1.lower } / Double(intervals.count)
        }
        #expect(width(long) < width(short))
        #expect(width(short) < 20_000)
    }

    @Test("large batches that differ by less than a slot have an interval, too, as wide as that slot")
    func resolution() throws {
        let intervals = try (0..<UInt64(8)).compactMap {
            try self.series(seconds: 20, count: 10_000, seed: $0).interval(atPercentile: 99).interval
        }
        #expect(intervals.count >= 4, "\(intervals)")
        #expect(intervals.allSatisfy { $0.upper - $0.lower >= 1_023 && $0.upper - $0.lower < 5_000 })
        var constant = HoldSeries()
        let second = Histogram(of: [UInt64](repeating: 1_000_000, count: 1_000))
        for _ in 0..<20 { try constant.append(second) }
        let interval = try #require(constant.interval(atPercentile: 99).interval)
        #expect(interval.contains(1_000_000))
        #expect(interval.contains(Double(second.value(atPercentile: 99))))
        #expect(interval.upper - interval.lower < 1_000)
    }

    @Test("the interval of the mean is around the mean")
    func mean() throws {
        let intervals = try (0..<UInt64(10)).compactMap {
            try self.series(seconds: 20, count: 100, seed: $0).meanInterval.interval
        }
        #expect(intervals.count >= 5)
        #expect(intervals.allSatisfy { $0.lower < 1.02e6 && $0.upper > 0.98e6 })
    }

    @Test("fewer than 20 seconds, and batches with fewer than ten samples beyond, are refused")
    func refusals() throws {
        let short = try self.series(seconds: 19, count: 1_000)
        #expect(short.interval(atPercentile: 50) == .refused(.tooFew(found: 19, needed: 20)))
        func isThin(_ series: HoldSeries, _ percentile: Double) -> Bool {
            if case .refused(.thinBatches) = series.interval(atPercentile: percentile) { return true }
            return false
        }
        let thin = try self.series(seconds: 20, count: 999)
        #expect(isThin(thin, 99), "9.99 samples beyond are fewer than ten")
        #expect(!isThin(thin, 50))
        #expect(!isThin(try self.series(seconds: 20, count: 1_000), 99))
        #expect(HoldSeries().interval(atPercentile: 50) == .refused(.tooFew(found: 0, needed: 20)))
    }

    @Test("a long hold is kept in 64 batches at most, each a whole number of seconds, and nothing is lost")
    func bounded() throws {
        var series = HoldSeries()
        for second in 0..<1_000 {
            try series.append(Histogram(of: [UInt64(second / 16 + 1)]))
            #expect(series.count < HoldSeries.batchLimit)
        }
        #expect(series.secondsPerBatch == 16)
        // 62 full batches of 16 seconds, each of one value.
        #expect(series.medians == (1...62).map { Double($0) })
    }

    @Test("a second without samples has no median, and one of another shape is refused")
    func odd() throws {
        var series = HoldSeries()
        try series.append(Histogram(of: [5]))
        try series.append(Histogram())
        #expect(series.medians == [5, nil])
        #expect(throws: HistogramMergeFault.self) { try series.append(Histogram(significantDigits: 2)) }
        #expect(series.count == 2)
    }
}
