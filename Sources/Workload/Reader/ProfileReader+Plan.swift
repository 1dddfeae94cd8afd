/// Target and load.
extension ProfileReader {
    private static let openLoad = "open load is not available yet; hold users with `users: 2000`"
    private static let loadKeys = [
        "users", "every", "between", "start", "connection", "ramp", "warmup", "hold", "sessions", "seed",
        "tick",
    ]
    private static let laterLoadKeys = [
        "requests": "`requests`: \(openLoad)", "arrivals": "`arrivals`: \(openLoad)",
        "stages": "`stages`: \(openLoad)", "max_users": "`max_users`: \(openLoad)",
    ]

    /// Where to send.
    mutating func readTarget(_ node: YAMLNode, into profile: inout Profile) {
        let keys = ["url", "timeouts", "http"]
        guard let fields = self.fields(of: node, at: "target", named: "`target`", keys: keys) else { return }
        if let url = self.required("url", fields, "write `url: http://host:port`") {
            let target = self.word(url, at: "target.url", "this is a URL, such as http://127.0.0.1:8080") {
                text throws(WordError) in
                let target = try TargetURL.parse(text)
                guard !target.path.contains("?") else {
                    throw WordError("the URL has a query; put it into the paths of the steps")
                }
                return target
            }
            if let target { profile.target = target }
        }
        if let timeouts = fields["timeouts"] { self.readTimeouts(timeouts, into: &profile.timeouts) }
        if let http = fields["http"] { self.checkHTTP(http) }
    }

    private mutating func readTimeouts(_ node: YAMLNode, into timeouts: inout Timeouts) {
        let path = "target.timeouts"
        let keys = ["connect", "first_byte", "idle", "total"]
        guard let fields = self.fields(of: node, at: path, named: "`timeouts`", keys: keys) else { return }
        let targets: [(String, WritableKeyPath<Timeouts, UInt64>)] = [
            ("connect", \.connect), ("first_byte", \.firstByte), ("idle", \.idle), ("total", \.total),
        ]
        for (key, target) in targets {
            guard let value = fields[key] else { continue }
            if let time = self.time(value, at: fields.path(of: key)) { timeouts[keyPath: target] = time }
        }
    }

    /// HTTP/1.1 is all there is, so nothing has to be remembered.
    private mutating func checkHTTP(_ node: YAMLNode) {
        _ = self.word(node, at: "target.http", "this is auto or 1.1") { text throws(WordError) in
            switch text {
            case "auto", "1.1": return
            case "2", "h2c":
                throw WordError("\(quoted(text)) comes with HTTP/2, which is not available yet; use 1.1")
            default: throw WordError("\(quoted(text)) is no version of HTTP here; use auto or 1.1")
            }
        }
    }

    /// How much to send.
    mutating func readLoad(_ node: YAMLNode, into load: inout Load) {
        let fields = self.fields(
            of: node, at: "load", named: "`load`", keys: Self.loadKeys, later: Self.laterLoadKeys)
        guard let fields else { return }
        if let users = fields["users"], let count = self.integer(users, at: "load.users", as: Int.self) {
            load.users = count
        }
        load.cycle = self.cycle(fields)
        if let start = fields["start"] {
            load.start = self.choice(start, at: "load.start", of: StartMode.self) ?? .steady
        }
        if let policy = fields["connection"] {
            load.connection =
                self.choice(policy, at: "load.connection", of: ConnectionPolicy.self) ?? .perUser
        }
        if let ramp = fields["ramp"] { load.ramp = self.time(ramp, at: "load.ramp") ?? 0 }
        if let warmup = fields["warmup"] { load.warmup = self.time(warmup, at: "load.warmup") ?? 0 }
        if let hold = fields["hold"], let time = self.time(hold, at: "load.hold") {
            load.hold = time
            load.holdGiven = true
        }
        if let sessions = fields["sessions"] { load.sessions = self.sessions(sessions) }
        if let tick = fields["tick"] { load.tick = self.time(tick, at: "load.tick") ?? 0 }
        if let seed = fields["seed"] { load.seed = self.integer(seed, at: "load.seed", as: UInt64.self) ?? 1 }
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

    /// A number of sessions in all; a rate is another kind of load.
    private mutating func sessions(_ node: YAMLNode) -> Int? {
        if case .scalar(let text, _) = node.content, text.contains("/") {
            self.refuse("load.sessions", node, "\(quoted(text)) is a rate: \(Self.openLoad)")
            return nil
        }
        return self.integer(node, at: "load.sessions", as: Int.self)
    }
}
