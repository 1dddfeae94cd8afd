import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct IntervalsCSVTests {
    private func cells(_ line: [UInt8]) -> [String] {
        String(decoding: line, as: UTF8.self).dropLast()
            .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("Rows are what a person last saw")
    func golden() throws {
        var bytes = IntervalsCSV.header()
        for index in 0..<UInt64(3) { bytes += IntervalsCSV.row(Fabricated.row(index, errors: index)) }
        bytes += IntervalsCSV.row(self.silentRow())
        try Golden.expect(bytes, matches: "intervals.csv")
    }

    @Test("Each row has a cell for each column: integers, except phase, means, areas, and missing values")
    func cellsAreIntegers() {
        let names = self.cells(IntervalsCSV.header())
        #expect(Set(names).count == names.count)
        for row in [Fabricated.row(3, errors: 2), self.silentRow()] {
            let cells = self.cells(IntervalsCSV.row(row))
            #expect(cells.count == names.count)
            for (name, cell) in zip(names, cells)
            where !["phase", "worker_cpu"].contains(name) && !name.hasSuffix("_mean") {
                let isOptional =
                    name.hasPrefix("hold_") || name.hasPrefix("warmup_") || row.responseMaximum == 0
                #expect(UInt64(cell) != nil || (cell.isEmpty && isOptional), "\(name): \(cell)")
            }
        }
    }

    @Test("Every counter and every class of errors has its own column")
    func everyCounterIsTold() throws {
        // Distinct values, one per field: each must be found in the cells.
        var row = self.silentRow()
        withUnsafeMutableBytes(of: &row.counters) { bytes in
            let words = bytes.bindMemory(to: UInt64.self)
            for index in words.indices { words[index] = UInt64(1_000_003 + index) }
        }
        let cells = Set(self.cells(IntervalsCSV.row(row)))
        // Words reserved for future classes, causes and statuses.
        let spare = 2 * (32 - ErrorClass.count) + 8 - ResentCause.count + 8 - RedirectStatus.allCases.count
        let words = MemoryLayout<Counters>.size / 8
        let found = (0..<words).count { cells.contains("\(1_000_003 + $0)") }
        #expect(found == words - spare)
    }

    private func silentRow() -> IntervalRow {
        IntervalRow(
            start: 0, end: 1_000_000_000, phase: .ramp, inFlightAtStart: 0, inFlightAtEnd: 0,
            counters: Counters(), established: 0, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0,
            responseP99: 0, responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
    }
}
