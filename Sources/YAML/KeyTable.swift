/// A key of a kind of document, with what its reference says of it.
public protocol DocumentKey {
    /// As it is written: `max_users`.
    var name: String { get }
    /// The type and what holds without it, what it means, and an example, in Markdown.
    var type: String { get }
    var meaning: String { get }
    var example: String { get }
}

/// A key of a kind of document with several mappings, which has a list of all its keys.
public protocol MappedKey: DocumentKey {
    /// The mappings of the document, by the names of their tables.
    associatedtype Mapping: CaseIterable & Equatable & RawRepresentable<String>
    /// Where it stands.
    var mapping: Mapping { get }
    /// Every key, by mapping, in the order in which an error lists them.
    static var all: [Self] { get }
}

extension MappedKey {
    /// The keys of a mapping.
    public static func keys(of mapping: Mapping) -> [Self] { Self.all.filter { $0.mapping == mapping } }

    /// The tables of a reference, one for each mapping, by its name.
    public static func tables() -> [(name: String, lines: [String])] {
        Mapping.allCases.map { ($0.rawValue, KeyTable.lines(of: Self.keys(of: $0))) }
    }
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
