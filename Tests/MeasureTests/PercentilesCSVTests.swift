import Measure
import Numerics
import Testing

@Suite("percentiles.csv")
struct PercentilesCSVTests {
    @Test("one block per metric, for successes and for every attempt, with an Infinity at its end")
    func goldenFile() throws {
        let window = Window()
        var random = RandomGenerator(seed: 9)
        for metric in [Metric.response, .service] {
            for _ in 0..<2000 { window.succeeded[metric.rawValue].record(random.nextLogUniform(upTo: 1e9)) }
            for _ in 0..<3 { window.failed[metric.rawValue].record(10_000_000_000) }
        }
        window.failed[Metric.connect.rawValue].record(5_000_000_000)
        try Golden.expect(percentilesCSV(of: window), equals: "percentiles.csv")
    }

    @Test("a run without samples gives the header alone")
    func headerAlone() {
        #expect(
            percentilesCSV(of: Window())
                == Array("Metric,Value,Percentile,TotalCount,1/(1-Percentile)\n".utf8))
    }

    @Test("values are integers of nanoseconds, levels have twelve decimals")
    func rowsToTheLetter() {
        let bytes = PercentilesCSV.bytes(of: [(name: "ttfb", histogram: Histogram(of: [1, 1000]))])
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 9)
        #expect(lines[1] == "ttfb,1,0.000000000000,1,1.00")
        #expect(lines[3] == "ttfb,1,0.200000000000,1,1.25")
        #expect(lines[7] == "ttfb,1000,0.550000000000,2,2.22")
        #expect(lines[8] == "ttfb,1000,1.000000000000,2,Infinity")
    }
}
