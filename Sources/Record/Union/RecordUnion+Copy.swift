import Measure

extension RecordUnion {
    /// Copies all intervals in the order of their starts into a record that has begun nothing yet, and returns the sums
    /// of its rows. `folders`: those of the parts, in their order. `writer`: the program that the log names.
    public func copy(
        from folders: [(fd: Int32, path: String)], into record: RecordFolder, writer: String
    ) throws(CommandError) -> RecordTotals {
        let unknown = self.parts.reduce(into: Set<String>()) { $0.formUnion($1.reader.stored.unknown) }
        record.beginSeries(
            log: HistogramLogWriter.header(writer: writer, startedAt: UInt64(clamping: self.start)), unknown: unknown)
        var cursors: [RecordCursor] = []
        for (folder, part) in zip(folders, self.parts) {
            cursors.append(try RecordCursor(folder, reader: part.reader))
        }
        let shifts = self.parts.map { UInt64(clamping: $0.start - self.start) }
        var totals = RecordTotals()
        while record.failure == nil {
            var earliest: (index: Int, start: UInt64)?
            for index in cursors.indices {
                guard let row = try cursors[index].peek() else { continue }
                let start = row.start &+ shifts[index] &* 1_000_000
                if earliest == nil || start < earliest?.start ?? 0 { earliest = (index, start) }
            }
            guard let earliest, let interval = try cursors[earliest.index].next() else { break }
            let shift = shifts[earliest.index]
            var row = interval.row
            row.start &+= shift &* 1_000_000
            row.end &+= shift &* 1_000_000
            totals.add(row)
            record.append(
                row,
                lines: interval.entries.flatMap {
                    $0.text(shiftedBy: Int64(clamping: shift)) + [UInt8(ascii: "\n")]
                })
        }
        record.endSeries()
        return totals
    }

    /// The first example of each kind, in the order of the records, with its time in the union.
    public func examples(
        from folders: [(fd: Int32, path: String)]
    ) -> (failed: [ErrorExample], resent: [ResentExample]) {
        var failed: [ErrorExample] = []
        var resent: [ResentExample] = []
        for (folder, part) in zip(folders, self.parts) {
            let shift = UInt64(clamping: part.start &- self.start) &* 1_000_000
            let examples = ErrorsJSON.read(folder)
            for var example in examples.failed
            where !failed.contains(where: { $0.error == example.error && $0.of == example.of }) {
                example.at = example.at &+ shift
                failed.append(example)
            }
            for var example in examples.resent where !resent.contains(where: { $0.cause == example.cause }) {
                example.at = example.at &+ shift
                resent.append(example)
            }
        }
        return (failed, resent)
    }
}
