import Units

/// One value of a YAML document and its place; line and column count from 1.
public struct YAMLNode {
    /// Counted from 1.
    public var line: Int
    /// Counted from 1.
    public var column: Int
    /// The value.
    public var content: Content

    /// A scalar, a list or a mapping.
    public enum Content {
        /// `plain` is true without quotes: only then can it be a number or null.
        case scalar(String, plain: Bool)
        /// A list.
        case sequence([YAMLNode])
        /// In the order of the file, duplicates included.
        case mapping([(key: YAMLNode, value: YAMLNode)])
        /// Stands for something that is not accepted and was reported already.
        case refused
    }

    /// True for a value that was left out or is `null`.
    public var isNull: Bool {
        guard case .scalar(let text, true) = self.content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The kind of value, for a message.
    public var kindText: String {
        if self.isNull { return "nothing" }
        switch self.content {
        case .scalar(let text, _): return quoted(text)
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .refused: return "something else"
        }
    }
}

/// An error in a document; the caller knows the file's name.
public struct YAMLError: Error, Equatable {
    /// Counted from 1.
    public var line: Int
    /// Counted from 1.
    public var column: Int
    /// What is wrong and what to write instead.
    public var message: String

    /// An error at a place.
    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }
}
