import CLinux
import Measure
import Options
import Report
import Workload
import YAML

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
        let objectives = try LoadArguments.objectives(arguments)
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
            folder = try RecordFolder(existing: path)
        } catch {
            let isLocked = error.code == EWOULDBLOCK
            throw CommandError(
                sentence: isLocked ? error.sentence : "\(path) is not a record: \(error.reason)",
                code: isLocked ? .outputFailed : .badInput)
        }
        let reader = try RecordReader(folder.location, judgedBy: objectives)
        let redactor = Redactor(key: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
        var summary = reader.summary
        // Examples of an older run in the folder are gone: see `RecordFolder.beginSeries`.
        let examples = StoredExamples.read(folder.location)
        summary.examples = examples.failed
        summary.resentExamples = examples.resent
        let json = RunJSON.encode(summary, redactor: redactor)
        if objectives.isEmpty { Self.complete(folder, from: reader, summary: summary, json: json) }
        if folder.failure != nil { summary.verdict?.end(with: .outputFailed) }
        let output = Output()
        Screen.finish(
            summary, json: json, recordPath: path, mode: .init(arguments), output: output, redactor: redactor)
        if output.error != nil { summary.verdict?.end(with: .outputFailed) }
        return summary.verdict?.exit ?? .success
    }

    /// Writes what was rebuilt: first the whole files, then the cuts. Until the cuts a second try finds all that this
    /// one found.
    private static func complete(
        _ folder: RecordFolder, from reader: RecordReader, summary: RunSummary, json: [UInt8]
    ) {
        folder.write("percentiles.csv", percentilesCSV(of: summary.hold))
        for (name, extent) in [("latency.hlog", reader.log), ("intervals.csv", reader.intervals)]
        where extent.isCut && folder.failure == nil {
            folder.cut(name, to: extent.committed)
            Output.complain(
                "headroom: \(name): the last \(extent.size - extent.committed) bytes were never committed and "
                    + "are cut")
        }
        folder.write("run.json", json)
    }
}

/// errors.json as examples for the summary. An unreadable part is left out: no result depends on it.
enum StoredExamples {
    /// The examples of a record; empty if the file is missing or is no such file.
    static func read(
        _ folder: (fd: Int32, path: String)
    ) -> (failed: [ErrorExample], resent: [ResentExample]) {
        guard let file = try? InputFile("errors.json", in: folder),
            let bytes = try? file.all(limit: DataNode.sizeLimit), let root = try? DataNode.read(bytes, kind: "record"),
            root["schema"]?.text == ErrorsJSON.schema, let items = root["examples"]?.items
        else { return ([], []) }
        return (Self.failed(items), Self.resent(root["resent"]?.items ?? []))
    }

    private static func failed(_ items: [DataNode]) -> [ErrorExample] {
        items.prefix(ErrorClass.count * ErrorExample.Subject.allCases.count).compactMap { item in
            let name = item["class"]?.text
            guard let error = ErrorClass.allCases.first(where: { $0.name == name }),
                let request = item["request"]?.text, let detail = item["detail"]?.text
            else { return nil }
            return ErrorExample(
                error: error, at: item["at"]?.integer ?? 0, request: Self.plain(request),
                detail: Self.plain(detail), excerpt: [],
                // Records of older versions have only requests.
                of: item["of"]?.text.flatMap(ErrorExample.Subject.init) ?? .request)
        }
    }

    /// Records of older versions have none.
    private static func resent(_ items: [DataNode]) -> [ResentExample] {
        items.prefix(ResentCause.count).compactMap { item in
            let name = item["cause"]?.text
            guard let cause = ResentCause.allCases.first(where: { $0.name == name }),
                let request = item["request"]?.text, let detail = item["detail"]?.text
            else { return nil }
            return ResentExample(
                cause: cause, at: item["at"]?.integer ?? 0, request: Self.plain(request), detail: Self.plain(detail))
        }
    }

    /// The file's text is sanitised already, and will be again: one backslash must not become four.
    static func plain(_ text: String) -> String {
        var plain = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == "\\" && !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped && scalar != "\\" { plain += "\\" }
            plain.unicodeScalars.append(scalar)
            isEscaped = false
        }
        return plain
    }
}
