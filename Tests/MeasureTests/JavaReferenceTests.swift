import Measure
import Testing

@Suite("Java's HistogramLogProcessor", .enabled(if: JavaReference.isWanted))
struct JavaReferenceTests {
    @Test(
        "T7: Java reads headroom's log, and headroom's files equal Java's to the letter",
        .timeLimit(.minutes(2)),
        arguments: ["response", "service", "response.all", "warmup.response"],
        [HistogramLogSeries.wholeLog, 5...12.5])
    func readsOurLog(tag: String, range: ClosedRange<Double>) throws {
        let log = ownLog(seconds: 20, seed: 7)
        let series = try LogContents(log).series(tag: tag, range: range)
        var options = ["-tag", tag]
        if range != HistogramLogSeries.wholeLog {
            options += ["-start", "\(range.lowerBound)", "-end", "\(range.upperBound)"]
        }
        let text = try JavaReference.process(log, options: options)
        #expect(text.status == 0)
        #expect(text.messages == "")
        #expect(text.distribution == series.distributionText().text)
        let csv = try JavaReference.process(log, options: options + ["-csv"])
        #expect(csv.status == 0)
        #expect(csv.messages == "")
        #expect(csv.distribution == series.distributionCSV().text)
        #expect(csv.intervals == series.intervalCSV().text)
    }

    @Test(
        "T7: lines copied from another log under headroom's header mean the same to Java",
        .timeLimit(.minutes(1)))
    func readsCopiedLines() throws {
        let log = try LogContents(Golden.fixture("tagged-Log.logV2.hlog"))
        let wanted = log.entries.filter { $0.tag?.text == "A" && (3...20.5).contains($0.offset) }
        var copy = HistogramLogWriter.header(writer: "headroom export", copying: try #require(wanted.first))
        for entry in wanted { copy += entry.text + [UInt8(ascii: "\n")] }
        let output = try JavaReference.process(copy, options: ["-tag", "A", "-csv"])
        #expect(output.status == 0)
        let original = try JavaReference.process(
            Golden.fixture("tagged-Log.logV2.hlog"),
            options: ["-tag", "A", "-csv", "-start", "3", "-end", "20.5"])
        let rows = { (text: String) in text.split(separator: "\n").dropFirst() }
        #expect(wanted.count > 10)
        #expect(Array(rows(output.intervals)) == Array(rows(original.intervals)))
        #expect(Array(rows(output.distribution)) == Array(rows(original.distribution)))
    }

    @Test("T7: Java reads the rest of a log that was cut, once it is repaired", .timeLimit(.minutes(2)))
    func readsARepairedLog() throws {
        let log = ownLog(seconds: 4, seed: 8)
        for cut in [1, 2, 100, 700] {
            let torn = Array(log.dropLast(cut))
            let contents = try LogContents(torn)
            var repaired = Array(torn.prefix(Int(contents.end.completeBytes)))
            if contents.end.newlineIsMissing { repaired.append(UInt8(ascii: "\n")) }
            let output = try JavaReference.process(repaired, options: ["-tag", "response", "-csv"])
            #expect(output.status == 0)
            #expect(output.intervals == (try contents.series(tag: "response").intervalCSV().text))
        }
    }
}
