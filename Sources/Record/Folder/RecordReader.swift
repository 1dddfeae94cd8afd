import CLinux
import Judge
import Kernel
import Measure
import Units
import Workload
import YAML

/// A record on disk: run.json, the sums of the committed rows, and the distributions of the committed lines of the log.
public struct RecordReader {
    public let path: String
    /// What run.json says.
    public private(set) var stored: RunRecord
    /// The objectives that it is judged by, without those that always apply: they are judged from the counts.
    public private(set) var objectives: [SLO]
    /// What another version of headroom wrote differently, in sentences.
    public private(set) var notices: [String] = []
    public private(set) var totals = RecordTotals()
    public private(set) var distributions = RunDistributions()
    /// The latencies that objectives are about, second by second.
    private(set) var series: ObjectiveSeries
    /// The results of objectives over windows, by their texts.
    public private(set) var windows: [String: SLOOutcome.Windows] = [:]
    /// Columns of intervals.csv that this version does not know, and the revision of its run.json.
    private var unexpected: [String]
    private let revision: UInt64?
    /// Members of run.json that were taken out of it.
    private let removed: [String]
    /// Committed bytes of the two growing files, and how many bytes after them were never committed.
    public private(set) var intervals = Extent()
    public private(set) var log = Extent()
    /// Seconds since 1970 when the log began.
    public private(set) var startSeconds = 0.0

    private let readsLog: Bool

    /// The part of a file that counts.
    public struct Extent: Sendable {
        public var committed: UInt64 = 0
        public var size: UInt64 = 0

        public var isCut: Bool { self.committed != self.size }
    }

    /// Reads a record. A run that never ended may have lost the lines of its last interval but not the row that commits
    /// them (a power cut keeps no order). Then that interval is dropped.
    ///
    /// With `readsLog` false the distributions stay empty, for callers that read the log themselves. `given`:
    /// objectives to use in place of those that the run was judged by; empty for its own.
    public init(
        _ folder: (fd: Int32, path: String), readsLog: Bool = true, judgedBy given: [SLO] = []
    ) throws(CommandError) {
        self.path = folder.path
        self.readsLog = readsLog
        let bytes: [UInt8]
        do {
            bytes = try InputFile("run.json", in: folder).all(limit: DataNode.sizeLimit)
        } catch {
            throw CommandError(sentence: "\(folder.path) is not a record: \(error.sentence)", code: .badInput)
        }
        do {
            let decoded = try RunJSON.decode(bytes)
            self.stored = decoded.record
            self.unexpected = decoded.unexpected
            self.revision = decoded.revision
            self.removed = decoded.removed
            self.objectives = try Self.objectives(decoded.record)
            self.series = ObjectiveSeries([], plan: self.stored.plan)
        } catch {
            throw CommandError(sentence: "\(folder.path)/run.json: \(error.message)", code: .badInput)
        }
        if !given.isEmpty {
            let own = self.objectives
            self.objectives = SLO.effective(
                given, holdsUsers: own.contains { $0.objective == .heldEqualsAsked },
                holdsConnections: own.contains { $0.objective == .connectionsEqualAsked })
        }
        do {
            try self.readSeries(folder, rowLimit: .max)
        } catch {
            let rows = self.totals.rows
            guard self.stored.state == .running, rows > 0 else { throw error }
            do {
                try self.readSeries(folder, rowLimit: rows - 1)
            } catch _ {
                throw error
            }
        }
        // The rows have the pauses of a run, if they have the column.
        if self.stored.mergedFrom.isEmpty, !self.stored.unknown.contains("own_pause") {
            self.stored.unknown.remove("own_pauses")
        }
        if !self.stored.mergedFrom.isEmpty {
            for outcome in self.stored.slo { self.windows[outcome.text] = outcome.windows }
        } else if readsLog {
            self.windows = try Self.windows(folder, reader: self)
        }
        self.notices = RecordNotices(
            revision: self.revision, unexpected: self.unexpected, missing: self.stored.unknown,
            removed: self.removed
        ).sentences
    }

    private static func objectives(_ record: RunRecord) throws(ParseError) -> [SLO] {
        let own = RunRecord.ownObjectiveTexts
        var objectives: [SLO] = []
        for outcome in record.slo
        where ![own.neverStarted, own.sessions, own.answered].contains(outcome.text) {
            objectives.append(try SLO.parse(outcome.text))
        }
        return objectives
    }

    /// Judges the windows of a record: reads its intervals again, one by one.
    private static func windows(
        _ folder: (fd: Int32, path: String), reader: RecordReader
    ) throws(CommandError) -> [String: SLOOutcome.Windows] {
        let plan = reader.stored.plan
        var windows = ObjectiveWindows(reader.objectives, plan: plan, knowsResent: reader.stored.knowsResent)
        if windows.isEmpty || reader.totals.rows == 0 { return windows.finish() }
        let cursor = try RecordCursor(folder, reader: reader)
        let interval = RunDistributions(steps: plan.steps.map(\.number))
        while let next = try cursor.next() {
            interval.reset()
            do {
                for entry in next.entries { try interval.add(entry) }
            } catch {
                throw CommandError(sentence: "\(folder.path)/latency.hlog: \(error)", code: .badInput)
            }
            interval.hold.counters = next.row.hold.counters
            windows.take(next.row, interval.hold)
        }
        return windows.finish()
    }

    /// Opens a record for reading only.
    public static func open(_ path: String) throws(CommandError) -> (fd: Int32, path: String) {
        let fd = linux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        if fd < 0 {
            throw CommandError(sentence: "\(path) is not a record: \(Errno(linux_errno()))", code: .badInput)
        }
        return (fd, path)
    }

