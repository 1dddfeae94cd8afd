import CLinux
import Measure
import Options
import Record
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
                + "time, one row per record and interval."
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
            record = try RecordFolder(path: output, force: arguments.has(.force), flush: .end, complain: Output.warn)
        } catch {
            throw CommandError(sentence: error.sentence, code: .outputFailed)
        }
        let totals = try union.copy(from: folders, into: record, writer: Headroom.userAgent)
        var summary = union.summary(totals)
        (summary.outcome.examples, summary.outcome.resentExamples) = union.examples(from: folders)
        return Self.finish(summary, record, arguments)
    }

    /// Reads a record of a finished run. The lock is shared, and keeps its run and `report` out.
    private static func read(_ folder: (fd: Int32, path: String)) throws(CommandError) -> RecordReader {
        if flock(folder.fd, LOCK_SH | LOCK_NB) != 0 {
            throw CommandError(
                sentence: "\(folder.path): a run that goes on writes it, wait for its end", code: .badInput)
        }
        let reader = try RecordReader(folder)
        for notice in reader.notices { Output.warn("\(folder.path): \(notice)") }
        if reader.isNewer || reader.totals.total.failuresNotKnown > 0 {
            throw CommandError(
                sentence: "\(folder.path): a union would lose what is not known here; merge it with the headroom that "
                    + "wrote it", code: .badInput)
        }
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

    private static func finish(
        _ summary: RunRecord, _ record: RecordFolder, _ arguments: ParsedArguments
    ) -> ExitCode {
        let redactor = Redactor.withDrawnKey()
        let json = record.complete(with: summary, redactor: redactor)
        var summary = summary
        if record.failure != nil { summary.verdict?.end(with: .outputFailed) }
        let output = Output()
        Screen.finish(
            summary, json: json, recordPath: record.path, mode: .init(arguments), output: output, redactor: redactor)
        if output.error != nil { summary.verdict?.end(with: .outputFailed) }
        return summary.verdict?.exit ?? .success
    }
}
