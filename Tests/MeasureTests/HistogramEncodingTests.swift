import Numerics
import Testing

@testable import Measure

@Suite("Histogram encoding V2")
struct HistogramEncodingTests {
    /// The vector that Java and Python agree on.
    private static let golden = "HISTFAAAACl42pNpmSzMwMDAyQABzFCaEURcm7yEwf4DROA4I8tPQ6bfVUwAjPAH/w=="
    private static func goldenHistogram() -> Histogram {
        Histogram(of: [100, 100, 5000, 1_000_000], highestTrackable: 3_600_000_000)
    }

    @Test("the golden vector is written to the letter, with Java's level of compression")
    func goldenVector() throws {
        let histogram = Self.goldenHistogram()
        #expect(HistogramEncoding.encodeBase64(histogram).text == Self.golden)
        let bytes = HistogramEncoding.encode(histogram)
        #expect(Array(bytes.prefix(8)) == [0x1C, 0x84, 0x93, 0x13, 0, 0, 0, 9])
        var at = 0
        let payload = bytes.dropFirst(HistogramEncoding.headerBytes)
        at = payload.startIndex
        var words: [Int64] = []
        while let word = ZigZag.next(in: payload, at: &at) { words.append(word) }
        #expect(words == [-100, 2, -3197, 1, -7870, 1])
    }

    @Test("the golden vector is read")
    func goldenVectorIsRead() throws {
        let histogram = try HistogramEncoding.decodeBase64(Array(Self.golden.utf8)[...])
        #expect(histogram.shape == Self.goldenHistogram().shape)
        #expect(histogram.allCounts == Self.goldenHistogram().allCounts)
        #expect(histogram.totalCount == 4)
        #expect(histogram.minimum == 100)
        #expect(histogram.maximum == 1_000_447)
    }

    @Test(
        "decoding gives the counts and totals of what was encoded, and encodes to the same bytes",
        arguments: 0...5, [1, 1000] as [UInt64])
    func roundTrip(digits: Int, lowest: UInt64) throws {
        let shape = try #require(
            HistogramShape(
                lowestDiscernible: lowest, highestTrackable: 60_000_000, significantDigits: digits))
        var random = RandomGenerator(seed: UInt64(digits))
        for samples in [0, 1, 2, 300] {
            let histogram = Histogram(shape: shape)
            for _ in 0..<samples { histogram.record(random.nextLogUniform(upTo: 1e8)) }
            let bytes = HistogramEncoding.encode(histogram)
            for encoded in [bytes, HistogramEncoding.encodeCompressed(histogram)] {
                let read = try HistogramEncoding.decode(encoded)
                #expect(read.shape == shape)
                #expect(read.totalCount == histogram.totalCount)
                let slots = histogram.usedSlots
                #expect(slots.allSatisfy { read.count(atSlot: $0) == histogram.count(atSlot: $0) })
                #expect(HistogramEncoding.encode(read) == bytes)
                #expect(read.maximumEquivalent == histogram.maximumEquivalent)
                #expect(read.value(atPercentile: 50) == histogram.value(atPercentile: 50))
            }
        }
    }

    @Test("counts beyond the highest trackable value, which Java's arrays can hold, survive")
    func countsBeyondHighest() throws {
        let histogram = Histogram(highestTrackable: 3_600_000_000)
        let last = histogram.slotCount - 1
        histogram.fill(slot: 7, count: 3)
        histogram.fill(slot: last, count: 5)
        let read = try HistogramEncoding.decode(HistogramEncoding.encode(histogram))
        #expect(read.totalCount == 8)
        #expect(read.count(atSlot: last) == 5)
        #expect(read.usedSlots == 7..<(last + 1))
        #expect(read.value(atPercentile: 100) == read.highestValue(ofSlot: last))
    }

    @Test("T6: the bytes of a merge are those of the union, over 200 seeds")
    func mergedBytes() throws {
        for seed in UInt64(0)..<200 {
            var random = RandomGenerator(seed: seed)
            let union = Histogram(significantDigits: 2)
            let parts = (0..<Int.random(in: 1...64, using: &random)).map { _ in
                Histogram(significantDigits: 2)
            }
            for _ in 0..<1000 {
                let value = random.nextLogUniform(upTo: 1e15)
                union.record(value)
                parts[Int(random.next() % UInt64(parts.count))].record(value)
            }
            // As in `headroom merge`: each part goes through its file.
            let merged = Histogram(significantDigits: 2)
            for part in parts { try merged.merge(HistogramEncoding.decode(HistogramEncoding.encode(part))) }
            #expect(HistogramEncoding.encode(merged) == HistogramEncoding.encode(union), "seed \(seed)")
        }
    }
}
