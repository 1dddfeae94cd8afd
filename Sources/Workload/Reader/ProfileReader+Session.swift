import Units
import YAML

/// The steps of a session.
extension ProfileReader {
    /// Keys that are a method and hold its path.
    private static let methodKeys: [ProfileKey] = [
        .stepGet, .stepPost, .stepPut, .stepDelete, .stepHead, .stepPatch, .stepOptions,
    ]

    /// All steps. A step that cannot be read gets a stand-in, so that the others keep their numbers. `prefix` is the
    /// path of the target's URL, which goes in front of each step's.
    mutating func steps(_ node: YAMLNode, prefix: String) -> [Step] {
        guard let items = self.list(node, at: "session", example: "session: [{get: /}]") else { return [] }
        guard items.count <= Profile.stepsLimit else {
            self.refuse(
                "session", node,
                "\(items.count) steps are more than the \(Profile.stepsLimit) that are allowed")
            return []
        }
        var steps: [Step] = []
        for (index, item) in items.enumerated() {
            let path = "session[\(index)]"
            self.note(path, item)
            steps.append(self.step(item, at: path, prefix: prefix) ?? Step(path: "/"))
        }
        return steps
    }

    private mutating func step(_ node: YAMLNode, at path: String, prefix: String) -> Step? {
        guard let fields = self.fields(of: node, at: path, named: "a step", keys: .step) else {
            return nil
        }
        var step = Step(path: "/")
        self.readRequest(fields, into: &step, prefix: prefix)
        if let name = fields[.stepName] { step.name = self.text(name, at: fields.path(of: .stepName)) }
        if let headers = fields[.stepHeaders] {
            step.headers = self.headers(headers, at: fields.path(of: .stepHeaders))
        }
        if let body = fields[.stepBody] { step.body = self.body(body, at: fields.path(of: .stepBody)) ?? [] }
        if let count = fields[.stepRepeat] {
            step.repeatCount = self.integer(count, at: fields.path(of: .stepRepeat), as: Int.self) ?? 1
        }
        step.pause = self.pause(fields)
        if let expect = fields[.stepExpect] {
            self.readExpectation(expect, at: fields.path(of: .stepExpect), into: &step)
        }
        return step
    }

    /// Method and path: `get: /x`, or `method:` with `path:`.
    private mutating func readRequest(_ fields: YAMLFields, into step: inout Step, prefix: String) {
        let short = Self.methodKeys.filter { fields[$0] != nil }
        let spelled = [ProfileKey.stepMethod, .stepPath].filter { fields[$0] != nil }
        if let extra = (short + spelled).dropFirst().first(where: { _ in !short.isEmpty }) {
            self.refuse(
                fields.path, fields.node(of: extra),
                "a step is one request, but has `\(short[0].name)` and `\(extra.name)`; keep one")
            return
        }
        var pathNode = fields[.stepPath]
        if let key = short.first {
            step.method = asciiUppercased(key.name)
            pathNode = fields[key]
        } else {
            guard spelled.count == 2, let method = fields[.stepMethod] else {
                let advice = spelled.isEmpty ? "write `get: /path`" : "write both `method` and `path`"
                self.refuse(fields.path, fields.node, "this step has no request; \(advice)")
                return
            }
            if let method = self.text(method, at: fields.path(of: .stepMethod)) { step.method = method }
        }
        guard let pathNode else { return }
        let valuePath = fields.path(of: .stepPath)
        self.note(valuePath, pathNode)
        step.path =
            self.word(pathNode, at: valuePath, "this is a path, such as /bytes/50000") {
                text throws(ParseError) in
                try HTTPField.checkPath(text)
                return Self.joined(prefix, text)
            } ?? "/"
    }

    /// The URL's path in front of a step's: `/api` and `/x` give `/api/x`.
    static func joined(_ prefix: String, _ path: String) -> String {
        (prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix) + path
    }

    private mutating func headers(_ node: YAMLNode, at path: String) -> [HeaderField] {
        guard let fields = self.fields(of: node, at: path, named: "headers", known: nil) else { return [] }
        // In the order of the file, which `values` does not keep.
        guard case .mapping(let entries) = node.content else { return [] }
        var headers: [HeaderField] = []
        var seen: Set<String> = []
        for (keyNode, value) in entries {
            guard case .scalar(let name, _) = keyNode.content, seen.insert(name).inserted else { continue }
            do { try HTTPField.checkName(name) } catch {
                self.report(keyNode, "\(path): \(error.message)")
                continue
            }
            let expectation = "a header's value is a text (\"\" for an empty one)"
            let checked = self.word(value, at: fields.path(of: name), expectation) { text throws(ParseError) in
                try HTTPField.checkValue(text, of: name)
                return text
            }
            if let checked { headers.append(HeaderField(name: name, value: checked)) }
        }
        return headers
    }

    /// A text, or `{file: PATH}`.
    private mutating func body(_ node: YAMLNode, at path: String) -> [UInt8]? {
        guard case .mapping = node.content else {
            let text = self.word(node, at: path, "a body is a text or `{file: PATH}`") { Array($0.utf8) }
            self.bodyBytes += UInt64(text?.count ?? 0)
            return text
        }
        guard let fields = self.fields(of: node, at: path, named: "a body", keys: .body) else {
            return nil
        }
        guard let file = self.required(.bodyFile, fields, "a body is a text or `{file: PATH}`") else {
            return nil
        }
        let filePath = fields.path(of: .bodyFile)
        guard let name = self.fileName(file, at: filePath) else { return nil }
        // Without this a thousand steps would read a thousand large files before the sum is checked.
        guard self.bodyBytes <= Profile.bodiesLimit else {
            let limit = ByteSize.text(Profile.bodiesLimit)
            self.refuse(filePath, file, "not read: the bodies before it are more than \(limit) in all")
            return nil
        }
        let bytes = self.bytes(ofFile: name, file, at: filePath)
        self.bodyBytes += UInt64(bytes?.count ?? 0)
        return bytes
    }

    private mutating func pause(_ fields: YAMLFields) -> Pause {
        let every = fields[.stepEvery].map { self.gap($0, at: fields.path(of: .stepEvery)) }
        let think = fields[.stepThink].map { self.gap($0, at: fields.path(of: .stepThink)) }
        if every != nil, think != nil {
            self.report(
                fields.node(of: .stepThink),
                "\(fields.path): `every` and `think` exclude each other: a plan, or a pause after each answer"
            )
            return .none
        }
        // A pace of 0 is back to back, as `--every 0` is.
        if let gap = every ?? nil { return gap == .constant(0) ? .none : .every(gap) }
        if let gap = think ?? nil { return gap == .constant(0) ? .none : .think(gap) }
        return .none
    }

    private mutating func readExpectation(_ node: YAMLNode, at path: String, into step: inout Step) {
        guard let fields = self.fields(of: node, at: path, named: "`expect`", keys: .expectation)
        else { return }
        if let status = fields[.expectStatus] {
            step.expectStatus = self.integer(status, at: fields.path(of: .expectStatus), as: Int.self)
        }
        if let bytes = fields[.expectBytes] { step.expectBytes = self.size(bytes, at: fields.path(of: .expectBytes)) }
    }
}
