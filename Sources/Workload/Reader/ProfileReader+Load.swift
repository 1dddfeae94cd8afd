import Units
import YAML

/// How much to send.
extension ProfileReader {
    /// Reads the load. The session is read before it: rates in requests/s need its number of requests.
    mutating func readLoad(_ node: YAMLNode, into profile: inout Profile) {
        guard
            let fields = self.fields(of: node, at: "load", named: "`load`", keys: .closedLoad, .openLoad, .load)
        else { return }
        self.readKind(fields, into: &profile)
        self.readValues(fields, of: .load, into: &profile)
    }

    /// Users that are held.
    mutating func readClosed(_ fields: YAMLFields, into profile: inout Profile) {
        self.readValues(fields, of: .closedLoad, into: &profile)
        profile.load.cycle = self.cycle(fields)
        if let sessions = fields[.loadSessions] {
            profile.load.sessions = self.integer(sessions, at: ProfileKey.loadSessions.path, as: Int.self)
        }
    }

    private mutating func cycle(_ fields: YAMLFields) -> Cycle {
        let every = fields[.loadEvery].map { self.gap($0, at: ProfileKey.loadEvery.path) }
        let between = fields[.loadBetween].map { self.gap($0, at: ProfileKey.loadBetween.path) }
        if every != nil, between != nil {
            self.report(
                fields.node(of: .loadBetween),
                "load: `every` and `between` exclude each other: a plan, or a pause after each session")
            return .none
        }
        if let gap = every ?? nil { return .every(gap) }
        if let gap = between ?? nil { return .between(gap) }
        return .none
    }

    /// A time, or `auto`.
    mutating func readWarmup(_ node: YAMLNode, at path: String, into load: inout Load) {
        if case .scalar("auto", _) = node.content {
            load.warmupIsAuto = true
            return
        }
        let expectation = "this is a time, such as 5s, or `auto`"
        let time = self.word(node, at: path, expectation) { text throws(ParseError) in
            try TimeSpan.parse(text)
        }
        load.warmup = time ?? 0
    }

    /// The rules that apply; an empty list also turns off the default ones.
    mutating func abortRules(_ node: YAMLNode, at path: String) -> [AbortRule] {
        guard let items = self.list(node, at: path, example: "abort: [errors > 5% for 10s]") else {
            return [.mostFail]
        }
        var rules: [AbortRule] = []
        for (index, item) in items.enumerated() {
            let expectation = "this is a rule, such as errors > 5% for 10s"
            let rule = self.word(item, at: "\(path)[\(index)]", expectation) { text throws(ParseError) in
                try AbortRule.parse(text)
            }
            if let rule { rules.append(rule) }
        }
        return AbortRule.effective(rules)
    }
}
