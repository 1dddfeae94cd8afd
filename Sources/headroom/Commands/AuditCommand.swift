import CLinux
import Fleet
import Measure
import Options
import Record
import Report
import Units
import YAML

/// `headroom audit`: the claims of a design document, recomputed or held against records.
enum AuditCommand {
    static let command = Command(
        "audit", summary: "a design document's claims: recomputed, or tested by records",
        usage: [("audit CLAIMS.yaml [OPTIONS]", "")],
        about: [
            "Computes each claim of a design document from its inputs, and says what is right, wrong (by how much), "
                + "inconsistent or unsupported. A claim that needs a measurement names its command, and takes its "
                + "record: supported, refuted, undecided or untested. So a document becomes a test suite, and the last "
                + "line is its verdict: exit 0 where every claim holds, 11 where one does not, 12 where some are open."
        ],
        examples: [
            .init("audit profiles/claims-500m.yaml", "a design document recomputed"),
            .init("audit profiles/claims-500m.yaml --as-stated", "its own arithmetic, step by step"),
            .init("audit claims.yaml --evidence results/evidence", "with what was measured"),
        ],
        options: AuditOptions.options)

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        let options = try AuditOptions(arguments)
        do {
            let bytes = try InputFile(options.file).all(limit: YAMLReader.fileLimit)
            let claims = try Claims.parse(bytes, file: options.file)
            let found = try options.evidence.map { try Self.evidence(for: claims, in: $0) }
            var audit = Audit(
                claims, mode: options.isAsStated ? .asStated : .recomputed, evidence: found?.evidence ?? [:],
                today: .today)
            audit.records = found?.records
            let output = try OutputFile(options.output)
            output.write(Self.bytes(audit, options.format, isScreen: options.output == nil))
            try output.finish()
            // A table on standard output ends with it.
            if options.output != nil || options.format != .text {
                if let records = audit.records {
                    Output.writeError(TerminalText.sanitised("evidence: \(records.sentence)") + "\n")
                }
                Output.writeError(AuditText.verdict(audit.verdict, style: Screen.errorStyle))
            }
            return audit.verdict.exit
        } catch let error as CommandError {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        } catch {
            Output.complain("headroom: \(error)")
            return .badInput
        }
    }

    private static func bytes(_ audit: Audit, _ format: AuditOptions.Format, isScreen: Bool) -> [UInt8] {
        switch format {
        case .text: Array(AuditText.text(audit, style: isScreen ? Screen.style : .plain).utf8)
        case .json: AuditJSON.encode(audit)
        case .csv: AuditCSV.encode(audit)
        case .markdown: AuditMarkdown.encode(audit)
        }
    }

    /// The records of a folder, by the ids of the claims that ask for them; a record that is not there leaves its claim
    /// untested.
    private static func evidence(
        for claims: Claims, in folder: String
    ) throws(CommandError) -> (evidence: [String: ClaimEvidence], records: AuditRecords) {
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) else {
            throw CommandError(sentence: "\(folder) is no folder of records", code: .badInput)
        }
        var evidence: [String: ClaimEvidence] = [:]
        var (asked, found): ([String], [String]) = ([], [])
        for claim in claims.claims {
            guard let measurement = claim.measurement, measurement.missing == nil else { continue }
            let paths = AuditEvidence.files.map { "\(folder)/\(measurement.record)/\($0)" }
            if !asked.contains(measurement.record) { asked.append(measurement.record) }
            guard let path = paths.first(where: InputFile.isThere) else { continue }
            if !found.contains(measurement.record) { found.append(measurement.record) }
            let bytes = try InputFile(path).all(limit: DataNode.sizeLimit)
            do throws(ParseError) {
                evidence[claim.id] = try AuditEvidence.read(bytes, for: measurement, of: claims)
            } catch {
                throw CommandError(sentence: "\(path): \(error.message)", code: .badInput)
            }
        }
        let unused = Self.names(in: folder).filter { !asked.contains($0) }
        return (evidence, AuditRecords(folder: folder, asked: asked, found: found, unused: unused))
    }

    /// Most entries of a folder that are read.
    private static let entriesLimit = 10_000

    /// The names of a folder's folders, sorted; none of one that cannot be read.
    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        var count = 0
        while count < Self.entriesLimit, let entry = readdir(stream) {
            count += 1
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard !name.hasPrefix("."), stat("\(folder)/\(name)", &status) == 0,
                status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR)
            else { continue }
            names.append(name)
        }
        return names.sorted()
    }
}
