import Units
import YAML

extension Deployment {
    /// Reads the bytes of a fleet file (YAML, of which JSON is a part). `file` is its name in errors. Throws all errors
    /// at once, each with line and column. `readFile` reads the file of a curve by its name in the fleet file.
    public static func parse(
        _ bytes: [UInt8], file: String,
        readFile: @escaping (String) throws(ParseError) -> [UInt8] = { name throws(ParseError) in
            throw ParseError("\(quoted(name)) cannot be read here")
        }
    ) throws(DocumentErrors) -> Deployment {
        try YAMLReader.value(of: bytes, kind: "fleet file", file: file, advice: "begin it with `version: 1`")
        { root in
            var reader = FleetReader(readFile: readFile)
            let deployment = reader.read(root)
            return (deployment, reader.errors)
        }
    }
}

/// Reads a fleet file from a YAML tree.
struct FleetReader: StrictReader {
    var log = ReadLog()
    /// Reads the file of a curve, by its name relative to the fleet file.
    let readFile: (String) throws(ParseError) -> [UInt8]

    /// The deployment of a tree; nil after an error.
    mutating func read(_ root: YAMLNode) -> Deployment? {
        var deployment = Deployment()
        guard let fields = self.readMapping(.fleet, root, at: "", into: &deployment) else { return nil }
        self.readVersion(fields)
        // An option may give what is missing.
        for flaw in deployment.flaws() where !flaw.isMissing {
            self.log.addLate("\(flaw.path): \(flaw.message)", at: flaw.path)
        }
        return self.errors.isEmpty ? deployment : nil
    }

    /// Reads the keys of a mapping into a deployment.
    @discardableResult
    mutating func readMapping(
        _ mapping: FleetKey.Mapping, _ node: YAMLNode, at path: String, into deployment: inout Deployment
    ) -> YAMLFields? {
        let name = path.isEmpty ? "a fleet file" : "`\(path)`"
        return self.readMapping(FleetKey.keys(of: mapping), named: name, node, at: path, into: &deployment)
    }

    /// Reads the regions, each into the last place of the list.
    mutating func readRegions(_ node: YAMLNode, at path: String, into deployment: inout Deployment) {
        guard let items = self.list(node, at: path, example: "regions: [{name: eu-west-1, weight: 100%}]")
        else { return }
        guard (1...Deployment.regionsLimit).contains(items.count) else {
            self.refuse(path, node, "\(items.count) regions; write 1 to \(Deployment.regionsLimit) of them")
            return
        }
        for (index, item) in items.enumerated() {
            deployment.regions.append(Region("", weight: 0))
            let path = "\(path)[\(index)]"
            self.note(path, item)
            guard let fields = self.readMapping(.region, item, at: path, into: &deployment) else { continue }
            for (key, advice) in [
                ("name", "write `name: eu-west-1`"), ("weight", "write its share, such as `weight: 10%`"),
            ] {
                _ = self.required(key, fields, advice)
            }
        }
    }

    /// Reads how the fleet follows the load.
    mutating func readScaling(_ node: YAMLNode, at path: String, into deployment: inout Deployment) {
        deployment.scaling = self.readScaling(node, at: path)
        if case .mapping(let entries) = node.content {
            deployment.isScalingTargetGiven = entries.contains { entry in
                if case .scalar("target", _) = entry.key.content { true } else { false }
            }
        }
    }

    /// Requests a second, such as `8000/s`.
    mutating func requestRate(_ node: YAMLNode, at path: String) -> RequestRate? {
        self.word(node, at: path, "this is a rate, such as 8000/s") { text throws(ParseError) in
            guard text.hasSuffix("/s") else {
                throw ParseError("\(quoted(text)) has no unit of a rate; write one such as 8000/s")
            }
            return RequestRate(try Count.parsePositive(String(text.dropLast(2))))
        }
    }

    /// Hours ahead of UTC, -12 to 14, such as `-5` or `5.5`.
    mutating func hours(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "these are hours, such as -5") { text throws(ParseError) in
            let isBehind = text.hasPrefix("-")
            var rest = Substring(isBehind ? text.dropFirst() : text[...]).utf8
            guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest),
                rest.isEmpty
            else { throw ParseError("\(quoted(text)) is not a number of hours; write one such as -5 or 5.5") }
            let hours = isBehind ? -number.fraction(of: 1) : number.fraction(of: 1)
            guard (-12...14).contains(hours) else {
                throw ParseError("\(quoted(text)): clocks are 12 hours behind UTC to 14 ahead")
            }
            return hours
        }
    }
}
