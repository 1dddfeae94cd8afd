import Options

/// The options of `audit`.
extension Option {
    static let asStated = Option(
        "as-stated", .on, "each step from the document's own figures, as the document computed them",
        section: .judgement, recording: .commandLine,
        sets: \AuditOptions.isAsStated)
    static let evidence = Option(
        "evidence", .text("DIR"), "a folder of records by the names that the claims give them",
        section: .judgement, recording: .commandLine,
        sets: \AuditOptions.evidence)
    static let auditFormat = Option(
        "format", .choice(of: AuditOptions.Format.self, suggests: true),
        "how it is written: text, json, csv or markdown (text)",
        section: .output, recording: .commandLine,
        sets: \AuditOptions.format)
    static let auditOutput = Option(
        "output", short: "o", .file, "written whole or not at all (standard output)",
        section: .output, recording: .commandLine,
        sets: \AuditOptions.output)
}

/// What a command line of `headroom audit` asks for.
struct AuditOptions {
    /// The claims file.
    private(set) var file = ""
    var isAsStated = false
    /// The folder of records; nil where nothing was measured.
    var evidence: String?
    var format = Format.text
    /// Nil for standard output.
    var output: String?

    /// How an audit is written.
    enum Format: String, CaseIterable {
        case text, json, csv, markdown
    }

    static let options: [Option] = [.asStated, .evidence, .auditFormat, .auditOutput, .help]

    /// Reads a command line.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let file = arguments.positionals.first else {
            throw UsageError("audit needs a claims file, such as profiles/claims-500m.yaml")
        }
        if arguments.positionals.count > 1 {
            throw UsageError("one claims file at a time; \(arguments.positionals[1]) is one too many")
        }
        self.file = file
        try arguments.apply(to: &self)
        if self.isAsStated, self.evidence != nil {
            throw UsageError("--as-stated repeats the document's own steps and takes no --evidence")
        }
    }
}
