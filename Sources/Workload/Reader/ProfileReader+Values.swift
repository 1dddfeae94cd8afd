import Units
import YAML

extension YAMLFields {
    subscript(key: ProfileKey) -> YAMLNode? { self[key.name] }

    /// The node of a key itself; the mapping where the key is not there.
    func node(of key: ProfileKey) -> YAMLNode { self.node(ofKey: key.name) }

    func path(of key: ProfileKey) -> String { self.path(of: key.name) }
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

    /// The value of a key that cannot be left out.
    mutating func required(_ key: ProfileKey, _ fields: YAMLFields, _ advice: String) -> YAMLNode? {
        self.required(key.name, fields, advice)
    }

    /// A rate of the unit in its key, such as `200/s`.
    mutating func rate(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a rate, such as 200/s") { text throws(ParseError) in
            try ArrivalRate.parsePlain(text)
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
}
