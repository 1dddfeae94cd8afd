import Measure
import Testing

@Suite("Histogram layout")
struct HistogramLayoutTests {
    @Test(
        "slots and bytes are those of Java's histogram",
        arguments: [
            // lowest, highest, digits, Java's estimated footprint, which is 512 bytes and 8 per slot
            (1, 3_600_000_000_000, 3, 270_848), (1, 3_600_000_000, 3, 188_928),
            (1000, 3_600_000_000_000, 3, 197_120), (1, 3_600_000_000_000, 2, 37_376),
        ] as [(UInt64, UInt64, Int, Int)])
    func slotsAreJavas(lowest: UInt64, highest: UInt64, digits: Int, footprint: Int) throws {
        let layout = try #require(
            HistogramLayout(lowestDiscernible: lowest, significantDigits: digits, highestTrackable: highest))
        #expect(layout.slotCount * 8 + 512 == footprint)
    }

    @Test("one nanosecond to one hour takes 33,792 slots with 3 digits and 3.8 MB with 4")
    func slotsOfAnHour() throws {
        let hour: UInt64 = 3_600_000_000_000
        #expect(HistogramLayout(significantDigits: 3, highestTrackable: hour)?.slotCount == 33_792)
        let four = try #require(HistogramLayout(significantDigits: 4, highestTrackable: hour))
        #expect(four.subBucketHalfCount == 16_384)
        #expect((3_700_000...3_900_000).contains(four.slotCount * 8))
    }

    @Test("slots follow one another without gap or overlap", arguments: [0, 1, 2, 3], [1, 1000] as [UInt64])
    func slotsTile(digits: Int, lowest: UInt64) throws {
        let layout = try #require(
            HistogramLayout(
                lowestDiscernible: lowest, significantDigits: digits, highestTrackable: 3_600_000_000_000))
        var expected: UInt64 = 0
        for slot in 0..<layout.slotCount {
            let (low, high) = (layout.lowestValue(ofSlot: slot), layout.highestValue(ofSlot: slot))
            guard low == expected, layout.index(of: low) == slot, layout.index(of: high) == slot,
                layout.medianValue(ofSlot: slot) == low + (high - low + 1) / 2
            else {
                Issue.record("slot \(slot) is \(low)...\(high), expected to begin at \(expected)")
                return
            }
            expected = high + 1
        }
        #expect(layout.highestWithSlot == expected - 1)
        #expect(layout.highestWithSlot >= 3_600_000_000_000)
    }

    @Test("the widest range ends exactly at the largest Int64", arguments: 0...5)
    func widestRange(digits: Int) throws {
        let layout = try #require(
            HistogramLayout(significantDigits: digits, highestTrackable: UInt64(Int64.max)))
        #expect(layout.highestWithSlot == UInt64(Int64.max))
        #expect(layout.index(of: UInt64(Int64.max)) == layout.slotCount - 1)
    }

    @Test("an impossible range has no layout")
    func impossibleLayouts() {
        #expect(HistogramLayout(significantDigits: 6, highestTrackable: 1000) == nil)
        #expect(HistogramLayout(significantDigits: -1, highestTrackable: 1000) == nil)
        #expect(HistogramLayout(lowestDiscernible: 0, significantDigits: 3, highestTrackable: 1000) == nil)
        #expect(HistogramLayout(lowestDiscernible: 501, significantDigits: 3, highestTrackable: 1001) == nil)
        #expect(HistogramLayout(significantDigits: 3, highestTrackable: 1) == nil)
        #expect(HistogramLayout(significantDigits: 3, highestTrackable: UInt64(Int64.max) + 1) == nil)
        let far = UInt64(Int64.max)
        #expect(
            HistogramLayout(lowestDiscernible: 1 << 52, significantDigits: 3, highestTrackable: far) == nil)
        #expect(
            HistogramLayout(lowestDiscernible: 1 << 51, significantDigits: 3, highestTrackable: far) != nil)
    }
}
