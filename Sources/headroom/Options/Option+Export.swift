import Measure
import Options
import Units
import Workload

/// The options of `export`.
extension Option {
    static let format = Option(
        "format", .choice(of: ExportOptions.Format.self, suggests: true),
        "csv or hgrm (the percentile distribution, as Java's HdrHistogram writes it), interval-csv (a row "
            + "per interval, as its HistogramLogProcessor), hlog (the log itself, filtered), buckets-csv (every "
            + "non-empty bucket) or json (csv)",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.format)
    static let tag = Option(
        "tag", .tag,
        "which distribution: response, service, response.all, … (response; hlog: all)",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.tag)
    static let exportStart = Option(
        "start", .logTime,
        "leaves out intervals that begin before, such as 5s after the log's start",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.start)
    static let end = Option(
        "end", .logTime, "leaves out intervals that begin after",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.end)
    static let unit = Option(
        "unit", .choice(of: ExportOptions.Unit.self, suggests: true), "ns, us or ms (ms; json: ns)",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.unitAsked)
    static let percentiles = Option(
        "percentiles", .percentiles,
        "only these, such as 50,99,99.9; with csv and json",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.percentiles)
    static let exportOutput = Option(
        "output", short: "o", .file,
        "written whole or not at all (standard output)",
        section: .output, recording: .commandLine,
        sets: \ExportOptions.output)
}

/// Digits and points alone, so few that they are a number of a usual size.
private func isPlainNumber(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 20
        && text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
}

extension ValueType where Value == HistogramTag {
    /// The name of a distribution.
    fileprivate static var tag: Self {
        Self("NAME") { text throws(ParseError) in
            if let tag = HistogramTag(text) { return tag }
            throw ParseError("\(text) is no tag: 1 to \(HistogramTag.longest) of A-Z a-z 0-9 . _ : / -")
        }
    }
}

extension ValueType where Value == Double {
    /// Seconds since the start of the log, written with a unit, or bare as Java's tool takes them.
    fileprivate static var logTime: Self {
        Self("TIME") { text throws(ParseError) in
            if isPlainNumber(text), let value = Double(text), value <= 1e12 { return value }
            return Double(try TimeSpan.parse(text)) / 1e9
        }
    }
}

extension ValueType where Value == [Double] {
    /// More percentiles than a person reads.
    private static var limit: Int { 1_000 }

    /// Percentiles from 0 to 100, between commas.
    fileprivate static var percentiles: Self {
        Self("LIST") { text throws(ParseError) in
            let words = text.split(separator: ",", omittingEmptySubsequences: false)
            if words.count > Self.limit { throw ParseError("at most \(Self.limit)") }
            var values: [Double] = []
            for word in words {
                let number = word.hasPrefix("p") ? word.dropFirst() : word
                guard isPlainNumber(number), let value = Double(number), (0...100).contains(value) else {
                    throw ParseError("\(word) is no percentile from 0 to 100, such as 50,99,99.9")
                }
                values.append(value)
            }
            return values
        }
    }
}
