import YAML

/// A key whose value sets something in the target of a reader. A value that cannot be read is reported and sets
/// nothing.
protocol ReadingKey: MappedKey {
    associatedtype Reader: StrictReader, SendableMetatype
    associatedtype Target
    typealias Reading = @Sendable (inout Reader, YAMLNode, _ path: String, inout Target) -> Void
    var read: Reading { get }
}

extension ReadingKey {
    /// What a value sets.
    typealias Setter<Value> = @Sendable (Value, inout Target) -> Void

    static func of<Value>(
        _ read: @escaping @Sendable (inout Reader, YAMLNode, String) -> Value?, _ set: @escaping Setter<Value>
    ) -> Reading {
        { reader, node, path, target in
            if let value = read(&reader, node, path) { set(value, &target) }
        }
    }

    /// A whole number above 0.
    static func count(_ set: @escaping Setter<Double>) -> Reading { of({ $0.count($1, at: $2) }, set) }

    /// A whole number that may be 0.
    static func wholeNumber(_ set: @escaping Setter<Double>) -> Reading { of({ $0.wholeNumber($1, at: $2) }, set) }

    /// A number with decimals.
    static func factor(_ set: @escaping Setter<Double>) -> Reading { of({ $0.factor($1, at: $2) }, set) }

    static func share(_ set: @escaping Setter<Double>) -> Reading { of({ $0.share($1, at: $2) }, set) }

    static func bytes(_ set: @escaping Setter<Bytes>) -> Reading { of({ $0.bytes($1, at: $2) }, set) }

    static func span(_ set: @escaping Setter<Duration>) -> Reading { of({ $0.span($1, at: $2) }, set) }

    static func text(_ set: @escaping Setter<String>) -> Reading { of({ $0.text($1, at: $2) }, set) }

    static func integer(_ set: @escaping Setter<Int>) -> Reading { of({ $0.integer($1, at: $2, as: Int.self) }, set) }

    static func choice<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ type: Word.Type, _ set: @escaping Setter<Word>
    ) -> Reading {
        of({ $0.choice($1, at: $2, of: Word.self) }, set)
    }
}

extension StrictReader {
    /// Reads the keys of a mapping into a target; nil if it is none.
    @discardableResult
    mutating func readMapping<Key: ReadingKey>(
        _ keys: [Key], named name: String, _ node: YAMLNode, at path: String, into target: inout Key.Target
    ) -> YAMLFields? where Key.Reader == Self {
        guard let fields = self.fields(of: node, at: path, named: name, known: keys.map(\.name)) else { return nil }
        for key in keys {
            guard let node = fields[key.name] else { continue }
            key.read(&self, node, fields.path(of: key.name), &target)
        }
        return fields
    }
}
