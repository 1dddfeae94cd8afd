import Measure
import Testing

@Suite("Percentile distribution")
struct PercentileDistributionTests {
    @Test("rows have the width and the decimals of Java's form, the last without its fourth column")
    func rowsToTheLetter() {
        let histogram = Histogram(of: [1_000_000, 250_000_000])
        let lines = PercentileDistribution.text(of: histogram).text.split(separator: "\n")
        #expect(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(lines[1] == "       1.000 0.000000000000          1           1.00")
        #expect(lines[7] == "     250.085 0.550000000000          2           2.22")
        #expect(lines[8] == "     250.085 1.000000000000          2")
        #expect(lines[9] == "#[Mean    =      125.510, StdDeviation   =      124.510]")
        #expect(lines.count == 12)
    }

    @Test("values can be printed in another unit")
    func otherUnit() {
        let csv = PercentileDistribution.csv(of: Histogram(of: [2000]), unit: 1e3).text
        #expect(
            csv == """
                "Value","Percentile","TotalCount","1/(1-Percentile)"
                2.000,0.000000000000,1,1.00
                2.000,1.000000000000,1,Infinity

                """)
    }
}
