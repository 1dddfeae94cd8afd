import Units

/// What a strict reader has found so far: the errors with their places, and where each value stands.
public struct ReadLog {
    /// In the order in which they were found.
    public private(set) var errors: [YAMLError] = []
    /// The place of each value, by its path of keys.
    private var places: [String: (line: Int, column: Int)] = [:]
    /// Paths whose value was refused: the document then holds a stand-in, which is not checked again.
    private var refused: Set<String> = []

    /// Nothing was read yet.
    public init() {}

    /// Notes the place of a value.
    mutating func note(_ path: String, _ node: YAMLNode) {
        self.places[path] = (node.line, node.column)
    }

    /// Notes an error, and the path that it makes unusable, if it makes one unusable.
    mutating func add(_ error: YAMLError?, refusing path: String?) {
        if let error { self.errors.append(error) }
        if let path { self.refused.insert(path) }
    }

    /// Adds an error about the value at a path, found after reading: at its place, or at that of the innermost value
    /// around it that has one. An error about a value that was refused already says nothing new.
    public mutating func addLate(_ message: String, at path: String) {
        let ancestors = Self.ancestors(of: path)
        let (places, refused) = (self.places, self.refused)
        guard !ancestors.contains(where: refused.contains) else { return }
        let place = ancestors.compactMap({ places[$0] }).first ?? (line: 1, column: 1)
        self.errors.append(YAMLError(line: place.line, column: place.column, message: message))
    }

    /// The path itself and those around it, innermost first: `a[1].b`, `a[1]`, `a`.
    private static func ancestors(of path: String) -> [String] {
        var paths = [path]
        var rest = Substring(path)
        while let cut = rest.lastIndex(where: { $0 == "." || $0 == "[" }) {
            rest = rest[..<cut]
            paths.append(String(rest))
        }
        return paths
    }
}

/// Reads a kind of document from a YAML tree: it collects all errors, each with its place, instead of the first.
public protocol StrictReader {
    /// What was found so far.
    var log: ReadLog { get set }
}

extension StrictReader {
    /// The errors so far.
    public var errors: [YAMLError] { self.log.errors }

    /// Reports an error at a value and marks its path, so that it is not checked again.
    public mutating func refuse(_ path: String, _ node: YAMLNode, _ message: String) {
        let text = path.isEmpty ? message : "\(path): \(message)"
        self.log.add(YAMLError(line: node.line, column: node.column, message: text), refusing: path)
    }

    /// Reports an error at a node.
    public mutating func report(_ node: YAMLNode, _ message: String) {
        self.log.add(YAMLError(line: node.line, column: node.column, message: message), refusing: nil)
    }

    /// Notes the place of a value.
    public mutating func note(_ path: String, _ node: YAMLNode) {
        self.log.note(path, node)
    }

    /// Reports a value of the wrong type, once: a value that was refused while reading has its error already.
    public mutating func refuseKind(_ path: String, _ node: YAMLNode, _ expectation: String) {
        if case .refused = node.content {
            self.log.add(nil, refusing: path)
        } else {
            self.refuse(path, node, "\(expectation); found \(node.kindText)")
        }
    }
}
