import Measure
import Testing

@testable import Record
@testable import Report

@Suite struct IntervalsReaderTests {
    /// A row with a different value in every place that is read back.
    static func full() -> IntervalRow {
        var row = Fabricated.row(2, errors: 3)
        row.hold.counters = Fabricated.counters(requests: 17, sessions: 2)
        row.hold.counters.errors[4] = 9
        row.hold.counters.status[3] = 11
        row.hold.duration = 999_999_999
        row.hold.usersHeld = Held(lowest: 3, highest: 1_000, area: 1.0 / 3, duration: 77)
        row.hold.connectionsHeld = Held(lowest: .max, highest: 4, area: 12_345_678_901.25, duration: 78)
        for index in 0..<Metric.count where index != 2 {
            row.hold.succeeded[index] = Extremes(minimum: UInt64(index), maximum: UInt64(index) + 100)
            row.hold.failed[index] = Extremes(minimum: 0, maximum: .max)
        }
        row.connectOutside = Extremes(minimum: 5, maximum: 6)
        row.tlsOutside = Extremes(minimum: 7, maximum: 8)
        row.settleShortfall = 8
        row.settled = .rising
        row.logBytes = 4_321
        return row
    }

    /// Everything in a file that is fed in pieces of this many bytes.
    private func read(
        _ bytes: [UInt8], piece: Int = .max, accepts: (IntervalRow) -> Bool = { _ in true }
    ) throws -> (rows: [IntervalRow], committed: UInt64) {
        var reader = IntervalsReader()
        var rows: [IntervalRow] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let goesOn = try reader.feed(rest.prefix(piece)) { row in
                let isCommitted = accepts(row)
                if isCommitted { rows.append(row) }
                return isCommitted
            }
            if !goesOn { break }
            rest = rest.dropFirst(piece)
        }
        return (rows, reader.committedBytes)
    }

    @Test("The parts of a row that a rebuild needs are read back as written, in pieces of any size")
    func roundTrip() throws {
        let written = Self.full()
        let file = IntervalsCSV.header() + IntervalsCSV.row(written)
        for piece in [1, 7, 100, .max] {
            let read = try self.read(file, piece: piece)
            let row = try #require(read.rows.first)
            #expect(read.committed == UInt64(file.count))
            #expect((row.start, row.end, row.phase.name) == (written.start, written.end, written.phase.name))
            #expect(row.counters == written.counters)
            #expect(row.hold == written.hold)
            #expect(row.connectOutside == written.connectOutside)
            #expect(row.tlsOutside == written.tlsOutside)
            #expect(row.inFlightAtEnd == written.inFlightAtEnd)
            #expect(row.settleShortfall == written.settleShortfall && row.settled == written.settled)
            #expect(row.logBytes == written.logBytes)
            #expect(row.workerCPU == written.workerCPU)
            #expect(row.loopLag == written.loopLag)
        }
    }

    /// The file of one row, with some columns left out and others added.
    private func file(
        without isLeftOut: (String) -> Bool, adding added: [(name: String, cell: String)] = []
    ) -> [UInt8] {
        let header = String(decoding: IntervalsCSV.header().dropLast(), as: UTF8.self)
        let cells = String(decoding: IntervalsCSV.row(Self.full()).dropLast(), as: UTF8.self)
        let columns = Array(
            zip(header.split(separator: ","), cells.split(separator: ",", omittingEmptySubsequences: false)))
        let kept = columns.filter { !isLeftOut(String($0.0)) }
        let lines = [
            added.map(\.name) + kept.map { String($0.0) }, added.map(\.cell) + kept.map { String($0.1) },
        ]
        return Array(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8)
    }

    /// The row and the reader's findings.
    private func readOne(_ bytes: [UInt8]) throws -> (row: IntervalRow, reader: IntervalsReader) {
        var reader = IntervalsReader()
        var rows: [IntervalRow] = []
        _ = try reader.feed(bytes[...]) { row in
            rows.append(row)
            return true
        }
        return (try #require(rows.first), reader)
    }

    @Test("A file without the columns added later is read and they are named; a file without any other is damaged")
    func olderColumns() throws {
        let newer = Set(IntervalsCSV.columns.filter { $0.since != .first }.map(\.name))
        for name in [
            "worker_cpu", "hold_client_delay_max", "error_proto_h2", "hold_error_proto_h2", "handshakes",
            "hold_tls_min", "warmup_tls_max",
        ] {
            #expect(newer.contains(name), "\(name)")
        }
        let (row, reader) = try self.readOne(self.file(without: newer.contains))
        // What the columns of classes had is in `requests_failed`.
        func isClass(_ name: String) -> Bool { name.hasPrefix("error_") || name.hasPrefix("hold_error_") }
        #expect(reader.missing == newer.filter { !isClass($0) } && reader.unexpected.isEmpty)
        #expect(row.counters.requestsFailed == Self.full().counters.requestsFailed)
        #expect(row.counters.requestsOK == Self.full().counters.requestsOK && row.logBytes == Self.full().logBytes)
        #expect(row.hold.succeeded[Metric.response.rawValue] == Self.full().hold.succeeded[Metric.response.rawValue])
        #expect(row.hold.succeeded[Metric.clientDelay.rawValue] == nil)
        for column in IntervalsCSV.columns {
            let file = self.file { $0 == column.name }
            if column.since == .first {
                let fault = #expect(throws: IntervalsFault.self) { try self.read(file) }
                #expect(fault?.message.contains(column.name) == true)
            } else {
                #expect(try self.readOne(file).reader.missing == (isClass(column.name) ? [] : [column.name]))
            }
        }
    }

    @Test("Unknown columns are skipped and named, wherever they are; a name that appears twice is damage")
    func newerColumns() throws {
        let added = [(name: "quic_streams", cell: "7"), (name: "zeal", cell: "x y")]
        let (row, reader) = try self.readOne(self.file(without: { _ in false }, adding: added))
        #expect(reader.unexpected == ["quic_streams", "zeal"] && reader.missing.isEmpty)
        #expect(row.counters == Self.full().counters && row.hold == Self.full().hold)
        #expect(throws: IntervalsFault.self) {
            try self.read(self.file(without: { _ in false }, adding: [(name: "start", cell: "0")]))
        }
    }

    @Test("A file of a version with a single sum of resent requests is read: they count as idle connections")
    func olderSums() throws {
        let header = String(decoding: IntervalsCSV.header().dropLast(), as: UTF8.self)
        let cells = String(decoding: IntervalsCSV.row(Self.full()).dropLast(), as: UTF8.self)
        var lines: [[String]] = [[], []]
        for (name, cell) in zip(
            header.split(separator: ","), cells.split(separator: ",", omittingEmptySubsequences: false))
        where !name.contains("resent_") {
            let prefix = name.hasPrefix("hold_") ? "hold_" : ""
            if name == prefix + "sessions_started" {
                lines[0].append(prefix + "stale_retries")
                lines[1].append(prefix.isEmpty ? "9" : "7")
            }
            lines[0].append(String(name))
            lines[1].append(String(cell))
        }
        let file = lines.map { $0.joined(separator: ",") + "\n" }.joined()
        let row = try #require(self.read(Array(file.utf8)).rows.first)
        #expect(row.counters.requestsResent == 9 && row.counters.resent(.idleClose) == 9)
        #expect(row.hold.counters.requestsResent == 7)
        #expect(row.counters.sessionsStarted == Self.full().counters.sessionsStarted)
        #expect(!header.contains("stale_retries"))
    }

    @Test("A row without its end is no row, wherever it is cut")
    func torn() throws {
        let first = IntervalsCSV.header() + IntervalsCSV.row(Self.full())
        let second = IntervalsCSV.row(Self.full())
        for length in 0..<second.count {
            let read = try self.read(first + second.prefix(length))
            #expect(read.rows.count == 1)
            #expect(read.committed == UInt64(first.count))
        }
        for length in 0..<IntervalsCSV.header().count {
            #expect(try self.read(Array(first.prefix(length))).committed == 0)
        }
    }

    @Test("Zeros after a power cut end the file, however many")
    func zeros() throws {
        let first = IntervalsCSV.header() + IntervalsCSV.row(Self.full())
        for count in [1, 100, 100_000] {
            let read = try self.read(first + [UInt8](repeating: 0, count: count), piece: 4_096)
            #expect(read.rows.count == 1)
            #expect(read.committed == UInt64(first.count))
        }
    }

    @Test("Nothing is read after the first row that is not committed")
    func uncommitted() throws {
        let row = IntervalsCSV.row(Self.full())
        var seen = 0
        let read = try self.read(IntervalsCSV.header() + row + row + row) { _ in
            seen += 1
            return seen < 2
        }
        #expect(read.rows.count == 1)
        #expect(read.committed == UInt64(IntervalsCSV.header().count + row.count))
    }

    @Test(
        "An impossible row is named by its line",
        arguments: [
            "", "1", "a,b,c", "\u{1B}[2J", String(repeating: ",", count: 5_000),
            String(repeating: "9", count: 100_000),
        ])
    func hostile(_ text: String) {
        let file = IntervalsCSV.header() + IntervalsCSV.row(Self.full()) + Array((text + "\n").utf8)
        let fault = #expect(throws: IntervalsFault.self) { try self.read(file) }
        #expect(fault?.line == 3)
        #expect(fault?.description.contains("\u{1B}") == false)
    }

    @Test("Each cell that is read back is checked: a wrong one never passes for another value")
    func everyCell() throws {
        let row = String(decoding: IntervalsCSV.row(Self.full()).dropLast(), as: UTF8.self)
        let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let (whole, _) = try self.read(IntervalsCSV.header() + Array((row + "\n").utf8))
        for index in cells.indices {
            for wrong in ["-1", "+1", "18446744073709551616", "nan", "1e400", " 1", "0x1"] {
                // An area may be as large as that.
                if IntervalsCSV.columns[index].name.hasSuffix("_area"), wrong.utf8.first == 0x31 { continue }
                var changed = cells
                changed[index] = wrong
                let file = IntervalsCSV.header() + Array((changed.joined(separator: ",") + "\n").utf8)
                if let read = try? self.read(file) {
                    // Cells that follow from others are not read back.
                    let isSame = read.rows == whole
                    #expect(isSame, "\(IntervalsCSV.columns[index].name): \(wrong)")
                }
            }
        }
    }

    @Test("A header without a column of every version is refused, and the column named")
    func otherHeader() {
        let header = String(decoding: IntervalsCSV.header(), as: UTF8.self)
        let older = header.replacing(",log_bytes", with: "")
        let fault = #expect(throws: IntervalsFault.self) { try self.read(Array(older.utf8)) }
        #expect(fault?.line == 1)
        #expect(fault?.message.contains("log_bytes") == true)
        #expect(throws: IntervalsFault.self) { try self.read(Array("hello\n".utf8)) }
    }

    @Test("Ends before beginnings, and a log that shrinks, are refused")
    func impossible() {
        var backwards = Self.full()
        backwards.end = backwards.start - 1
        var tooLong = Self.full()
        tooLong.hold.duration = tooLong.end - tooLong.start + 1
        var shrinks = Self.full()
        shrinks.logBytes = 1
        let first = IntervalsCSV.header() + IntervalsCSV.row(Self.full())
        for row in [backwards, tooLong, shrinks] {
            #expect(throws: IntervalsFault.self) { try self.read(first + IntervalsCSV.row(row)) }
        }
    }
}
