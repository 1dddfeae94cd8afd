import Measure

/// What is wrong with a line of intervals.csv.
public struct IntervalsFault: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    public let message: String

    /// A fault of a line.
    init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }

    /// "line 7: …".
    public var description: String { "line \(self.line): \(self.message)" }
}

/// Reads intervals.csv in pieces of any size. Memory: one line.
///
/// Bytes after the last newline were never committed and are not read; `committedBytes` is where they begin.
public struct IntervalsReader {
    /// Bytes up to and including the newline of the last row that was read.
    public private(set) var committedBytes: UInt64 = 0
    /// Lines read, with the header.
    public private(set) var lines = 0
    /// Where the previous row's lines of latency.hlog ended.
    private var logBytes: UInt64 = 0
    private var pending: [UInt8] = []
    /// The failures may be of classes without a column that is known here.
    private var mayLackClasses = false
    /// In the order of the file; nil for a column that is not known here.
    private var columns: [IntervalsColumn?] = []
    /// Names of columns that the file does not have: their values are unknown.
    public private(set) var missing: Set<String> = []
    /// Names of columns that are not known here, in order: they are skipped.
    public private(set) var unexpected: [String] = []

    /// The longest line: each cell is at most a number of 64 bits.
    public static let lineLimit = 16 << 10

    /// A reader before the first byte.
    public init() {}

    /// Takes the next bytes of the file and passes each complete row to `body`, which returns whether it is committed.
    /// Returns false after the first row that is not, and after a line of zeros, which a power cut leaves in place of
    /// data. Feed no more after that.
    public mutating func feed(
        _ bytes: ArraySlice<UInt8>, _ body: (IntervalRow) throws(IntervalsFault) -> Bool
    ) throws(IntervalsFault) -> Bool {
        var rest = bytes
        if self.pending.isEmpty && rest.first == 0 { return false }
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try self.take(rest[..<newline])
            rest = rest[(newline + 1)...]
            let text = String(decoding: self.pending, as: UTF8.self)
            let length = UInt64(self.pending.count) + 1
            self.pending.removeAll(keepingCapacity: true)
            self.lines += 1
            if self.lines == 1 {
                try self.takeHeader(text)
            } else if try !body(self.row(text)) {
                return false
            }
            self.committedBytes += length
            if rest.first == 0 { return false }
        }
        try self.take(rest)
        return true
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(IntervalsFault) {
        guard self.pending.count + bytes.count <= Self.lineLimit else {
            throw IntervalsFault(
                line: self.lines + 1, "longer than \(Self.lineLimit) bytes: not an intervals.csv")
        }
        self.pending.append(contentsOf: bytes)
    }

    /// Columns may stand in any order. Those that came later may be missing; those that are not known are skipped.
    private mutating func takeHeader(_ text: String) throws(IntervalsFault) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let known = Set(names)
        if let absent = ["start", "requests_started"].first(where: { !known.contains($0) }) {
            throw IntervalsFault(line: 1, "not the header of an intervals.csv: there is no column \(absent)")
        }
        if known.count < names.count { throw IntervalsFault(line: 1, "a column stands there twice") }
        let absent = IntervalsCSV.columns.filter { !known.contains($0.name) }
        if let needed = absent.first(where: { $0.since == .first }) {
            throw IntervalsFault(line: 1, "the column \(needed.name) is missing, which every record has: it is damaged")
        }
        self.columns = names.map { IntervalsCSV.readable[$0] }
        self.missing = Set(absent.map(\.name))
        // One sum of all causes, and the sum of all classes, say what each part that is missing can be at most.
        for column in IntervalsCSV.older where known.contains(column.name) {
            let prefix = column.name.hasPrefix("hold_") ? "hold_" : ""
            self.missing.subtract(ResentCause.allCases.map { prefix + Counter.resent($0).name })
        }
        let classes = ErrorClass.allCases.map { Counter.failed($0).name }
        let lacks = !self.missing.isDisjoint(with: classes + classes.map { "hold_" + $0 })
        self.missing.subtract(classes + classes.map { "hold_" + $0 })
        self.unexpected = names.filter { IntervalsCSV.readable[$0] == nil }
        let hasOther = self.unexpected.contains { $0.hasPrefix("error_") || $0.hasPrefix("hold_error_") }
        self.mayLackClasses = lacks || hasOther
    }

    private mutating func row(_ text: String) throws(IntervalsFault) -> IntervalRow {
        let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        let columns = self.columns
        guard cells.count == columns.count else {
            throw IntervalsFault(line: self.lines, "\(cells.count) cells where \(columns.count) belong")
        }
        var row = IntervalRow(
            start: 0, end: 0, phase: .over, inFlightAtStart: 0, inFlightAtEnd: 0, counters: Counters(),
            established: 0, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0, responseP99: 0,
            responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
        for (column, cell) in zip(columns, cells) {
            guard let column, !column.take(cell, &row) else { continue }
            throw IntervalsFault(line: self.lines, "\(column.name) cannot be what it says")
        }
        row.counters = try self.completed(row.counters)
        row.hold.counters = try self.completed(row.hold.counters)
        guard row.start <= row.end, row.hold.duration <= row.end - row.start else {
            throw IntervalsFault(line: self.lines, "an interval that ends before it begins")
        }
        guard row.logBytes >= self.logBytes else {
            throw IntervalsFault(line: self.lines, "log_bytes is smaller than in the row before")
        }
        self.logBytes = row.logBytes
        return row
    }

    /// Failures of classes that are not known here are failures all the same: `requests_failed` has them.
    private func completed(_ counters: Counters) throws(IntervalsFault) -> Counters {
        var counters = counters
        let failed = counters.failuresNotKnown
        counters.failuresNotKnown = 0
        let known = counters.requestsFailed
        guard failed == known || failed > known && self.mayLackClasses else {
            throw IntervalsFault(line: self.lines, "requests_failed is \(failed), and its classes add up to \(known)")
        }
        counters.failuresNotKnown = failed - known
        return counters
    }
}
