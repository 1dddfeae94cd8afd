import Measure
import Units
import YAML

/// errors.json: one example per class of failed requests and of connection faults, and per cause of a resent request.
/// It is redacted, with no byte that a terminal or a page could act on.
public enum ErrorsJSON {
    /// The name and version of the format.
    public static let schema = "headroom.errors/1"

    /// `{"schema", "examples": [{"class", "of", "at", "request", "detail", "excerpt", "excerpt_bytes"}]}`. `at` is in
    /// nanoseconds since the run began. Bytes of the excerpt that are not printable are `\xNN`. `of` is what failed: a
    /// `request`, or a `connection` without a request on it, which `request` then names. `"resent"` is a list of
    /// `{"cause", "at", "request", "detail"}`.
    public static func encode(
        _ examples: [ErrorExample], resent: [ResentExample] = [], redactor: Redactor
    ) -> [UInt8] {
        JSONWriter.encode(
            Self.fields.json(Examples(failed: examples, resent: resent), FieldWriting(redactor: redactor)))
    }

    /// The examples of a record. The reader skips parts that it cannot read, and a missing or foreign file gives none:
    /// no result depends on examples.
    public static func read(
        _ folder: (fd: Int32, path: String)
    ) -> (failed: [ErrorExample], resent: [ResentExample]) {
        guard let file = try? InputFile("errors.json", in: folder),
            let bytes = try? file.all(limit: DataNode.sizeLimit),
            let root = try? DataNode.read(bytes, kind: "record"), root["schema"]?.text == Self.schema
        else { return ([], []) }
        var examples = Examples()
        do {
            try Self.fields.read(root, into: &examples, FieldReading(notes: FieldNotes()))
        } catch {
            return ([], [])
        }
        return (examples.failed, examples.resent)
    }

    private struct Examples {
        var failed: [ErrorExample] = []
        var resent: [ResentExample] = []
    }

    private static let fields = Fields<Examples>([
        .derived("schema") { _, _ in .string(Self.schema) },
        .list(
            "examples", \.failed, of: ErrorExample(error: .refused, at: 0, request: "", detail: "", excerpt: []),
            limit: ErrorClass.count * ErrorExample.Subject.allCases.count, Self.failed),
        .list(
            "resent", \.resent, of: ResentExample(cause: .idleClose, at: 0, request: "", detail: ""),
            limit: ResentCause.count, since: .unnamed, Self.resent),
    ])

    /// Before connections had faults of their own, `of` was missing: a request.
    private static let failed = Fields<ErrorExample>([
        .named("class", \.error, \.name), .word("of", \.of, since: .unnamed, absence: .none), .value("at", \.at),
        .foreign("request", \.request), .foreign("detail", \.detail),
        .derived("excerpt") { example, writing in
            let excerpt = Self.excerpt(example, redactor: writing.redactor)
            return .string(TerminalText.sanitised(excerpt, keepingLines: true))
        },
        .derived("excerpt_bytes") { example, _ in
            .integer(UInt64(min(example.excerpt.count, ErrorExample.excerptLimit)))
        },
    ])

    private static let resent = Fields<ResentExample>([
        .named("cause", \.cause, \.name), .value("at", \.at), .foreign("request", \.request),
        .foreign("detail", \.detail),
    ])

    /// Redacts before it escapes, as an escape could hide a name. A mark may be longer than its secret, so the limit
    /// applies before and after.
    private static func excerpt(_ example: ErrorExample, redactor: Redactor) -> ArraySlice<UInt8> {
        let kept = Array(example.excerpt.prefix(ErrorExample.excerptLimit))
        let redacted = redactor.bytes(kept, isCut: kept.count == ErrorExample.excerptLimit)
        return redacted.prefix(ErrorExample.excerptLimit)
    }
}
