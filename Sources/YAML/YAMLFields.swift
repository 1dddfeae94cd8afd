import Units

/// The values of one mapping by key; unknown and repeated keys are reported already.
public struct YAMLFields {
    /// The mapping itself: errors about missing keys are reported there.
    public var node: YAMLNode
    /// Its path of keys; empty for the document itself.
    public var path: String
    /// The values by key.
    public private(set) var values: [String: YAMLNode] = [:]
    /// The nodes of the keys.
    private var keys: [String: YAMLNode] = [:]

    /// A mapping without values.
    init(node: YAMLNode, path: String) {
        self.node = node
        self.path = path
    }

    /// The value of a key; nil where it is not there.
    public subscript(key: String) -> YAMLNode? { self.values[key] }

    /// The node of a key itself; the mapping where the key is not there.
    public func node(ofKey key: String) -> YAMLNode { self.keys[key] ?? self.node }

    /// The path of the value of a key.
    public func path(of key: String) -> String { self.path.isEmpty ? key : "\(self.path).\(key)" }

    /// Adds a value with its key's node.
    mutating func add(_ key: String, _ keyNode: YAMLNode, _ value: YAMLNode) {
        self.values[key] = value
        self.keys[key] = keyNode
    }
}
