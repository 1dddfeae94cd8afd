import Units
import YAML

extension Claims {
    /// Reads a claims file. `file` is its name in errors. Throws all errors at once, each with line and column: also
    /// those of formulas, of units that do not fit, and of figures that need themselves. So an audit of what is
    /// returned has a figure for each formula.
    public static func parse(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> Claims {
        try YAMLReader.value(
            of: bytes, kind: "claims file", file: file, advice: "begin with `version: 1` and the document's `title`"
        ) { root in
            var reader = ClaimsReader()
            let claims = reader.read(root)
            return (claims, reader.errors)
        }
    }
}

/// Reads a claims file from a YAML tree and collects all errors, each with its place.
struct ClaimsReader: StrictReader {
    var log = ReadLog()
    /// Built-in ones, and those that the file declares.
    var units = UnitCatalogue()
    /// Every name so far, with the line of its first use.
    private var names: [String: Int] = [:]
    /// Where formulas stand, by their paths.
    private var places: [String: YAMLNode] = [:]

    /// The paths of formulas that are evaluated by name.
    static func path(figure name: String) -> String { "figures.\(name)" }
    static func path(claim index: Int, _ key: String) -> String { "claims[\(index)].\(key)" }
    static func path(contradiction index: Int, _ key: String) -> String { "contradictions[\(index)].\(key)" }

    /// The claims of a tree; nil after an error.
    mutating func read(_ root: YAMLNode) -> Claims? {
        guard let fields = self.fields(of: root, at: "", named: "a claims file", known: ClaimsKey.names(.file)) else {
            return nil
        }
        self.readVersion(fields)
        var claims = Claims()
        if let node = self.required("document", fields, "name it, such as `document: {title: Fleet for 500M users}`")
        {
            claims.document = self.document(node)
        }
        if let node = fields["things"] { self.units = UnitCatalogue(things: self.things(node)) }
        if let node = fields["inputs"] { claims.inputs += self.inputs(node, at: "inputs", isFact: false) }
        if let node = fields["facts"] { claims.inputs += self.inputs(node, at: "facts", isFact: true) }
        if let node = fields["figures"] { claims.derived = self.derived(node) }
        if let node = self.required(
            "claims", fields, "list them, such as `claims: [{id: S1, text: …, states: 25M users}]`")
        {
            self.readClaims(node, into: &claims)
            if claims.claims.isEmpty, claims.statements.isEmpty, self.errors.isEmpty {
                self.refuse("claims", node, "there is no claim to audit")
            }
        }
        if let node = fields["contradictions"] { claims.contradictions = self.contradictions(node) }
        // Formulas refer to each other: one that is missing would make others wrong.
        if self.errors.isEmpty { self.check(claims) }
        return self.errors.isEmpty ? claims : nil
    }

    private mutating func document(_ node: YAMLNode) -> Claims.Document {
        var document = Claims.Document(title: "", source: nil)
        guard
            let fields = self.fields(of: node, at: "document", named: "a document", known: ClaimsKey.names(.document))
        else {
            return document
        }
        if let title = self.required("title", fields, "name the document") {
            document.title = self.sentence(title, at: "document.title") ?? ""
        }
        document.source = fields["source"].flatMap { self.sentence($0, at: "document.source") }
        return document
    }

    private mutating func things(_ node: YAMLNode) -> [String] {
        var things: [String] = []
        for (index, item) in (self.items(node, at: "things", example: "things: [regions, balancers]") ?? [])
            .enumerated()
        {
            let path = "things[\(index)]"
            guard let word = self.text(item, at: path) else { continue }
            if let flaw = Self.flaw(ofName: word) {
                self.refuse(path, item, flaw)
            } else if self.units[word] != nil || things.contains(word) {
                self.refuse(path, item, "\(quoted(word)) is a unit already; leave it out")
            } else {
                things.append(word)
            }
        }
        return things
    }

    private mutating func inputs(_ node: YAMLNode, at path: String, isFact: Bool) -> [Claims.Input] {
        guard let fields = self.named(node, at: path, "`\(path)`") else { return [] }
        let known = ClaimsKey.names(isFact ? .fact : .input)
        return fields.compactMap { name, node in
            let path = "\(path).\(name)"
            guard let fields = self.fields(of: node, at: path, named: quoted(name), known: known) else { return nil }
            let value = self.required("value", fields, "write a number with its unit, such as `value: 500M users`")
            let figure = value.flatMap { self.stated($0, at: fields.path(of: "value")) }
            let text = fields["text"].flatMap { self.sentence($0, at: fields.path(of: "text")) }
            var origin: Claims.Origin?
            if isFact {
                let source = self.required("source", fields, "say where the fact can be read")
                    .flatMap { self.sentence($0, at: fields.path(of: "source")) }
                let date = self.required("date", fields, "say when it was read, such as `date: 2026-07-20`")
                    .flatMap { self.date($0, at: fields.path(of: "date")) }
                origin = source.flatMap { source in date.map { Claims.Origin(source: source, date: $0) } }
                if origin == nil { return nil }
            }
            return figure.map { Claims.Input(name: name, figure: $0, text: text, origin: origin) }
        }
    }

    private mutating func derived(_ node: YAMLNode) -> [Claims.Derived] {
        guard let fields = self.named(node, at: "figures", "`figures`") else { return [] }
        return fields.compactMap { name, node in
            self.formula(node, at: Self.path(figure: name)).map { Claims.Derived(name: name, formula: $0) }
        }
    }

