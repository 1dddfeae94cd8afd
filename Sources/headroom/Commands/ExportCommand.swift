import CLinux
import Measure
import Options
import Record
import Report
import Units
import Workload

/// `headroom export`: the HDR histograms of a record or a log, in formats for other tools.
enum ExportCommand {
    static let command = Command(
        "export", summary: "HDR histograms of a record or a log, as csv, hgrm, hlog or json",
        usage: [("export RECORD|LOG --format FORMAT [OPTIONS]", "")],
        about: [
            "Writes a distribution of a record, or of any log in HdrHistogram's format (V2), as other tools take it: "
                + "csv and hgrm are to the letter what HdrHistogram's own HistogramLogProcessor writes."
        ],
        examples: [
            .init("export results/spike --format csv --unit us", "percentiles of the response time in microseconds"),
            .init("export results/spike --format hlog --tag service", "the log of the service time, for other tools"),
        ],
        options: ExportOptions.options)

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        let options = try ExportOptions(arguments)
        do {
            let source = try LogSource(options.source)
            if options.format == .hlog {
                try Self.filter(source, options)
            } else {
                try Self.write(source, options)
            }
        } catch {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        }
        return .success
    }

    /// Copies the lines that were asked for, unchanged.
    private static func filter(_ source: LogSource, _ options: ExportOptions) throws(CommandError) {
        let output = try OutputFile(options.output)
        var tags = SeenTags()
        var leftOut = 0
        // If the start or the base changes, lines mean another time: a log may consist of several.
        var times: [Double] = []
        try source.forEachEntry { entry throws(HistogramLogFault) in
            try tags.note(entry)
            if let tag = options.tag, entry.tag != tag { return }
            guard options.range.contains(entry.offset) else {
                leftOut += 1
                return
            }
            let its = [entry.startSeconds, entry.baseSeconds]
            if times != its {
                times = its
                output.write(HistogramLogWriter.header(writer: Headroom.userAgent, copying: entry))
            }
            // A line that cannot be decoded is not passed on.
            _ = try entry.histogram()
            output.write(entry.text + [UInt8(ascii: "\n")])
        }
        try tags.check(options.tag, in: source.path)
        try output.finish()
        Self.complain(leftOut: leftOut)
    }

    /// Reports how many intervals are missing in the output.
    private static func complain(leftOut: Int) {
        if leftOut == 0 { return }
        Output.complain(
            "headroom: \(leftOut) interval\(leftOut == 1 ? "" : "s") outside of --start and --end "
                + "\(leftOut == 1 ? "is" : "are") left out")
    }

    private static func write(_ source: LogSource, _ options: ExportOptions) throws(CommandError) {
        let keepsRows = options.format == .intervalCSV
        let usual = options.tag ?? HistogramTag(.response)
        func series(_ tag: HistogramTag?, and other: HistogramTag? = nil) -> HistogramLogSeries {
            HistogramLogSeries(
                tag: tag, and: other, range: options.range, unit: options.unit.divisor, keepsRows: keepsRows)
        }
        // As in run.json: a request that has not ended counts by its age. A tag that was given counts alone.
        var named = series(usual, and: options.tag == nil ? HistogramTag(.response, .unended) : nil)
        var untagged = series(nil)
        var tags = SeenTags()
        try source.forEachEntry { entry throws(HistogramLogFault) in
            try tags.note(entry)
            if entry.tag != nil {
                try named.add(entry)
            } else if options.tag == nil {
                try untagged.add(entry)
            }
        }
        let isUntagged = options.tag == nil && !tags.names.contains(usual.text) && tags.hasUntagged
        if !isUntagged { try tags.check(usual, in: source.path) }
        let output = try OutputFile(options.output)
        let chosen = isUntagged ? untagged : named
        output.write(Self.bytes(chosen, options))
        try output.finish()
        Self.complain(leftOut: chosen.leftOut)
    }

    private static func bytes(_ series: HistogramLogSeries, _ options: ExportOptions) -> [UInt8] {
        let total = series.total ?? Histogram()
        let divisor = options.unit.divisor
        switch options.format {
        case .csv where !options.percentiles.isEmpty:
            return PercentileDistribution.csv(of: total, unit: divisor, percentiles: options.percentiles)
        case .csv: return series.distributionCSV()
        case .hgrm: return series.distributionText()
        case .intervalCSV: return series.intervalCSV()
        case .bucketsCSV: return BucketsCSV.bytes(of: total)
        case .json, .hlog:
            let percentiles =
                options.percentiles.isEmpty ? HistogramJSON.usualPercentiles : options.percentiles
            return HistogramJSON.encode(
                total, tag: series.tag?.text, unit: options.unit.rawValue, divisor: divisor,
                percentiles: percentiles)
        }
    }
}

