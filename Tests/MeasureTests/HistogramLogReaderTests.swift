import Numerics
import Testing

@testable import Measure

@Suite("Histogram log reader")
struct HistogramLogReaderTests {
    @Test("headroom's own log reads back: tags, times and histograms", arguments: [1, 7, 1000, .max])
    func ownLogReadsBack(piece: Int) throws {
        let log = ownLog(seconds: 5)
        let contents = try LogContents(log, piece: piece)
        #expect(contents.entries.count == 20)
        #expect(
            contents.end
                == .init(completeBytes: UInt64(log.count), tornBytes: 0, newlineIsMissing: false))
        #expect(contents.entries[4].tag == HistogramTag(.response))
        #expect(contents.entries[4].offsetMilliseconds == 1000)
        #expect(contents.entries[4].line == 10)
        for (second, entry) in contents.entries.filter({ $0.tag?.text == "warmup.response" }).enumerated() {
            #expect(try entry.histogram().maximum == UInt64(second) + 1)
            #expect(entry.startSeconds == 1_700_000_000.123)
        }
    }

    @Test("a log cut at any byte of its end keeps every complete interval and reports the torn one")
    func cutAtEveryByte() throws {
        let log = ownLog(seconds: 3)
        let whole = try LogContents(log)
        // Where each line ends, without its newline.
        let ends = log.indices.filter { log[$0] == UInt8(ascii: "\n") }
        for length in max(0, log.count - 2048)..<log.count {
            let contents = try LogContents(log.prefix(length))
            // Five lines of header, then one per interval.
            let complete = ends.filter { $0 <= length }.count - 5
            #expect(contents.entries.count == complete, "cut at \(length)")
            #expect(contents.entries.map(\.text) == whole.entries.prefix(complete).map(\.text))
            let lastNewline = ends.last { $0 < length } ?? -1
            let isWhole = ends.contains(length)
            #expect(contents.end.newlineIsMissing == isWhole)
            #expect(contents.end.tornBytes == (isWhole ? 0 : length - lastNewline - 1))
            #expect(contents.end.completeBytes == UInt64(isWhole ? length : lastNewline + 1))
        }
    }

    @Test("an empty file, and a header alone, are logs without intervals")
    func emptyLogs() throws {
        #expect(try LogContents([UInt8]()).entries.isEmpty)
        let header = HistogramLogWriter.header(writer: "x", startedAt: 1)
        let contents = try LogContents(header)
        #expect(contents.entries.isEmpty)
        #expect(contents.end.completeBytes == UInt64(header.count))
    }

    @Test("a comment that is cut off counts as torn")
    func tornComment() throws {
        let text = "#[StartTime: 17"
        let contents = try LogContents(Array(text.utf8))
        #expect(contents.end == .init(completeBytes: 0, tornBytes: text.utf8.count, newlineIsMissing: false))
    }

    @Test("lines with Windows endings and blank lines are accepted")
    func carriageReturns() throws {
        let log = ownLog(seconds: 2)
        let windows = Array(log.text.replacing("\n", with: "\r\n\r\n").utf8)
        let contents = try LogContents(windows)
        #expect(contents.entries.map(\.text) == (try LogContents(log)).entries.map(\.text))
    }

    @Test(
        "times count from the same origin as in Java",
        arguments: [
            // header, timestamp, offset expected
            ("", "5.000", 0), ("#[StartTime: 1000.000 x]\n", "5.000", -995),
            ("#[StartTime: 1441812279.474 (seconds since epoch), Wed]\n", "0.127", 0.127),
            ("#[StartTime: 1441812279.000 x]\n", "1441812280.500", 1.5),
            ("#[StartTime: 1000.000 x]\n#[BaseTime: 990.000 x]\n", "20.000", 10),
        ] as [(String, String, Double)])
    func baseTimes(header: String, timestamp: String, offset: Double) throws {
        let line = HistogramLogWriter.line(tag: nil, start: 0, end: 1, histogram: Histogram()).text
        let log = header + timestamp + line.dropFirst("0.000".count)
        let entry = try #require(try LogContents(Array(log.utf8)).entries.first)
        #expect(abs(entry.offset - offset) < 1e-6)
    }

    @Test(
        "an invalid line is a fault with its number and the reason",
        arguments: [
            (
                "garbage",
                "line 2: the interval length is missing; a line is [Tag=name,]start,length,max,histogram"
            ),
            ("1,2", "line 2: the maximum is missing; a line is [Tag=name,]start,length,max,histogram"),
            ("1,2,3", "line 2: the histogram is missing; a line is [Tag=name,]start,length,max,histogram"),
            ("Tag=a", "line 2: the start time is missing; a line is [Tag=name,]start,length,max,histogram"),
            ("x,1,1,A", "line 2: the start time is no number of seconds: \"x\""),
            ("nan,1,1,A", "line 2: the start time is no number of seconds: \"nan\""),
            ("1e300,1,1,A", "line 2: the start time is no number of seconds: \"1e300\""),
            ("0x10,1,1,A", "line 2: the start time is no number of seconds: \"0x10\""),
            ("1,inf,1,A", "line 2: the interval length is no number of seconds: \"inf\""),
            ("1,-1,1,A", "line 2: the interval length is no number of seconds: -1.0"),
            (
                "Tag=a b,1,1,1,A",
                "line 2: not a tag: \"a b\"; a tag is 1 to 64 of A-Z a-z 0-9 . _ : / -"
            ),
            (
                "Tag=\u{1b}[31m,1,1,1,A",
                "line 2: not a tag: \"?[31m\"; a tag is 1 to 64 of A-Z a-z 0-9 . _ : / -"
            ),
            ("#[StartTime: soon]", "line 2: StartTime is no number of seconds: \"soon]\""),
            ("#[BaseTime: 1e99 x]", "line 2: BaseTime is no number of seconds: \"1e99\""),
        ])
    func faults(line: String, message: String) {
        do {
            _ = try LogContents(Array("# comment\n\(line)\n".utf8))
            Issue.record("read without a fault")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test("a damaged histogram names its line when it is decoded, and only then")
    func damagedHistogram() throws {
        let entries = try LogContents(Array("1,2,3,HISTA\n1,2,3,\n1,2,3,AAAA,x\n".utf8)).entries
        #expect(entries.count == 3)
        #expect(throws: HistogramLogFault(line: 1, kind: .encoding(.base64))) { try entries[0].histogram() }
        #expect(throws: HistogramLogFault(line: 2, kind: .encoding(.truncated(needed: 4, found: 0)))) {
            try entries[1].histogram()
        }
        #expect(throws: HistogramLogFault(line: 3, kind: .encoding(.base64))) { try entries[2].histogram() }
    }

    @Test("a file without newlines stops at the limit of a line")
    func endlessLine() {
        var reader = HistogramLogReader()
        let piece = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 20)
        #expect(throws: HistogramLogFault(line: 1, kind: .lineTooLong(limit: HistogramLogReader.lineLimit))) {
            for _ in 0...(HistogramLogReader.lineLimit >> 20) { try reader.feed(piece[...]) { _ in } }
        }
    }

    @Test("seeded corruption of a log is a fault with a line number, or a log")
    func seededCorruption() {
        var random = RandomGenerator(seed: 77)
        let log = ownLog(seconds: 2)
        var faults = 0
        for _ in 0..<300 {
            var damaged = log
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            do {
                for entry in try LogContents(damaged).entries { _ = try entry.histogram() }
            } catch let fault as HistogramLogFault {
                faults += 1
                #expect(fault.line >= 1 && fault.line <= damaged.filter { $0 == 10 }.count + 1)
            } catch {
                Issue.record("not a fault of the log: \(error)")
            }
        }
        #expect(faults > 200)
    }
}
