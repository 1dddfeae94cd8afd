import Measure
import Options
import Units
import Workload

/// The options of `headroom export`.
struct ExportOptions {
    let source: String
    let format: Format
    /// Nil if none was given: then `response`, or lines without a tag if the log has no such tag.
    let tag: HistogramTag?
    let range: ClosedRange<Double>
    let unit: Unit
    /// Percentiles from 0 to 100, if some were asked for.
    let percentiles: [Double]
    let output: String?

    /// A way to write distributions.
    enum Format: String, CaseIterable {
        case csv, hgrm, json, hlog
        case intervalCSV = "interval-csv"
        case bucketsCSV = "buckets-csv"
    }

    /// The unit of values in the output; they are recorded in nanoseconds.
    enum Unit: String, CaseIterable {
        case nanoseconds = "ns"
        case microseconds = "us"
        case milliseconds = "ms"

        /// Nanoseconds are divided by this.
        var divisor: Double {
            switch self {
            case .nanoseconds: 1
            case .microseconds: 1e3
            case .milliseconds: 1e6
            }
        }
    }

    /// More percentiles than a person reads.
    static let percentilesLimit = 1_000

    static let options: [Option] = [
        .format, .tag, .exportStart, .end, .unit, .percentiles, .exportOutput, .help,
    ]

    /// Reads a command line.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let source = arguments.positionals.first, !source.isEmpty else {
            throw UsageError("export needs a record, or a log in HdrHistogram's format")
        }
        if arguments.positionals.count > 1 {
            throw UsageError("one record or log at a time; \(arguments.positionals[1]) is one too many")
        }
        self.source = source
        self.format = try Self.word(arguments, .format, among: Format.self) ?? .csv
        self.unit =
            try Self.word(arguments, .unit, among: Unit.self)
            ?? (self.format == .json ? .nanoseconds : .milliseconds)
        if let text = arguments.last(.tag) {
            guard let tag = HistogramTag(text) else {
                throw UsageError(
                    "--tag: \(text) is no tag: 1 to \(HistogramTag.longest) of A-Z a-z 0-9 . _ : / -")
            }
            self.tag = tag
        } else {
            self.tag = nil
        }
        let start = try arguments.last(.exportStart).map { text throws(UsageError) in
            try Self.seconds(text, .exportStart)
        }
        let end = try arguments.last(.end).map { text throws(UsageError) in try Self.seconds(text, .end) }
        let whole = HistogramLogSeries.wholeLog
        guard start ?? whole.lowerBound <= end ?? whole.upperBound else {
            throw UsageError("--start is after --end")
        }
        self.range = (start ?? whole.lowerBound)...(end ?? whole.upperBound)
        self.percentiles = try arguments.last(.percentiles).map(Self.percentiles) ?? []
        self.output = arguments.last(.exportOutput)
        try self.refuseWhatSaysNothing(arguments)
    }

    /// Refuses options that a format does not use.
    private func refuseWhatSaysNothing(_ arguments: ParsedArguments) throws(UsageError) {
        if !self.percentiles.isEmpty, self.format != .csv, self.format != .json {
            throw UsageError(
                "--percentiles belongs to csv and json; \(self.format.rawValue) has rows of its own")
        }
        if arguments.has(.unit), self.format == .hlog || self.format == .bucketsCSV {
            throw UsageError("--unit does not go with \(self.format.rawValue): it is exact, in nanoseconds")
        }
    }

    private static func word<Word: CaseIterable & RawRepresentable<String>>(
        _ arguments: ParsedArguments, _ option: Option, among type: Word.Type
    ) throws(UsageError) -> Word? {
        guard let text = arguments.last(option) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        let hint = nearest(text, in: known).map { "; did you mean \($0)?" } ?? ""
        throw UsageError("\(option.flag): \(text) is none of \(known.joined(separator: ", "))\(hint)")
    }

    /// A time since the start of the log, with a unit, or bare seconds as Java's tool takes them.
    private static func seconds(_ text: String, _ option: Option) throws(UsageError) -> Double {
        let isBare = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        if isBare, text.utf8.count <= 20, let value = Double(text), value <= 1e12 { return value }
        return Double(try ValueType.time.read(text, of: option)) / 1e9
    }

    private static func percentiles(_ text: String) throws(UsageError) -> [Double] {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        if words.count > Self.percentilesLimit {
            throw UsageError("--percentiles: at most \(Self.percentilesLimit)")
        }
        var values: [Double] = []
        for word in words {
            let number = word.hasPrefix("p") ? word.dropFirst() : word
            let isPlain = number.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
            }
            guard isPlain, number.utf8.count <= 20, let value = Double(number), (0...100).contains(value)
            else {
                throw UsageError("--percentiles: \(word) is no percentile from 0 to 100, such as 50,99,99.9")
            }
            values.append(value)
        }
        return values
    }
}
