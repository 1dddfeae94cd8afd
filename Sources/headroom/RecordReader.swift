import CLinux
import Engine
import Measure
import Report
import Workload

/// A record as it is on disk: what run.json says, what the committed rows add up to, and the distributions
/// of the committed lines of the log.
struct RecordReader {
    let path: String
    let stored: StoredRun
    private(set) var totals = RecordTotals()
    private(set) var distributions = RunDistributions()
    /// Bytes that are kept of the two growing files, and how many follow that were never committed.
    private(set) var intervals = Extent()
    private(set) var log = Extent()

    /// How much of a file counts.
    struct Extent {
        var committed: UInt64 = 0
        var size: UInt64 = 0

        var isCut: Bool { self.committed != self.size }
    }

    /// Why a record cannot be read, when it is not the end of a file that was lost.
    private struct Damage: Error {
        let sentence: String
    }

    /// Reads a record. A run that never ended may have lost the lines of its last interval and not the row
    /// that commits them (a power cut keeps no order): then that interval goes.
    init(_ folder: (fd: Int32, path: String)) throws(Refusal) {
        self.path = folder.path
        let bytes: [UInt8]
        do {
            bytes = try InputFile("run.json", in: folder).all(limit: DataNode.sizeLimit)
        } catch {
            throw Refusal(sentence: "\(folder.path) is not a record: \(error.sentence)", code: .badInput)
        }
        do {
            self.stored = try StoredRun(bytes)
        } catch {
            throw Refusal(sentence: "\(folder.path)/run.json: \(error.message)", code: .badInput)
        }
        do {
            try self.readSeries(folder, rowLimit: .max)
        } catch let damage as Damage {
            let rows = self.totals.rows
            guard self.stored.state == .running, rows > 0, (try? self.readSeries(folder, rowLimit: rows - 1)) != nil
            else { throw Refusal(sentence: damage.sentence, code: .badInput) }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(sentence: "\(folder.path): \(error)", code: .defect)
        }
    }

    /// Opens a record for reading only.
    static func open(_ path: String) throws(Refusal) -> (fd: Int32, path: String) {
        let fd = linux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        if fd < 0 {
            throw Refusal(sentence: "\(path) is not a record: \(Errno(linux_errno()))", code: .badInput)
        }
        return (fd, path)
    }

    /// Gives each committed line of the log to `body`.
    static func forEachEntry(
        of file: InputFile, limit: UInt64, _ body: (HistogramLogEntry) throws -> Void
    ) throws -> HistogramLogReader.End {
        var reader = HistogramLogReader()
        var failure: (any Error)?
        func take(_ entry: HistogramLogEntry) throws(HistogramLogFault) {
            if failure != nil { return }
            do { try body(entry) } catch { failure = error }
        }
        var left = limit
        while left > 0 {
            let piece = try file.next(left)
            if piece.isEmpty { break }
            left -= UInt64(piece.count)
            try reader.feed(piece, take)
            if let failure { throw failure }
        }
        let end = try reader.finish(take)
        if let failure { throw failure }
        return end
    }

    private mutating func readSeries(_ folder: (fd: Int32, path: String), rowLimit: Int) throws {
        let hasEnded = self.stored.state == .complete || self.stored.state == .interrupted
        self.totals = RecordTotals()
        self.distributions = RunDistributions()
        // A run that was killed at once may have neither file.
        let log = hasEnded ? try InputFile("latency.hlog", in: folder) : try? InputFile("latency.hlog", in: folder)
        self.log.size = log?.size ?? 0
        let rows = hasEnded ? try InputFile("intervals.csv", in: folder) : try? InputFile("intervals.csv", in: folder)
        if let rows { try self.readRows(rows, limit: rowLimit) }
        guard self.totals.rows > 0 else {
            self.log.committed = try log.map { try Self.headerBytes(of: $0) } ?? 0
            return
        }
        self.log.committed = self.totals.logBytes
        if let log { try self.readLog(log) }
    }

    private mutating func readRows(_ file: InputFile, limit: Int) throws {
        self.intervals.size = file.size
        var reader = IntervalsReader()
        var totals = self.totals
        let logSize = self.log.size
        do {
            var goesOn = true
            while goesOn {
                let piece = try file.next()
                if piece.isEmpty { break }
                goesOn = try reader.feed(piece) { row in
                    guard totals.rows < limit, row.logBytes <= logSize else { return false }
                    totals.add(row)
                    return true
                }
            }
        } catch let fault as IntervalsFault {
            throw Damage(sentence: "\(file.path): \(fault)")
        }
        self.totals = totals
        self.intervals.committed = reader.committedBytes
    }

    private func readLog(_ file: InputFile) throws {
        do {
            let end = try Self.forEachEntry(of: file, limit: self.totals.logBytes) { entry in
                try self.distributions.add(entry)
            }
            if end.completeBytes != self.totals.logBytes || end.newlineIsMissing {
                throw Damage(
                    sentence: "\(file.path): intervals.csv commits \(self.totals.logBytes) bytes, which do not "
                        + "end a line: the two files do not belong together")
            }
            try self.distributions.finish()
        } catch let fault as HistogramLogFault {
            throw Damage(sentence: "\(file.path): \(fault)")
        } catch let fault as HistogramMergeFault {
            throw Damage(sentence: "\(file.path): \(fault)")
        }
        guard
            self.distributions.restore(hold: self.totals.hold, connectOutside: self.totals.connectOutside)
        else {
            throw Damage(
                sentence: "\(file.path): its values are not those that intervals.csv tells of: the two files do "
                    + "not belong together")
        }
    }

    /// Bytes of the comments that begin a log without intervals.
    private static func headerBytes(of file: InputFile) throws -> UInt64 {
        var length = 0
        for line in try file.next().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            guard line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: "\"") else { break }
            length += line.count + 1
        }
        return UInt64(length)
    }
}

extension RecordReader {
    /// The run as it is known from all of this. `partial` where it never ended, or lost what it had committed.
    var summary: RunSummary {
        let stored = self.stored
        let wasCut = stored.state == .running || stored.state == .partial || self.intervals.isCut || self.log.isCut
        var summary = RunSummary(
            state: wasCut ? .partial : stored.state, plan: stored.plan, hold: Window(), outside: Window())
        self.totals.fill(&summary, from: self.distributions)
        summary.conditions = stored.conditions
        summary.stopReason = stored.stopReason
        summary.mergedFrom = stored.mergedFrom
        summary.longestSilence = stored.longestSilence ?? 0
        summary.cpuSeconds = stored.cpuSeconds ?? 0
        summary.peakResidentBytes = stored.peakResidentBytes ?? 0
        if let union = stored.union {
            summary.holdDuration = union.holdDuration
            summary.duration = union.duration
            summary.usersEstablished = union.established
            summary.settleShortfall = union.settleShortfall
            summary.usersHeld = union.usersHeld
            summary.connectionsHeld = union.connectionsHeld
            summary.requestsInFlightAtEnd = union.requestsInFlight
        }
        summary.judge(stored.objectives)
        return summary
    }
}
