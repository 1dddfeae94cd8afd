import Units
import YAML

/// Reads claims and contradictions.
extension ClaimsReader {
    /// Reads claims, and statements among them.
    mutating func readClaims(_ node: YAMLNode, into claims: inout Claims) {
        let items = self.items(node, at: "claims", example: "claims: [{id: S1, text: …, states: 25M users}]") ?? []
        for (index, item) in items.enumerated() {
            let path = "claims[\(index)]"
            let known = ClaimsKey.names(.claim)
            guard let fields = self.fields(of: item, at: path, named: "a claim", known: known) else { continue }
            let isStatement = known.allSatisfy { ["id", "text", "because"].contains($0) == (fields[$0] != nil) }
            if isStatement {
                if let statement = self.statement(fields, place: claims.claims.count) {
                    claims.statements.append(statement)
                }
            } else if let claim = self.claim(fields) {
                claims.claims.append(claim)
            }
        }
    }

    /// A claim that states no figure has a text, and why it is unsupported.
    private mutating func statement(_ fields: YAMLFields, place: Int) -> Claims.Statement? {
        let id = self.identifier(fields)
        let text = fields["text"].flatMap { self.sentence($0, at: fields.path(of: "text")) }
        let because = fields["because"].flatMap { self.sentence($0, at: fields.path(of: "because")) }
        guard let id, let text, let because else { return nil }
        return Claims.Statement(id: id, text: text, because: because, place: place)
    }

    private mutating func claim(_ fields: YAMLFields) -> Claims.Claim? {
        let id = self.identifier(fields)
        let text = self.required("text", fields, "quote the document").flatMap {
            self.sentence($0, at: fields.path(of: "text"))
        }
        let states = self.required(
            "states", fields,
            "write its figure, such as `states: 12,500 instances`; a claim without one has `text` and `because` alone"
        )
        .flatMap { self.stated($0, at: fields.path(of: "states")) }
        guard let id, let text, let states else { return nil }
        var claim = Claims.Claim(id: id, text: text, states: states)
        claim.formula = fields["formula"].flatMap { self.formula($0, at: fields.path(of: "formula")) }
        if let node = fields["as_stated"] {
            if case .scalar("given", _) = node.content {
                claim.asStated = .given
            } else if let formula = self.formula(node, at: fields.path(of: "as_stated")) {
                claim.asStated = .other(formula)
            }
        }
        claim.agreesWith = fields["agrees_with"].flatMap { self.formula($0, at: fields.path(of: "agrees_with")) }
        claim.needs = fields["needs"].flatMap { self.comparison($0, at: fields.path(of: "needs")) }
        claim.within = fields["within"].flatMap { self.leeway($0, at: fields.path(of: "within")) }
        claim.shows = fields["shows"].map { self.shows($0, at: fields.path(of: "shows")) } ?? []
        claim.because = fields["because"].flatMap { self.sentence($0, at: fields.path(of: "because")) }
        claim.measurement = fields["measure"].flatMap { self.measurement($0, at: fields.path(of: "measure"), id) }
        return claim
    }

    private mutating func identifier(_ fields: YAMLFields) -> String? {
        guard let node = self.required("id", fields, "name it, such as `id: S1`"),
            let id = self.text(node, at: fields.path(of: "id")), self.declare(id, node)
        else { return nil }
        return id
    }

    /// Above 0 and at most all of it.
    private mutating func leeway(_ node: YAMLNode, at path: String) -> Rational? {
        guard let figure = self.stated(node, at: path)?.figure else { return nil }
        guard figure.dimension.isPlain, figure.low > .zero, figure.low <= .one else {
            self.refuse(at: path, "this is a share of the stated figure, such as 15%; above 0 and at most 100%")
            return nil
        }
        return figure.low
    }

    private mutating func shows(_ node: YAMLNode, at path: String) -> [Claims.Shown] {
        let example = "shows: [{what: each costs, formula: S28 / S22, unit: $/h}]"
        let items = self.items(node, at: path, example: example, limit: ClaimsLimit.shows) ?? []
        return items.enumerated().compactMap { index, item in
            let path = "\(path)[\(index)]"
            guard
                let fields = self.fields(of: item, at: path, named: "a shown figure", known: ClaimsKey.names(.shown))
            else { return nil }
            let what = self.required("what", fields, "say what the figure is")
                .flatMap { self.sentence($0, at: fields.path(of: "what")) }
            let formula = self.required("formula", fields, "write how it is computed")
                .flatMap { self.formula($0, at: fields.path(of: "formula")) }
            let format = self.required("unit", fields, "write the unit that it is printed in")
                .flatMap { self.format($0, at: fields.path(of: "unit")) }
            guard let what, let formula, let format else { return nil }
            return Claims.Shown(what: what, formula: formula, format: format)
        }
    }

