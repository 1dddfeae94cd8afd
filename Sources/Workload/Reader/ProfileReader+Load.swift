import Units
import YAML

/// How much to send.
extension ProfileReader {
    private static let loadKeys =
        closedKeys + openKeys + [
            "sessions", "connection", "warmup", "hold", "seed", "tick", "probe", "abort", "max_rate", "max_bytes",
            "max_duration",
        ]

    /// Reads the load. The session is read before it: rates in requests/s need its number of requests.
    mutating func readLoad(_ node: YAMLNode, into profile: inout Profile) {
        guard let fields = self.fields(of: node, at: "load", named: "`load`", keys: Self.loadKeys) else {
            return
        }
        var load = profile.load
        self.readKind(fields, session: profile, into: &load)
        if let policy = fields["connection"] {
            load.connectionAsked = self.choice(policy, at: "load.connection", of: ConnectionPolicy.self)
        }
        if let warmup = fields["warmup"] { self.readWarmup(warmup, into: &load) }
        if let hold = fields["hold"], let time = self.time(hold, at: "load.hold") {
            load.hold = time
            load.holdGiven = true
        }
        if let seed = fields["seed"] { load.seed = self.integer(seed, at: "load.seed", as: UInt64.self) ?? 1 }
        if let tick = fields["tick"] { load.tick = self.time(tick, at: "load.tick") ?? 0 }
        if let probe = fields["probe"] { load.probe = self.rate(probe, at: "load.probe") }
        if let abort = fields["abort"] { load.abort = self.abortRules(abort) }
        if let rate = fields["max_rate"] { load.caps.rate = self.rate(rate, at: "load.max_rate") }
        if let bytes = fields["max_bytes"] { load.caps.bytes = self.size(bytes, at: "load.max_bytes") }
        if let time = fields["max_duration"] { load.caps.duration = self.time(time, at: "load.max_duration") }
        profile.load = load
    }

    /// The keys of a closed load only; `sessions` can be there too, as a number.
    func closedOnly(_ fields: YAMLFields) -> [String] { Self.closedKeys.filter { fields[$0] != nil } }

    private static let closedKeys = ["users", "every", "between", "start", "ramp", "idle", "storm"]

    /// Users that are held.
    mutating func readClosed(_ fields: YAMLFields, into load: inout Load) {
        if let users = fields["users"], let count = self.integer(users, at: "load.users", as: Int.self) {
            load.users = count
        }
        load.cycle = self.cycle(fields)
        if let start = fields["start"] {
            load.start = self.choice(start, at: "load.start", of: StartMode.self) ?? .steady
        }
        if let ramp = fields["ramp"] {
            load.ramp = self.time(ramp, at: "load.ramp") ?? 0
            load.rampGiven = true
        }
        if let idle = fields["idle"] { load.silence = self.time(idle, at: "load.idle") }
        if let storm = fields["storm"] { load.isStorm = self.flag(storm, at: "load.storm") ?? false }
        if let sessions = fields["sessions"] {
            load.sessions = self.integer(sessions, at: "load.sessions", as: Int.self)
        }
    }

    private mutating func cycle(_ fields: YAMLFields) -> Cycle {
        let every = fields["every"].map { self.gap($0, at: "load.every") }
        let between = fields["between"].map { self.gap($0, at: "load.between") }
        if every != nil, let key = fields.keys["between"] {
            self.report(
                key, "load: `every` and `between` exclude each other: a plan, or a pause after each session")
            return .none
        }
        if let gap = every ?? nil { return .every(gap) }
        if let gap = between ?? nil { return .between(gap) }
        return .none
    }

    /// A time, or `auto`.
    private mutating func readWarmup(_ node: YAMLNode, into load: inout Load) {
        if case .scalar("auto", _) = node.content {
            load.warmupIsAuto = true
            return
        }
        let expectation = "this is a time, such as 5s, or `auto`"
        let time = self.word(node, at: "load.warmup", expectation) { text throws(ParseError) in
            try TimeSpan.parse(text)
        }
        load.warmup = time ?? 0
    }

    /// A rate of the unit in its key, such as `200/s`.
    mutating func rate(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a rate, such as 200/s") { text throws(ParseError) in
            try ArrivalRate.parsePlain(text)
        }
    }

    /// The rules that apply; an empty list also turns off the default ones.
    private mutating func abortRules(_ node: YAMLNode) -> [AbortRule] {
        let path = "load.abort"
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
