import Units

/// One value of a document of data (JSON in a record; YAML written by a person), read with the limits of a file that a
/// person writes: `YAMLReader` bounds the size, the depth and the number of values.
///
/// Read-only and lenient: a value that is missing, or of another kind, is nil. The caller decides what it needs.
public struct DataNode {
    private let node: YAMLNode

    /// The most bytes of a document.
    public static let sizeLimit = YAMLReader.fileLimit

    /// The root of a document; `kind` is its name in messages. Throws the first error, with its place.
    public static func read(_ bytes: [UInt8], kind: String) throws(ParseError) -> DataNode {
        let document = YAMLReader.read(bytes, kind: kind)
        if let error = document.errors.first {
            let place = error.line > 0 ? "line \(error.line), column \(error.column): " : ""
            throw ParseError("\(place)\(error.message)")
        }
        guard let root = document.root else { throw ParseError("it is empty") }
        return DataNode(node: root)
    }

    /// The line of the value, from 1.
    public var line: Int { self.node.line }

    /// The member of an object with that name.
    public subscript(key: String) -> DataNode? {
        self.members?.first { $0.key == key }?.value
    }

    /// The members of an object in their order; nil for any other value.
    public var members: [(key: String, value: DataNode)]? {
        guard case .mapping(let entries) = self.node.content else { return nil }
        return entries.compactMap { entry in
            guard case .scalar(let key, _) = entry.key.content else { return nil }
            return (key, DataNode(node: entry.value))
        }
    }

    /// The elements of a list; nil for any other value.
    public var items: [DataNode]? {
        guard case .sequence(let items) = self.node.content else { return nil }
        return items.map { DataNode(node: $0) }
    }

    /// A text in quotes.
    public var text: String? {
        guard case .scalar(let text, plain: false) = self.node.content else { return nil }
        return text
    }

    /// A whole number of at most 64 bits.
    public var integer: UInt64? {
        guard case .scalar(let text, plain: true) = self.node.content else { return nil }
        return UInt64(text)
    }

    /// A finite number.
    public var number: Double? {
        guard case .scalar(let text, plain: true) = self.node.content, let value = Double(text) else {
            return nil
        }
        return value.isFinite ? value : nil
    }

    /// `true` or `false`.
    public var boolean: Bool? {
        guard case .scalar(let text, plain: true) = self.node.content else { return nil }
        return Bool(text)
    }

    /// `null`, or nothing.
    public var isNull: Bool { self.node.isNull }
}
