import Measure
import Options

/// What a command line of `headroom export` asks for.
struct ExportOptions {
    private(set) var source = ""
    var format = Format.csv
    /// Nil if none was given: then `response`, or lines without a tag if the log has no such tag.
    var tag: HistogramTag?
    /// Seconds since the start of the log; nil for no limit.
    var start: Double?
    var end: Double?
    var unitAsked: Unit?
    /// Percentiles from 0 to 100, if some were asked for.
    var percentiles: [Double] = []
    /// Nil for standard output.
    var output: String?

    /// The intervals between `start` and `end`.
    private(set) var range = HistogramLogSeries.wholeLog
    var unit: Unit { self.unitAsked ?? (self.format == .json ? .nanoseconds : .milliseconds) }

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
        try arguments.apply(to: &self)
        let start = self.start ?? self.range.lowerBound
        let end = self.end ?? self.range.upperBound
        guard start <= end else { throw UsageError("--start is after --end") }
        self.range = start...end
        try self.refuseWhatSaysNothing()
    }

    /// Refuses options that a format does not use.
    private func refuseWhatSaysNothing() throws(UsageError) {
        if !self.percentiles.isEmpty, self.format != .csv, self.format != .json {
            throw UsageError(
                "--percentiles belongs to csv and json; \(self.format.rawValue) has rows of its own")
        }
        if self.unitAsked != nil, self.format == .hlog || self.format == .bucketsCSV {
            throw UsageError("--unit does not go with \(self.format.rawValue): it is exact, in nanoseconds")
        }
    }
}
