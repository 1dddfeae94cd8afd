/// One value of a YAML document and where it stands; line and column from 1.
struct YAMLNode {
    var line: Int
    var column: Int
    var content: Content

    enum Content {
        /// `plain` is true without quotes: only then can it be a number or nothing.
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        /// In the order of the file, duplicates included.
        case mapping([(key: YAMLNode, value: YAMLNode)])
        /// Stood for something that is not accepted and is reported already.
        case refused
    }

    /// True for a value that was left out or is `null`.
    var isNull: Bool {
        guard case .scalar(let text, true) = self.content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What it is, for a message.
    var kindText: String {
        if self.isNull { return "nothing" }
        switch self.content {
        case .scalar(let text, _): return quoted(text)
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .refused: return "something else"
        }
    }
}

/// An error in a document whose file's name the caller knows.
struct YAMLError: Error, Equatable {
    var line: Int
    var column: Int
    var message: String
}
