import Measure

/// Walks through the committed intervals of a record, one at a time: the row, and the lines it commits.
public final class RecordCursor {
    private let intervals: InputFile
    private let log: InputFile
    private var rowReader = IntervalsReader()
    private var logReader = HistogramLogReader()
    /// Rows that were read and not returned yet, last first.
    private var waiting: [IntervalRow] = []
    private var rowsLeft: Int
    private var logBytes: UInt64 = 0

    /// One interval of a record.
    public struct Interval {
        public let row: IntervalRow
        public let entries: [HistogramLogEntry]
    }

    /// Most bytes of one interval's lines, which are held in memory: far more than any interval has.
    private static let linesLimit: UInt64 = 256 << 20

    /// A cursor before the first interval of a record that `reader` has read.
    public init(_ folder: (fd: Int32, path: String), reader: RecordReader) throws(CommandError) {
        self.intervals = try InputFile("intervals.csv", in: folder)
        self.log = try InputFile("latency.hlog", in: folder)
        self.rowsLeft = reader.totals.rows
    }

    /// The row of the next interval, without moving; nil after the last.
    public func peek() throws(CommandError) -> IntervalRow? {
        while self.waiting.isEmpty && self.rowsLeft > 0 {
            let piece = try self.intervals.next()
            if piece.isEmpty {
                throw CommandError(sentence: "\(self.intervals.path) became shorter meanwhile", code: .badInput)
            }
            var rows: [IntervalRow] = []
            do {
                _ = try self.rowReader.feed(piece) { row in
                    rows.append(row)
                    return true
                }
            } catch {
                throw self.intervals.commandError(error)
            }
            rows = Array(rows.prefix(self.rowsLeft))
            self.rowsLeft -= rows.count
            self.waiting = rows.reversed()
        }
        return self.waiting.last
    }

    /// The next interval with its lines; nil after the last.
    public func next() throws(CommandError) -> Interval? {
        guard let row = try self.peek() else { return nil }
        self.waiting.removeLast()
        var left = row.logBytes - min(row.logBytes, self.logBytes)
        self.logBytes = row.logBytes
        if left > Self.linesLimit {
            throw CommandError(
                sentence:
                    "\(self.log.path): \(left) bytes for one interval: the record is damaged or made up",
                code: .badInput)
        }
        var entries: [HistogramLogEntry] = []
        while left > 0 {
            let piece = try self.log.next(left)
            if piece.isEmpty {
                throw CommandError(sentence: "\(self.log.path) became shorter meanwhile", code: .badInput)
            }
            left -= UInt64(piece.count)
            do {
                try self.logReader.feed(piece) { entries.append($0) }
            } catch {
                throw self.log.commandError(error)
            }
        }
        return Interval(row: row, entries: entries)
    }
}
