import Units
import YAML

/// The values of one mapping by key; unknown and repeated keys are reported already.
struct YAMLFields {
    /// The mapping itself: errors about missing keys are reported there.
    var node: YAMLNode
    var path: String
    var values: [String: YAMLNode] = [:]
    /// The nodes of the keys.
    var keys: [String: YAMLNode] = [:]

    subscript(key: ProfileKey) -> YAMLNode? { self.values[key.name] }

    /// The node of a key itself; the mapping where the key is not there.
    func node(of key: ProfileKey) -> YAMLNode { self.keys[key.name] ?? self.node }

    func path(of key: ProfileKey) -> String { self.path(of: key.name) }

    func path(of name: String) -> String { self.path.isEmpty ? name : "\(self.path).\(name)" }
}

/// Reads typed values. Each function returns nil after it has reported an error.
extension ProfileReader {
    /// The values of a mapping whose keys are those of the list.
    mutating func fields(
        of node: YAMLNode, at path: String, named what: String, keys mappings: ProfileKey.Mapping...
    ) -> YAMLFields? {
        var names: [String] = []
        for key in self.keys where mappings.contains(key.mapping) && !names.contains(key.name) {
            names.append(key.name)
        }
        return self.fields(of: node, at: path, named: what, known: names)
    }

    /// Reads each key that sets its own value.
    mutating func readValues(_ fields: YAMLFields, of mapping: ProfileKey.Mapping, into profile: inout Profile) {
        for key in self.keys where key.mapping == mapping {
            guard let reading = key.reading, let node = fields[key] else { continue }
            reading.read(&self, node, fields.path(of: key), &profile)
        }
    }

    /// The values of a mapping. `known`: the names of its keys; nil means any key, as in `headers`.
    mutating func fields(
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
            fields.values[key] = value
            fields.keys[key] = keyNode
            self.note(fields.path(of: key), value)
        }
        return fields
    }

    /// A required value.
    mutating func required(_ key: ProfileKey, _ fields: YAMLFields, _ advice: String) -> YAMLNode? {
        if let node = fields[key] { return node }
        let path = fields.path(of: key)
        self.refuse(path, fields.node, "this key is missing; \(advice)")
        return nil
    }

    /// The items of a list.
    mutating func list(_ node: YAMLNode, at path: String, example: String) -> [YAMLNode]? {
        guard case .sequence(let items) = node.content else {
            self.refuseKind(path, node, "this is a list; write it as `\(example)`")
            return nil
        }
        return items
    }

    /// Any text, quoted or not.
    mutating func text(_ node: YAMLNode, at path: String) -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            self.refuseKind(path, node, "this is a text")
            return nil
        }
        return text
    }

    /// A whole number in plain digits: no quotes, no exponent, no point.
    mutating func integer<T: FixedWidthInteger>(_ node: YAMLNode, at path: String, as type: T.Type) -> T? {
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
    mutating func time(_ node: YAMLNode, at path: String) -> UInt64? {
        self.word(node, at: path, "this is a time, such as 500ms or 1m30s") { text throws(ParseError) in
            try TimeSpan.parse(text)
        }
    }

    /// Bytes.
    mutating func size(_ node: YAMLNode, at path: String) -> UInt64? {
        self.word(node, at: path, "this is a size, such as 50KB") { text throws(ParseError) in
            try ByteSize.parse(text)
        }
    }

    /// `true` or `false`, as YAML has them.
    mutating func flag(_ node: YAMLNode, at path: String) -> Bool? {
        self.word(node, at: path, "this is true or false") { text throws(ParseError) in
            guard text == "true" || text == "false" else {
                throw ParseError("\(quoted(text)) is neither true nor false")
            }
            return text == "true"
        }
    }

    /// A rate of the unit in its key, such as `200/s`.
    mutating func rate(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a rate, such as 200/s") { text throws(ParseError) in
            try ArrivalRate.parsePlain(text)
        }
    }

    /// One of a few words.
    mutating func choice<T: RawRepresentable & CaseIterable>(
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

    /// `2s`, `{exponential: 2s}` or `{uniform: [1s, 3s]}`.
    mutating func gap(_ node: YAMLNode, at path: String) -> Gap? {
        if case .mapping = node.content { return self.drawnGap(node, at: path) }
        return self.time(node, at: path).map(Gap.constant)
    }

    private mutating func drawnGap(_ node: YAMLNode, at path: String) -> Gap? {
        let before = self.errors.count
        guard let fields = self.fields(of: node, at: path, named: "a gap", keys: .gap) else { return nil }
        guard fields.values.count == 1 else {
            if self.errors.count == before {
                self.refuse(path, node, "write one of `{exponential: 2s}` and `{uniform: [1s, 3s]}`")
            }
            return nil
        }
        if let mean = fields[.gapExponential] {
            return self.time(mean, at: fields.path(of: .gapExponential)).map(Gap.exponential)
        }
        guard let bounds = fields[.gapUniform] else { return nil }
        let boundsPath = fields.path(of: .gapUniform)
        guard let items = self.list(bounds, at: boundsPath, example: "uniform: [1s, 3s]") else { return nil }
        guard items.count == 2 else {
            self.refuse(
                boundsPath, bounds, "\(items.count) times; write the shortest and the longest, [1s, 3s]")
            return nil
        }
        let low = self.time(items[0], at: boundsPath)
        let high = self.time(items[1], at: boundsPath)
        guard let low, let high else { return nil }
        return .uniform(low, high)
    }

    /// The name of a file, relative to the profile's folder.
    mutating func fileName(_ node: YAMLNode, at path: String) -> String? {
        guard let name = self.text(node, at: path) else { return nil }
        guard !name.isEmpty, !name.utf8.contains(0) else {
            self.refuse(path, node, "\(quoted(name)) is not the name of a file")
            return nil
        }
        return name
    }

    /// The bytes of a file that a value names.
    mutating func bytes(ofFile name: String, _ node: YAMLNode, at path: String) -> [UInt8]? {
        do {
            return try self.readFile(name)
        } catch {
            self.refuse(path, node, error.message)
            return nil
        }
    }

    /// A text that a parser turns into a value.
    mutating func word<T>(
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

    /// Reports a value of the wrong type, once: a value that was refused while reading has its error already.
    mutating func refuseKind(_ path: String, _ node: YAMLNode, _ expectation: String) {
        if case .refused = node.content {
            self.markRefused(path)
        } else {
            self.refuse(path, node, "\(expectation); found \(node.kindText)")
        }
    }
}
