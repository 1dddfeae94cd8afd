import Measure
import Numerics
import Testing

@Suite("Buckets as CSV")
struct BucketsCSVTests {
    @Test("one row per slot with samples, bounds inclusive")
    func rows() {
        let csv = BucketsCSV.bytes(of: Histogram(of: [0, 7, 7, 100_003])).text
        #expect(csv == "Lower,Upper,Count\n0,0,1\n7,7,2\n99968,100031,1\n")
        #expect(BucketsCSV.bytes(of: Histogram()).text == "Lower,Upper,Count\n")
    }

    @Test("the rows contain everything that the histogram knows")
    func lossless() {
        var random = RandomGenerator(seed: 3)
        let histogram = Histogram()
        for _ in 0..<3000 { histogram.record(random.nextLogUniform(upTo: 1e12)) }
        let again = Histogram()
        for row in BucketsCSV.bytes(of: histogram).text.split(separator: "\n").dropFirst() {
            let cells = row.split(separator: ",").compactMap { UInt64($0) }
            #expect(cells.count == 3)
            for _ in 0..<cells[2] { again.record(cells[0]) }
        }
        #expect(HistogramEncoding.encode(again) == HistogramEncoding.encode(histogram))
    }
}
