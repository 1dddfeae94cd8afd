/// A key of a kind of document, with what its reference says of it.
public protocol DocumentKey {
    /// As it is written: `max_users`.
    var name: String { get }
    /// The type and what holds without it, what it means, and an example, in Markdown.
    var type: String { get }
    var meaning: String { get }
    var example: String { get }
}

/// The table of some keys, in Markdown.
public enum KeyTable {
    /// Its lines. `types`: the head of the column of types; `place`: where a key stands, in a table of several
    /// mappings.
    public static func lines<Key: DocumentKey>(
        of keys: [Key], types: String = "type, default", place: (Key) -> String? = { _ in nil }
    ) -> [String] {
        let rows = keys.map { key in
            let place = place(key).map { " (in \($0))" } ?? ""
            return "| `\(key.name)`\(place) | \(key.type) | \(key.meaning) | `\(key.example)` |"
        }
        return ["| key | \(types) | meaning | example |", "|---|---|---|---|"] + rows
    }
}
