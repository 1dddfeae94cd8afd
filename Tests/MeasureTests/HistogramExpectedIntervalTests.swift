import Numerics
import Testing

@testable import Measure

@Suite("Back-fill of what a closed loop did not ask")
struct HistogramExpectedIntervalTests {
    @Test("ten thousand quick answers and one of 100 s every 10 ms become what Java makes of them")
    func javaFigures() throws {
        // In microseconds: T2.
        let raw = Histogram(highestTrackable: 3_600_000_000)
        for _ in 0..<10_000 { raw.record(1_000) }
        raw.record(100_000_000)
        #expect(raw.totalCount == 10_001)
        #expect(abs(raw.mean / 1_000 - 11.0) < 0.05)
        #expect(raw.value(atPercentile: 99.99) == 1_000)
        let corrected = try raw.addingExpectedInterval(10_000)
        #expect(corrected.totalCount == 20_000)
        #expect(abs(corrected.mean / 1e6 - 25.003) < 0.0005, "\(corrected.mean)")
        for (percentile, seconds) in [(50.0, 0.001), (75, 50.004), (99, 98.042), (99.99, 100.008)] {
            let found = Double(corrected.value(atPercentile: percentile)) / 1e6
            #expect(abs(found - seconds) < 0.0005, "p\(percentile): \(found)")
        }
        #expect(raw.totalCount == 10_001, "the original is as it was")
    }

    @Test("it is what recording each missing value by itself gives")
    func obvious() throws {
        var random = RandomGenerator(seed: 11)
        for interval in [UInt64(1), 7, 1_000, 65_536, 3_000_000] {
            let raw = Histogram(highestTrackable: 4_000_000)
            let wanted = Histogram(highestTrackable: 4_000_000)
            for _ in 0..<20 {
                let value = random.nextLogUniform(upTo: interval == 1 ? 5_000 : 4e6)
                raw.record(value)
                wanted.record(value)
            }
            for slot in raw.usedSlots where raw.count(atSlot: slot) > 0 {
                for _ in 0..<raw.count(atSlot: slot) {
                    var missing = min(raw.highestValue(ofSlot: slot), raw.maximum)
                    while missing >= 2 * interval {
                        missing -= interval
                        wanted.record(missing)
                    }
                }
            }
            let corrected = try raw.addingExpectedInterval(interval)
            #expect(corrected.allCounts == wanted.allCounts, "\(interval)")
            #expect(corrected.minimum == wanted.minimum)
            #expect(corrected.totalCount == wanted.totalCount)
        }
    }

    @Test("an interval of nothing changes nothing, one above all values neither, and too many values are an error")
    func edges() throws {
        let raw = Histogram(of: [5, 700, 80_000])
        #expect(try raw.addingExpectedInterval(0).allCounts == raw.allCounts)
        #expect(try raw.addingExpectedInterval(.max).allCounts == raw.allCounts)
        let huge = Histogram()
        huge.record(86_400_000_000_000, count: 2)
        #expect(try huge.addingExpectedInterval(1).totalCount > 170_000_000_000_000)
        huge.record(86_400_000_000_000, count: 1 << 20)
        #expect(throws: HistogramMergeFault.tooManyValues) { try huge.addingExpectedInterval(1) }
        #expect(try Histogram().addingExpectedInterval(1).isEmpty)
    }
}
