import YAML

/// The tables of docs/reference/profile.md: every key of a profile, in Markdown.
public enum ProfileKeyReference {
    /// The tables in the order of the document, by the name that stands in front of each as `<!-- keys: NAME -->`.
    public static func tables(of keys: [ProfileKey] = ProfileKey.all) -> [(name: String, lines: [String])] {
        Self.parts.map { part in
            let lines = KeyTable.lines(
                of: keys.filter { part.mappings.contains($0.mapping) },
                types: part.mappings.contains(.stage) ? "type" : "type, default", place: { Self.place(of: $0.mapping) })
            return (part.name, lines)
        }
    }

    /// All tables, each behind its mark.
    public static var text: String {
        let tables = Self.tables().map { "<!-- keys: \($0.name) -->\n\n\($0.lines.joined(separator: "\n"))\n" }
        return tables.joined(separator: "\n")
    }

    private static let parts: [(name: String, mappings: [ProfileKey.Mapping])] = [
        ("profile", [.profile]), ("target", [.target]), ("target.timeouts", [.timeouts]), ("target.http2", [.http2]),
        ("target.tls", [.tls]), ("step", [.step]), ("inside a step", [.body, .expectation, .gap]),
        ("closed load", [.closedLoad]), ("open load", [.openLoad]), ("every load", [.load]),
        ("stage", [.stage, .sine, .diurnal, .spike]),
    ]

    /// Where a key stands, in a table of several mappings.
    private static func place(of mapping: ProfileKey.Mapping) -> String? {
        switch mapping {
        case .body: "`body`"
        case .expectation: "`expect`"
        case .gap: "a gap"
        case .sine: "`sine`"
        case .diurnal: "`diurnal`"
        case .spike: "`spike`"
        default: nil
        }
    }
}
