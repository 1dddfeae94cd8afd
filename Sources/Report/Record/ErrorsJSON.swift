import Measure

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
            .object([
                ("schema", .string(Self.schema)),
                ("examples", .array(examples.map { Self.value($0, redactor: redactor) })),
                ("resent", .array(resent.map { Self.value($0, redactor: redactor) })),
            ]))
    }

    private static func value(_ example: ErrorExample, redactor: Redactor) -> JSON {
        let excerpt = Self.excerpt(example, redactor: redactor)
        return .object([
            ("class", .string(example.error.name)),
            ("of", .string(example.of.rawValue)),
            ("at", .integer(example.at)),
            ("request", .string(TerminalText.sanitised(redactor.text(example.request)))),
            ("detail", .string(TerminalText.sanitised(redactor.text(example.detail)))),
            ("excerpt", .string(TerminalText.sanitised(excerpt, keepingLines: true))),
            ("excerpt_bytes", .integer(UInt64(min(example.excerpt.count, ErrorExample.excerptLimit)))),
        ])
    }

    private static func value(_ example: ResentExample, redactor: Redactor) -> JSON {
        .object([
            ("cause", .string(example.cause.name)),
            ("at", .integer(example.at)),
            ("request", .string(TerminalText.sanitised(redactor.text(example.request)))),
            ("detail", .string(TerminalText.sanitised(redactor.text(example.detail)))),
        ])
    }

    /// Redacts before it escapes, as an escape could hide a name. A mark may be longer than its secret, so the limit
    /// applies before and after.
    private static func excerpt(_ example: ErrorExample, redactor: Redactor) -> ArraySlice<UInt8> {
        let kept = Array(example.excerpt.prefix(ErrorExample.excerptLimit))
        let redacted = redactor.bytes(kept, isCut: kept.count == ErrorExample.excerptLimit)
        return redacted.prefix(ErrorExample.excerptLimit)
    }
}
