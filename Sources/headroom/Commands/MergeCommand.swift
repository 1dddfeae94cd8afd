import CLinux
import Measure
import Options
import Report
import Workload

/// `headroom merge`: the exact union of records.
enum MergeCommand {
    static let command = Command(
        "merge", summary: "the exact union of records",
        usage: [("merge RECORD RECORD… -o DIR [OPTIONS]", "")],
        about: [
            "Writes the union of records of the same load: counts and histograms as if one run had recorded all of it, "
                + "percentiles never averaged. Records whose holds overlap ran together (several machines against one "
                + "target): their users add up. Others ran in turn (the same run again): as many users were held for "
                + "longer. Which of both is read from the clocks of their machines and printed; --together and "
                + "--in-turn say it. intervals.csv and latency.hlog have the intervals of all records in the order of "
                + "time, one row per record and interval. Examples of errors stay in the records."
        ],
        examples: [
            .init("merge host1/record host2/record -o results/both --together", "two machines against one target"),
            .init("merge monday tuesday -o results/two-days --in-turn", "the same load on two days"),
        ],
        options: [.mergeOutput, .together, .inTurn, .force, .quiet, .json, .verbose, .help])

    /// More records than any fleet has load generators; each needs three descriptors.
    private static let recordsLimit = 256

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        let paths = arguments.positionals
        guard paths.count >= 2 else { throw UsageError("merge needs at least two records") }
        if paths.count > Self.recordsLimit {
            throw UsageError("merge takes at most \(Self.recordsLimit) records")
        }
        if arguments.has(.together) && arguments.has(.inTurn) {
            throw UsageError("--together and --in-turn both say how the records ran: give one of them")
        }
        guard let output = arguments.last(.mergeOutput) else {
            throw UsageError("merge needs -o DIR, the folder of the union")
        }
        do {
            return try Self.merge(paths, into: output, arguments)
        } catch {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        }
    }

    private static func merge(
        _ paths: [String], into output: String, _ arguments: ParsedArguments
    ) throws(CommandError) -> ExitCode {
        var folders: [(fd: Int32, path: String)] = []
        defer { for folder in folders { close(folder.fd) } }
        var parts: [RecordUnion.Part] = []
        for path in paths {
            let folder = try RecordReader.open(path)
            folders.append(folder)
            parts.append(RecordUnion.Part(name: path, reader: try Self.read(folder)))
        }
        if let twice = Self.sameFolder(folders) {
            throw CommandError(sentence: "\(twice) is named twice: its values would count double", code: .badInput)
        }
        let given: Bool? = arguments.has(.together) ? true : arguments.has(.inTurn) ? false : nil
        let union = try RecordUnion(parts, isTogether: given)
        let record: RecordFolder
        do {
            record = try RecordFolder(path: output, force: arguments.has(.force), flush: .end)
        } catch {
            throw CommandError(sentence: error.sentence, code: .outputFailed)
        }
        let totals = try Self.copy(union, folders, into: record)
        var summary = union.summary(totals)
        (summary.examples, summary.resentExamples) = Self.examples(union, folders)
        return Self.finish(summary, record, arguments)
    }

    /// The first example of each kind, in the order of the records, with its time in the union.
    private static func examples(
        _ union: RecordUnion, _ folders: [(fd: Int32, path: String)]
    ) -> (failed: [ErrorExample], resent: [ResentExample]) {
        var failed: [ErrorExample] = []
        var resent: [ResentExample] = []
        for (folder, part) in zip(folders, union.parts) {
            let shift = UInt64(clamping: part.start &- union.start) &* 1_000_000
            let examples = StoredExamples.read(folder)
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

    /// Reads a record of a finished run. The lock is shared, and keeps its run and `report` out.
    private static func read(_ folder: (fd: Int32, path: String)) throws(CommandError) -> RecordReader {
        if flock(folder.fd, LOCK_SH | LOCK_NB) != 0 {
            throw CommandError(
                sentence: "\(folder.path): a run that goes on writes it, wait for its end", code: .badInput)
        }
        let reader = try RecordReader(folder)
        if reader.stored.state == .running || reader.intervals.isCut || reader.log.isCut {
            throw CommandError(
                sentence:
                    "\(folder.path) was cut off: complete it first, with `headroom report \(folder.path)`",
                code: .badInput)
        }
        return reader
    }

    private static func sameFolder(_ folders: [(fd: Int32, path: String)]) -> String? {
        var seen: Set<[UInt64]> = []
        return folders.first { folder in
            var status = stat()
            guard fstat(folder.fd, &status) == 0 else { return false }
            return !seen.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
        }?.path
    }

    /// Copies all intervals in the order of their starts.
    private static func copy(
        _ union: RecordUnion, _ folders: [(fd: Int32, path: String)], into record: RecordFolder
    ) throws(CommandError) -> RecordTotals {
        record.beginSeries(
            log: HistogramLogWriter.header(
                writer: Headroom.userAgent, startedAt: UInt64(clamping: union.start)),
            intervals: IntervalsCSV.header)
        var cursors: [RecordCursor] = []
        for (folder, part) in zip(folders, union.parts) {
            cursors.append(try RecordCursor(folder, reader: part.reader))
        }
        let shifts = union.parts.map { UInt64(clamping: $0.start - union.start) }
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

    private static func finish(
        _ summary: RunSummary, _ record: RecordFolder, _ arguments: ParsedArguments
    ) -> ExitCode {
        let redactor = Redactor(key: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
        let json = RunJSON.encode(summary, redactor: redactor)
        record.write("percentiles.csv", percentilesCSV(of: summary.hold))
        record.write(
            "errors.json",
            ErrorsJSON.encode(summary.examples, resent: summary.resentExamples, redactor: redactor))
        // It comes last: a folder without it is no record.
        record.write("run.json", json)
        var summary = summary
        if record.failure != nil { summary.verdict?.end(with: .outputFailed) }
        let output = Output()
        Screen.finish(
            summary, json: json, recordPath: record.path, mode: .init(arguments), output: output, redactor: redactor)
        if output.error != nil { summary.verdict?.end(with: .outputFailed) }
        return summary.verdict?.exit ?? .success
    }
}