/// The log of a record up to its last committed interval, or a log by itself.
struct LogSource {
    let path: String
    private let file: InputFile
    private let limit: UInt64
    /// Bytes after the last committed interval of a record: its run is in progress, or was killed.
    private let uncommitted: UInt64

    /// Opens a record's folder or a log; "-" is standard input.
    init(_ path: String) throws(CommandError) {
        let path = path == "-" ? "/dev/stdin" : path
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) else {
            self.file = try InputFile(path)
            self.path = path
            self.limit = .max
            self.uncommitted = 0
            return
        }
        let folder = try RecordReader.open(path)
        defer { close(folder.fd) }
        let reader = try RecordReader(folder, readsLog: false)
        for notice in reader.notices { Output.warn("\(path): \(notice)") }
        self.file = try InputFile("latency.hlog", in: folder)
        self.path = self.file.path
        self.limit = reader.log.committed
        self.uncommitted = reader.log.size - min(reader.log.size, reader.log.committed)
    }

    /// Passes each interval to `body`. A line that was never finished is left out, and reported.
    func forEachEntry(_ body: (HistogramLogEntry) throws(HistogramLogFault) -> Void) throws(CommandError) {
        let end = try self.file.forEachEntry(limit: self.limit, body).end
        if self.uncommitted > 0 {
            Output.complain(
                "headroom: \(self.path): an interval that was never committed (\(self.uncommitted) bytes) is left out")
        }
        if end.tornBytes > 0 {
            Output.complain(
                "headroom: \(self.path): the last line was never finished (\(end.tornBytes) bytes) and is left out"
            )
        }
    }
}

/// The tags of a log, for an error about a tag that is not there.
struct SeenTags {
    private(set) var names: Set<String> = []
    private(set) var hasUntagged = false

    /// More than any program has distributions.
    static let limit = 10_000
    /// Most names in a message.
    private static let shown = 24

    /// Notes the tag of an entry; names beyond the limit are dropped.
    mutating func note(_ entry: HistogramLogEntry) throws(HistogramLogFault) {
        guard let tag = entry.tag else {
            self.hasUntagged = true
            return
        }
        if self.names.count < Self.limit { self.names.insert(tag.text) }
    }

    /// Refuses a tag that no line had.
    func check(_ tag: HistogramTag?, in path: String) throws(CommandError) {
        if self.names.isEmpty && !self.hasUntagged {
            throw CommandError(sentence: "\(path) holds no interval", code: .badInput)
        }
        guard let tag, !self.names.contains(tag.text) else { return }
        let known = self.names.sorted()
        var words = known.prefix(Self.shown).joined(separator: ", ")
        if known.count > Self.shown { words += ", and \(known.count - Self.shown) more" }
        if self.hasUntagged { words += (words.isEmpty ? "" : ", and ") + "lines without a tag" }
        let hint = nearest(tag.text, in: known).map { " (did you mean \($0)?)" } ?? ""
        throw CommandError(
            sentence: "\(path) has no tag \(tag.text)\(hint). It has: \(words)", code: .badInput)
    }
}
