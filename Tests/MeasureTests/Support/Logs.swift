import Foundation
import Measure
import Numerics

/// The whole content of a log, read at once.
struct LogContents {
    var entries: [HistogramLogEntry] = []
    var end: HistogramLogReader.End

    /// Reads a log in pieces of this many bytes.
    init(_ bytes: some Sequence<UInt8>, piece: Int = .max) throws {
        var reader = HistogramLogReader()
        var entries: [HistogramLogEntry] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            try reader.feed(rest.prefix(piece)) { entries.append($0) }
            rest = rest.dropFirst(piece)
        }
        self.end = try reader.finish { entries.append($0) }
        self.entries = entries
    }

    /// The intervals of one tag, added up.
    func series(
        tag: String? = nil, range: ClosedRange<Double> = HistogramLogSeries.wholeLog
    ) throws -> HistogramLogSeries {
        var series = HistogramLogSeries(tag: tag.flatMap { HistogramTag($0) }, range: range)
        for entry in self.entries { try series.add(entry) }
        return series
    }
}

extension Golden {
    /// The bytes of a fixture.
    static func fixture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.folder.appending(path: "Fixtures").appending(path: name)))
    }

    /// The output of Java's processor for a fixture.
    static func java(_ name: String) throws -> String {
        let url = self.folder.appending(path: "Golden/java").appending(path: name)
        return try String(contentsOf: url, encoding: .utf8)
    }
}

/// A log by headroom: `seconds` intervals of two metrics, with a warm-up before them and a tag for every attempt.
func ownLog(seconds: UInt64, seed: UInt64 = 1) -> [UInt8] {
    var random = RandomGenerator(seed: seed)
    var log = HistogramLogWriter.header(writer: "headroom test", startedAt: 1_700_000_000_123)
    for second in 0..<seconds {
        let (start, end) = (second * 1_000_000_000, (second + 1) * 1_000_000_000 + 400_000)
        for tag in [
            HistogramTag(.response), HistogramTag(.service), HistogramTag(.response, .all),
        ] {
            let histogram = Histogram()
            for _ in 0..<Int.random(in: 0...300, using: &random) {
                histogram.record(100_000 + random.nextLogUniform(upTo: 2e9))
            }
            log += HistogramLogWriter.line(tag: tag, start: start, end: end, histogram: histogram)
        }
        let tag = HistogramTag(.response, outsideHold: true)
        log += HistogramLogWriter.line(
            tag: tag, start: start, end: end, histogram: Histogram(of: [second + 1]))
    }
    return log
}

extension [UInt8] {
    /// As text.
    var text: String { String(decoding: self, as: UTF8.self) }
}
