import Testing

@testable import Measure

@Suite("Histogram log writer")
struct HistogramLogWriterTests {
    @Test("header lines are those of format 1.3, and one line per interval ends with a newline")
    func goldenFile() throws {
        try Golden.expect(ownLog(seconds: 3), equals: "own.hlog")
    }

    @Test("times are whole milliseconds, and intervals that touch still touch")
    func timesTouch() throws {
        let first = HistogramLogWriter.line(tag: nil, start: 0, end: 1_000_499_999, histogram: Histogram())
        let second = HistogramLogWriter.line(
            tag: nil, start: 1_000_500_000, end: 2_000_500_000, histogram: Histogram())
        #expect(first.text.hasPrefix("0.000,1.000,0.000,HISTF"))
        #expect(second.text.hasPrefix("1.001,1.000,0.000,HISTF"))
        let far = HistogramLogWriter.line(tag: nil, start: .max, end: .max, histogram: Histogram())
        #expect(far.text.hasPrefix("18446744073.710,0.000,"))
        let entries = try LogContents(first + second).entries
        #expect(entries.map(\.offsetMilliseconds) == [0, 1001])
    }

    @Test("the maximum is that of the slot, in milliseconds, with three decimals")
    func maximumOfTheSlot() {
        let line = HistogramLogWriter.line(
            tag: HistogramTag(.sendLag), start: 0, end: 1, histogram: Histogram(of: [2_768_000]))
        #expect(line.text.hasPrefix("Tag=send_lag,0.000,0.000,2.769,HISTF"))
    }

    @Test("a writer's name cannot end its comment line")
    func writerIsOneLine() {
        let header = HistogramLogWriter.header(writer: "a\nb\r\u{1b}[31m", startedAt: 0)
        #expect(header.text.hasPrefix("#[Logged with ab[31m]\n"))
        #expect(
            header.text.contains("#[StartTime: 0.000 (seconds since epoch), Thu Jan 01 00:00:00 UTC 1970]\n"))
    }
}