    /// The values of a mapping whose keys are names of the file's own, in its order.
    private mutating func named(_ node: YAMLNode, at path: String, _ what: String) -> [(String, YAMLNode)]? {
        guard let fields = self.fields(of: node, at: path, named: what, known: nil) else { return nil }
        guard case .mapping(let entries) = node.content else { return nil }
        guard entries.count <= ClaimsLimit.items else {
            self.refuse(path, node, "more than \(ClaimsLimit.items) entries; an audit reads fewer")
            return nil
        }
        var seen: Set<String> = []
        return entries.compactMap { key, _ in
            guard case .scalar(let name, _) = key.content, let value = fields[name], seen.insert(name).inserted,
                self.declare(name, key)
            else { return nil }
            return (name, value)
        }
    }

    /// Takes a name; false if it cannot be one, or is one already.
    mutating func declare(_ name: String, _ node: YAMLNode) -> Bool {
        if let flaw = Self.flaw(ofName: name) {
            self.report(node, flaw)
            return false
        }
        if self.units[name] != nil || Formula.Function(rawValue: name) != nil {
            self.report(node, "\(quoted(name)) is a unit or a function in formulas; choose another name")
            return false
        }
        if let line = self.names[name] {
            self.report(node, "the name \(quoted(name)) is taken since line \(line); choose another")
            return false
        }
        self.names[name] = node.line
        return true
    }

    private static func flaw(ofName name: String) -> String? {
        let isWord = name.utf8.allSatisfy { byte in
            decimalDigit(byte) != nil || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        let first = name.utf8.first.flatMap(decimalDigit)
        guard isWord, !name.isEmpty, first == nil, name.utf8.count <= ClaimsLimit.name else {
            return
                "\(quoted(name)) cannot be a name in formulas; use 1 to \(ClaimsLimit.name) letters, digits, `_`, "
                + "a letter first"
        }
        return nil
    }
}

/// Values of claims files.
extension ClaimsReader {
    /// A text of a limited length.
    mutating func sentence(_ node: YAMLNode, at path: String) -> String? {
        guard let text = self.text(node, at: path) else { return nil }
        guard !text.isEmpty, text.unicodeScalars.count <= ClaimsLimit.text else {
            self.refuse(path, node, "a text has 1 to \(ClaimsLimit.text) characters")
            return nil
        }
        return text
    }

    /// Items of a list of a limited length.
    mutating func items(
        _ node: YAMLNode, at path: String, example: String, limit: Int = ClaimsLimit.items
    ) -> [YAMLNode]? {
        guard let items = self.list(node, at: path, example: example) else { return nil }
        guard items.count <= limit else {
            self.refuse(path, node, "more than \(limit) items; an audit reads fewer")
            return nil
        }
        return items
    }

    private mutating func date(_ node: YAMLNode, at path: String) -> CalendarDate? {
        self.word(node, at: path, "this is a date, such as 2026-07-20", parse: CalendarDate.parse)
    }

    mutating func formula(_ node: YAMLNode, at path: String) -> Formula? {
        self.parsed(node, at: path, "this is a formula, such as `S1 / connections_per_instance`") {
            text, units throws(FormulaError) in try FormulaParser.formula(text, units: units)
        }
    }

    mutating func comparison(_ node: YAMLNode, at path: String) -> Comparison? {
        self.parsed(node, at: path, "this is a comparison, such as `S13 < S2 * 2`") {
            text, units throws(FormulaError) in
            try FormulaParser.comparison(text, units: units)
        }
    }

    mutating func stated(_ node: YAMLNode, at path: String) -> StatedFigure? {
        self.parsed(node, at: path, "this is a number with its unit, such as 12,500 instances") {
            text, units throws(FormulaError) in try FormulaParser.stated(text, units: units)
        }
    }

    mutating func format(_ node: YAMLNode, at path: String) -> FigureFormat? {
        self.parsed(node, at: path, "this is a unit, such as Mbps/instance") { text, units throws(FormulaError) in
            try FormulaParser.format(text, units: units)
        }
    }

    private mutating func parsed<Value>(
        _ node: YAMLNode, at path: String, _ expectation: String,
        by parse: (String, UnitCatalogue) throws(FormulaError) -> Value
    ) -> Value? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            self.refuseKind(path, node, expectation)
            return nil
        }
        self.places[path] = node
        do {
            return try parse(text, self.units)
        } catch {
            self.report(error, at: path)
            return nil
        }
    }

    /// Notes where a value stands, for errors that are found later.
    mutating func keep(_ node: YAMLNode, at path: String) { self.places[path] = node }

    /// Reports an error of a formula at its place in the file: a formula that is folded over lines counts as one line.
    mutating func report(_ error: FormulaError, at path: String) {
        guard let message = error.message, var node = self.places[path] else { return }
        if case .scalar(_, let isPlain) = node.content { node.column += error.offset + (isPlain ? 0 : 1) }
        let error = YAMLError(line: node.line, column: node.column, message: "\(path): \(message)")
        // A formula is computed for the document's figures and for the inputs.
        if !self.errors.contains(error) { self.refuse(path, node, message) }
    }

    /// Reports an error about a value that was read before.
    mutating func refuse(at path: String, _ message: String) {
        self.report(FormulaError(offset: 0, message: message), at: path)
    }
}
