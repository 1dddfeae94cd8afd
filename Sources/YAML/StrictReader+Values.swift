import Units

/// Reads typed values. Each function returns nil after it has reported an error.
extension StrictReader {
    /// The values of a mapping. `known`: the names of its keys; nil means any key, as in `headers`.
    public mutating func fields(
        of node: YAMLNode, at path: String, named what: String, known: [String]?
    ) -> YAMLFields? {
        guard case .mapping(let entries) = node.content else {
            let example = known?.first.map { ", such as `\($0): …`" } ?? ""
            self.refuseKind(path, node, "\(what) is a mapping\(example)")
            return nil
        }
        var fields = YAMLFields(node: node, path: path)
        for (keyNode, value) in entries {
            guard case .scalar(let key, _) = keyNode.content else {
                if case .refused = keyNode.content { continue }
                self.report(keyNode, "a key is one word, not \(keyNode.kindText)")
                continue
            }
            guard fields.values[key] == nil else {
                self.report(keyNode, "the key \(quoted(key)) stands here a second time; keep one of them")
                continue
            }
            if let known, !known.contains(key) {
                self.report(keyNode, "unknown key \(quoted(key))\(suggestion(for: key, in: known))")
                continue
            }
            fields.add(key, keyNode, value)
            self.note(fields.path(of: key), value)
        }
        return fields
    }

    /// The value of a key that cannot be left out.
    public mutating func required(_ key: String, _ fields: YAMLFields, _ advice: String) -> YAMLNode? {
        if let node = fields[key] { return node }
        self.refuse(fields.path(of: key), fields.node, "this key is missing; \(advice)")
        return nil
    }

    /// The items of a list.
    public mutating func list(_ node: YAMLNode, at path: String, example: String) -> [YAMLNode]? {
        guard case .sequence(let items) = node.content else {
            self.refuseKind(path, node, "this is a list; write it as `\(example)`")
            return nil
        }
        return items
    }

    /// Any text, quoted or not.
    public mutating func text(_ node: YAMLNode, at path: String) -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            self.refuseKind(path, node, "this is a text")
            return nil
        }
        return text
    }

    /// A whole number in plain digits: no quotes, no exponent, no point.
    public mutating func integer<T: FixedWidthInteger>(_ node: YAMLNode, at path: String, as type: T.Type)
        -> T?
    {
        guard case .scalar(let text, let plain) = node.content, !node.isNull else {
            self.refuseKind(path, node, "this is a whole number")
            return nil
        }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard plain, !digits.isEmpty, digits.utf8.allSatisfy({ decimalDigit($0) != nil }) else {
            self.refuse(
                path, node, "\(quoted(text)) is not a whole number\(plain ? "" : "; drop the quotes")")
            return nil
        }
        guard let value = T(text) else {
            self.refuse(path, node, "\(quoted(text)) is out of range; use \(max(T.min, 0)) to \(T.max)")
            return nil
        }
        return value
    }

    /// Nanoseconds.
    public mutating func time(_ node: YAMLNode, at path: String) -> UInt64? {
        self.word(node, at: path, "this is a time, such as 500ms or 1m30s") { text throws(ParseError) in
            try TimeSpan.parse(text)
        }
    }

    /// Bytes.
    public mutating func size(_ node: YAMLNode, at path: String) -> UInt64? {
        self.word(node, at: path, "this is a size, such as 50KB") { text throws(ParseError) in
            try ByteSize.parse(text)
        }
    }

    /// `true` or `false`, as YAML has them.
    public mutating func flag(_ node: YAMLNode, at path: String) -> Bool? {
        self.word(node, at: path, "this is true or false") { text throws(ParseError) in
            guard text == "true" || text == "false" else {
                throw ParseError("\(quoted(text)) is neither true nor false")
            }
            return text == "true"
        }
    }

    /// One of a few words.
    public mutating func choice<T: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, at path: String, of type: T.Type
    ) -> T? where T.RawValue == String {
        let known = T.allCases.map(\.rawValue)
        return self.word(node, at: path, "this is one of \(known.joined(separator: ", "))") {
            text throws(ParseError) in
            guard let value = T(rawValue: text) else {
                throw ParseError("\(quoted(text)) is not known\(suggestion(for: text, in: known))")
            }
            return value
        }
    }

    /// A text that a parser turns into a value.
    public mutating func word<T>(
        _ node: YAMLNode, at path: String, _ expectation: String, parse: (String) throws(ParseError) -> T
    ) -> T? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            self.refuseKind(path, node, expectation)
            return nil
        }
        do {
            return try parse(text)
        } catch {
            self.refuse(path, node, error.message)
            return nil
        }
    }
}