    private mutating func measurement(_ node: YAMLNode, at path: String, _ id: String) -> Claims.Measurement? {
        guard let fields = self.fields(of: node, at: path, named: "a measurement", known: ClaimsKey.names(.measure))
        else { return nil }
        let command = self.required("command", fields, "write the command line that measures it")
            .flatMap { self.sentence($0, at: fields.path(of: "command")) }
        let missing = fields["missing"].flatMap { self.sentence($0, at: fields.path(of: "missing")) }
        var record: String?
        if let node = self.required("record", fields, "name its record in the folder of evidence") {
            record = self.text(node, at: fields.path(of: "record"))
            if let name = record, !Self.isFileName(name) {
                self.refuse(
                    fields.path(of: "record"), node,
                    "\(quoted(name)) cannot name a record; use letters, digits, `.`, `_` and `-`, not a `.` first"
                )
                record = nil
            }
        }
        var figure = id
        if let node = fields["of"], let name = self.figureName(node, at: fields.path(of: "of")) { figure = name }
        let objective = fields["objective"].flatMap { self.objective($0, at: fields.path(of: "objective")) }
        let pace = fields["pace"].flatMap { self.sentence($0, at: fields.path(of: "pace")) }
        let hardware = fields["hardware"].flatMap { self.sentence($0, at: fields.path(of: "hardware")) }
        guard let command, let record else { return nil }
        return Claims.Measurement(
            command: command, record: record, figure: figure, objective: objective,
            pace: pace ?? Self.value(of: "--every", in: command).map { "every \($0)" },
            hardware: hardware ?? Self.value(of: "--instance", in: command), missing: missing)
    }

    /// The word behind an option of a command line, or behind its `=`; nil where the option is not there.
    private static func value(of option: String, in command: String) -> String? {
        let words = command.split { $0 == " " || $0 == "\n" || $0 == "\t" }
        for (index, word) in words.enumerated() {
            if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
            if word == option, words.indices.contains(index + 1) { return String(words[index + 1]) }
        }
        return nil
    }

    private mutating func figureName(_ node: YAMLNode, at path: String) -> String? {
        self.keep(node, at: path)
        return self.text(node, at: path)
    }

    private mutating func objective(_ node: YAMLNode, at path: String) -> String? {
        self.keep(node, at: path)
        return self.sentence(node, at: path)
    }

    /// The name is part of a path: it must not lead out of the folder.
    private static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= ClaimsLimit.name && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                decimalDigit(byte) != nil || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    mutating func contradictions(_ node: YAMLNode) -> [Claims.Contradiction] {
        let example = "contradictions: [{id: D1, text: …, condition: S13 < S2, unit: instances}]"
        let items = self.items(node, at: "contradictions", example: example) ?? []
        return items.enumerated().compactMap { index, item in
            self.contradiction(item, at: "contradictions[\(index)]")
        }
    }

    private mutating func contradiction(_ node: YAMLNode, at path: String) -> Claims.Contradiction? {
        guard
            let fields = self.fields(
                of: node, at: path, named: "a contradiction", known: ClaimsKey.names(.contradiction))
        else { return nil }
        let id = self.identifier(fields)
        let text = self.required("text", fields, "say what contradicts what")
            .flatMap { self.sentence($0, at: fields.path(of: "text")) }
        let condition = self.required("condition", fields, "write when it is one, such as `condition: S13 < S2`")
            .flatMap { self.comparison($0, at: fields.path(of: "condition")) }
        let format = self.required("unit", fields, "write the unit of both sides")
            .flatMap { self.format($0, at: fields.path(of: "unit")) }
        var between: [String] = []
        if let node = self.required("between", fields, "list the claims, such as `between: [S2, S13]`") {
            let path = fields.path(of: "between")
            for (index, item) in (self.items(node, at: path, example: "between: [S2, S13]") ?? []).enumerated() {
                if let name = self.figureName(item, at: "\(path)[\(index)]") { between.append(name) }
            }
        }
        guard let id, let text, let condition, let format else { return nil }
        var contradiction = Claims.Contradiction(
            id: id, text: text, between: between, condition: condition, format: format)
        contradiction.left = fields["left"].flatMap { self.sentence($0, at: fields.path(of: "left")) }
        contradiction.right = fields["right"].flatMap { self.sentence($0, at: fields.path(of: "right")) }
        contradiction.shows = fields["shows"].map { self.shows($0, at: fields.path(of: "shows")) } ?? []
        contradiction.because = fields["because"].flatMap { self.sentence($0, at: fields.path(of: "because")) }
        return contradiction
    }
}