    private mutating func readSeries(
        _ folder: (fd: Int32, path: String), rowLimit: Int
    ) throws(CommandError) {
        self.totals = RecordTotals()
        self.distributions = RunDistributions(steps: self.stored.plan.steps.map(\.number))
        self.series = self.emptySeries
        let log = try self.file("latency.hlog", in: folder)
        self.log.size = log?.size ?? 0
        if let rows = try self.file("intervals.csv", in: folder) { try self.readRows(rows, limit: rowLimit) }
        guard self.totals.rows > 0 else {
            self.log.committed = 0
            if let log { self.log.committed = try Self.headerBytes(of: log) }
            return
        }
        self.log.committed = self.totals.logBytes
        if let log, self.readsLog { try self.readLog(log) }
    }

    /// One of the growing files. A run that was killed at once may have none.
    private func file(
        _ name: String, in folder: (fd: Int32, path: String)
    ) throws(CommandError) -> InputFile? {
        do {
            return try InputFile(name, in: folder)
        } catch {
            if self.stored.state == .complete || self.stored.state == .interrupted { throw error }
            return nil
        }
    }

    private mutating func readRows(_ file: InputFile, limit: Int) throws(CommandError) {
        self.intervals.size = file.size
        var reader = IntervalsReader()
        var totals = self.totals
        let logSize = self.log.size
        var goesOn = true
        while goesOn {
            let piece = try file.next()
            if piece.isEmpty { break }
            do {
                goesOn = try reader.feed(piece) { row in
                    guard totals.rows < limit, row.logBytes <= logSize else { return false }
                    totals.add(row)
                    return true
                }
            } catch {
                throw file.commandError(error)
            }
        }
        self.totals = totals
        self.intervals.committed = reader.committedBytes
        self.stored.unknown.formUnion(reader.missing)
        for name in reader.unexpected where !self.unexpected.contains(name) { self.unexpected.append(name) }
    }

    private mutating func readLog(_ file: InputFile) throws(CommandError) {
        let distributions = self.distributions
        var series = self.emptySeries
        // Half a second is more than the error of times in milliseconds, and less than an interval that counts.
        let holdEnd = Double(self.totals.holdEnd) / 1e9 - Self.halfSecond
        let (end, startSeconds) = try file.forEachEntry(limit: self.totals.logBytes) {
            entry throws(HistogramLogFault) in
            try distributions.add(entry)
            if let tag = entry.tag, series.wants(tag), entry.length >= 0, entry.length < 1e6 {
                series.take(
                    tag, try entry.histogram(), start: entry.offset, length: UInt64(entry.length * 1e9),
                    isHold: entry.offset < holdEnd)
            }
        }
        series.finish()
        self.series = series
        self.startSeconds = startSeconds ?? 0
        if end.completeBytes != self.totals.logBytes || end.newlineIsMissing {
            throw CommandError(
                sentence: "\(file.path): no line ends at byte \(self.totals.logBytes), which intervals.csv "
                    + "commits: the two files do not belong together", code: .badInput)
        }
        do {
            try distributions.finish()
        } catch {
            throw file.commandError(error)
        }
        guard distributions.restore(
            hold: self.totals.hold, connectOutside: self.totals.connectOutside, tlsOutside: self.totals.tlsOutside,
            unknown: self.stored.unknown)
        else {
            throw CommandError(
                sentence:
                    "\(file.path): its values are not those that intervals.csv has: the two files do "
                    + "not belong together", code: .badInput)
        }
    }

    private static let halfSecond = 0.45

    private var emptySeries: ObjectiveSeries {
        ObjectiveSeries(self.objectives, plan: self.stored.plan)
    }

    /// Bytes of the comments that begin a log without intervals.
    private static func headerBytes(of file: InputFile) throws(CommandError) -> UInt64 {
        var length = 0
        for line in try file.next().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast()
        {
            guard line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: "\"") else { break }
            length += line.count + 1
        }
        return UInt64(length)
    }
}

extension RecordReader {
    /// A newer headroom wrote it, with members or columns that are not known here.
    public var isNewer: Bool { !self.unexpected.isEmpty || (self.revision ?? 0) > Revision.current.rawValue }

    /// The run from all of this. `partial` if it never ended, or if committed data is missing.
    public var summary: RunRecord {
        var record = self.stored
        let wasCut =
            record.state == .running || record.state == .partial || self.intervals.isCut || self.log.isCut
        if wasCut { record.forgetEnd() }
        record.slo = []
        let strain = record.outcome.strain ?? record.outcome.health.map(Strain.init)
        record.outcome.strain = strain
        self.totals.fill(&record, from: self.distributions)
        // Without the CPU of its workers it is not known how busy the generator was.
        if self.stored.unknown.contains("worker_cpu") { record.outcome.strain = strain }
        record.conclude(
            self.objectives, windows: self.windows, series: record.mergedFrom.isEmpty ? self.series : nil)
        return record
    }
}

extension RunRecord {
    /// Makes it partial: what only the end of a run shows is not known of what is left of it.
    fileprivate mutating func forgetEnd() {
        self.state = .partial
        (self.outcome.longestSilence, self.outcome.longestPause) = (nil, nil)
        (self.outcome.connectionsAdopted, self.outcome.heldAfter) = (nil, nil)
        (self.cpuSeconds, self.peakResidentBytes) = (nil, nil)
    }
}
