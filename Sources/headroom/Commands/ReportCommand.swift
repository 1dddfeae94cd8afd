import CLinux
import Measure
import Options
import Record
import Report
import Workload

/// `headroom report`: rebuilds all results of a record from the files on disk.
enum ReportCommand {
    static let command = Command(
        "report", summary: "rebuild every output of a record, also of a run that was killed",
        usage: [("report RECORD [OPTIONS]", "")],
        about: [
            "Rebuilds run.json, percentiles.csv and the summary from the committed intervals of a record, also of a "
                + "run that was killed: what its last moment left half-written is cut, and it becomes \"partial\". A "
                + "record that is whole stays as it is. It exits as the run did, by what the record shows; with --slo "
                + "as a run with these objectives would have."
        ],
        examples: [
            .init("report results/spike --verbose", "the page of a record with all its tables"),
            .init("report results/spike --slo 'p99.9 < 1s'", "another question to the same record"),
        ],
        options: [.quiet, .json, .verbose, .reportSLO, .help])

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        guard let path = arguments.positionals.first, !path.isEmpty else {
            throw UsageError("report needs a record: the folder that a run wrote, such as results/…")
        }
        if arguments.positionals.count > 1 {
            throw UsageError("one record at a time; \(arguments.positionals[1]) is one too many")
        }
        var objectives: [SLO] = []
        try arguments.apply(to: &objectives)
        do {
            return try Self.rebuild(path, arguments, judgedBy: objectives)
        } catch {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        }
    }

    /// `objectives`: used in place of the record's own, which then stays unchanged; empty for its own.
    private static func rebuild(
        _ path: String, _ arguments: ParsedArguments, judgedBy objectives: [SLO]
    ) throws(CommandError) -> ExitCode {
        let folder: RecordFolder
        do {
            folder = try RecordFolder(existing: path, complain: Output.warn)
        } catch {
            let isLocked = error.code == EWOULDBLOCK
            throw CommandError(
                sentence: isLocked ? error.sentence : "\(path) is not a record: \(error.reason)",
                code: isLocked ? .outputFailed : .badInput)
        }
        let reader = try RecordReader(folder.location, judgedBy: objectives)
        for notice in reader.notices { Output.warn("\(path): \(notice)") }
        let redactor = Redactor.withDrawnKey()
        var summary = reader.summary
        // Examples of an older run in the folder are gone: see `RecordFolder.beginSeries`.
        let examples = ErrorsJSON.read(folder.location)
        summary.outcome.examples = examples.failed
        summary.outcome.resentExamples = examples.resent
        let json = RunJSON.encode(summary, redactor: redactor)
        if objectives.isEmpty { folder.repair(from: reader, run: summary, json: json, report: Output.warn) }
        if folder.failure != nil { summary.verdict?.end(with: .outputFailed) }
        let output = Output()
        Screen.finish(
            summary, json: json, recordPath: path, mode: .init(arguments), output: output, redactor: redactor)
        if output.error != nil { summary.verdict?.end(with: .outputFailed) }
        return summary.verdict?.exit ?? .success
    }
}
