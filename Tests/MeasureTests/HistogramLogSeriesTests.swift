import Measure
import Testing

@Suite("Histogram log series")
struct HistogramLogSeriesTests {
    @Test(
        "T7: Java's logs give Java's distribution, text and CSV, to the letter",
        arguments: [
            ("jHiccup-2.0.7S.logV2.hlog", nil, "jhiccup"), ("java-written.hlog", "d0", "written-d0"),
            ("java-written.hlog", "d1", "written-d1"), ("java-written.hlog", "d2", "written-d2"),
            ("java-written.hlog", "d3", "written-d3"), ("java-written.hlog", "d4", "written-d4"),
            ("java-written.hlog", "d5", "written-d5"),
            ("java-written.hlog", "unit-1000", "written-unit-1000"),
            ("java-written.hlog", "resizing", "written-resizing"),
        ] as [(String, String?, String)])
    func distributions(log: String, tag: String?, golden: String) throws {
        let series = try LogContents(Golden.fixture(log)).series(tag: tag)
        #expect(series.distributionText().text == (try Golden.java(golden + ".hgrm")))
        #expect(series.distributionCSV().text == (try Golden.java(golden + "-csv.hgrm")))
    }

    @Test(
        "T7: Java's logs give Java's interval rows, to the letter",
        arguments: [
            ("jHiccup-2.0.7S.logV2.hlog", nil, HistogramLogSeries.wholeLog, "jhiccup-csv"),
            ("jHiccup-2.0.7S.logV2.hlog", nil, 3...20.5, "jhiccup-range-csv"),
            ("tagged-Log.logV2.hlog", nil, HistogramLogSeries.wholeLog, "tagged-csv"),
            ("tagged-Log.logV2.hlog", "A", HistogramLogSeries.wholeLog, "tagged-a-csv"),
            ("java-written.hlog", "d3", HistogramLogSeries.wholeLog, "written-d3-csv"),
            ("java-written.hlog", "unit-1000", HistogramLogSeries.wholeLog, "written-unit-1000-csv"),
            ("java-written.hlog", "resizing", HistogramLogSeries.wholeLog, "written-resizing-csv"),
        ] as [(String, String?, ClosedRange<Double>, String)])
    func intervals(log: String, tag: String?, range: ClosedRange<Double>, golden: String) throws {
        let series = try LogContents(Golden.fixture(log)).series(tag: tag, range: range)
        #expect(series.intervalCSV().text == (try Golden.java(golden + ".intervals")))
        #expect(series.distributionCSV().text == (try Golden.java(golden + ".hgrm")))
    }

    @Test("the known log of jHiccup holds 48,761 values")
    func knownTotal() throws {
        let log = try LogContents(Golden.fixture("jHiccup-2.0.7S.logV2.hlog"))
        #expect(try log.series().total?.totalCount == 48_761)
        #expect(log.end.tornBytes == 0)
    }

    @Test("Java's histograms encode to Java's bytes again")
    func encodesAsJava() throws {
        for entry in try LogContents(Golden.fixture("java-written.hlog")).entries {
            let text = HistogramEncoding.encodeBase64(try entry.histogram())
            #expect(entry.text.suffix(text.count) == text[...], "line \(entry.line)")
        }
    }

    @Test("if no line counts, the distribution is empty, and has no start time")
    func nothingCounts() throws {
        let series = try LogContents(ownLog(seconds: 2)).series(tag: "no-such-tag")
        #expect(series.total == nil)
        #expect(
            series.intervalCSV().text
                == "#[Interval percentile log between 0.000 and <Infinite> seconds (relative to StartTime)]\n"
        )
        #expect(
            series.distributionText().text.hasSuffix(
                "#[Buckets =           13, SubBuckets     =          256]\n"))
        #expect(series.distributionText().text.contains("Total count    =            0]"))
    }

    @Test("a histogram with other digits in one tag is a fault that names the line")
    func otherDigits() throws {
        var log = HistogramLogWriter.line(tag: nil, start: 0, end: 1, histogram: Histogram(of: [1]))
        let coarse = Histogram(of: [1], significantDigits: 2)
        log += HistogramLogWriter.line(tag: nil, start: 1, end: 2, histogram: coarse)
        let fault = HistogramLogFault(
            line: 2, kind: .merge(.shape(ours: Histogram().shape, theirs: coarse.shape)))
        #expect(throws: fault) { try LogContents(log).series() }
    }

    @Test("the sum of a tag is the union of its intervals, byte for byte")
    func sumIsUnion() throws {
        let log = try LogContents(ownLog(seconds: 20))
        let union = Histogram()
        for entry in log.entries where entry.tag?.text == "service" { union.add(try entry.histogram()) }
        let total = try #require(try log.series(tag: "service").total)
        #expect(HistogramEncoding.encode(total) == HistogramEncoding.encode(union))
    }
}
