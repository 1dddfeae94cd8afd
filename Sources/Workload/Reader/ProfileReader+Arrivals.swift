import Units
import YAML

/// Open loads: when sessions are due.
extension ProfileReader {
    /// Reads which of the two kinds of load it is, and the keys of that kind.
    mutating func readKind(_ fields: YAMLFields, into profile: inout Profile) {
        let sources = self.arrivalSources(fields)
        guard let source = sources.first else {
            for key in [ProfileKey.loadArrivals, .loadUnit, .loadMaxUsers] where fields[key] != nil {
                self.report(
                    fields.node(of: key),
                    "load: `\(key.name)` belongs to an open load; say when sessions start with `sessions: 200/s`, "
                        + "`requests: 2000/s`, `stages` or `trace`")
            }
            self.readClosed(fields, into: &profile)
            return
        }
        var isClear = true
        for key in sources.dropFirst() {
            isClear = false
            self.report(
                fields.node(of: key),
                "load: `\(source.name)` and `\(key.name)` both say when sessions start; keep one")
        }
        var closed = self.keys.filter { $0.mapping == .closedLoad && $0 != .loadSessions && fields[$0] != nil }
        if !sources.contains(.loadSessions), fields[.loadSessions] != nil { closed.append(.loadSessions) }
        for key in closed {
            isClear = false
            self.report(fields.node(of: key), "load: `\(key.name)` \(Self.closedAdvice(key, source))")
        }
        let process = self.process(fields)
        let plan = self.plan(fields, source, process: process, session: profile)
        var maxUsers: Int?
        if let node = fields[.loadMaxUsers] {
            maxUsers = self.integer(node, at: ProfileKey.loadMaxUsers.path, as: Int.self)
        }
        // Without a plan there is an error already, and nothing more to check.
        if isClear, let plan { profile.load.open = OpenLoad(plan: plan, maxUsers: maxUsers) }
    }

    /// The keys that set when sessions start, in this order.
    private func arrivalSources(_ fields: YAMLFields) -> [ProfileKey] {
        [ProfileKey.loadSessionRate, .loadRequests, .loadStages, .loadTrace].filter { key in
            guard let node = fields[key] else { return false }
            if key != .loadSessionRate { return true }
            // A plain number is a number of sessions in all.
            if case .scalar(let text, _) = node.content { return text.contains("/") }
            return false
        }
    }

    private static func closedAdvice(_ key: ProfileKey, _ source: ProfileKey) -> String {
        switch key {
        case .loadUsers:
            return "holds users, `\(source.name)` starts sessions whatever the server does; keep one of them, or "
                + "limit the users of an open load by `max_users`"
        case .loadRamp:
            return "is how held users connect; with `\(source.name)` use a stage, such as "
                + "{ramp: [0/s, 200/s], for: 60s}"
        case .loadSessions: return "in all do not go with `\(source.name)`; an open load ends by time, see `hold`"
        default: return "paces held users; with `\(source.name)` sessions start by the plan alone"
        }
    }

    private mutating func process(_ fields: YAMLFields) -> ArrivalPlan.Process {
        guard let node = fields[.loadArrivals] else { return .even }
        return self.choice(node, at: ProfileKey.loadArrivals.path, of: ArrivalWord.self)?.process ?? .even
    }

    private mutating func plan(
        _ fields: YAMLFields, _ source: ProfileKey, process: ArrivalPlan.Process, session: Profile
    ) -> ArrivalPlan? {
        guard let node = fields[source] else { return nil }
        let path = fields.path(of: source)
        switch source {
        case .loadStages:
            guard let scale = self.scale(fields, source, session) else { return nil }
            return self.stages(node, at: path, scale: scale, process: process)
        case .loadTrace: return self.trace(node, at: path, fields, process: process, session: session)
        default:
            if fields[.loadUnit] != nil {
                self.report(
                    fields.node(of: .loadUnit),
                    "load: `unit` goes with `stages` and `trace`; `\(source.name)` is a unit already")
            }
            guard let perSecond = self.rate(node, at: path) else { return nil }
            let unit: ArrivalRate.Unit = source == .loadRequests ? .requests : .sessions
            return self.refusing(path, node) { () throws(ParseError) in
                let rate = ArrivalRate(perSecond: perSecond, unit: unit)
                return try ArrivalPlan.constant(
                    try rate.sessionsPerSecond(requestsPerSession: session.requestsPerSession),
                    process: process)
            }
        }
    }

    /// Sessions per unit of `unit`.
    private mutating func scale(_ fields: YAMLFields, _ source: ProfileKey, _ session: Profile) -> Scale? {
        guard let node = fields[.loadUnit] else {
            self.report(
                fields.node(of: source),
                "load: `\(source.name)` needs `unit: sessions` or `unit: requests` beside it: what its rates count"
            )
            return nil
        }
        guard let unit = self.choice(node, at: ProfileKey.loadUnit.path, of: ArrivalRate.Unit.self) else { return nil }
        return self.refusing(ProfileKey.loadUnit.path, node) { () throws(ParseError) in
            let one = ArrivalRate(perSecond: 1, unit: unit)
            _ = try one.sessionsPerSecond(requestsPerSession: session.requestsPerSession)
            return Scale(requests: unit == .requests ? session.requestsPerSession ?? 1 : 1)
        }
    }

    private mutating func trace(
        _ node: YAMLNode, at path: String, _ fields: YAMLFields, process: ArrivalPlan.Process,
        session: Profile
    ) -> ArrivalPlan? {
        guard let name = self.fileName(node, at: path),
            let bytes = self.bytes(ofFile: name, node, at: path),
            let trace = self.refusing(
                path, node,
                { () throws(ParseError) in
                    try ArrivalTrace.parse(bytes, file: name)
                })
        else { return nil }
        var requests = 1
        switch trace {
        case .rates:
            guard let scale = self.scale(fields, .loadTrace, session) else { return nil }
            requests = scale.requests
        case .times:
            if fields[.loadUnit] != nil {
                guard let scale = self.scale(fields, .loadTrace, session) else { return nil }
                requests = scale.requests
            }
            if fields[.loadArrivals] != nil {
                self.report(
                    fields.node(of: .loadArrivals),
                    "load: `arrivals` does not go with timestamps: they are the arrivals")
                return nil
            }
        }
        return self.refusing(path, node) { () throws(ParseError) in
            try ArrivalPlan.trace(trace, divisor: requests, process: process)
        }
    }

    /// The value of `body`; its error is reported at a place.
    mutating func refusing<T>(_ path: String, _ node: YAMLNode, _ body: () throws(ParseError) -> T) -> T? {
        do {
            return try body()
        } catch {
            self.refuse(path, node, error.message)
            return nil
        }
    }

    /// How many units of a rate make one session.
    struct Scale {
        var requests: Int

        func sessions(_ rate: Double) -> Double { rate / Double(self.requests) }
    }
}

/// `arrivals`: how single sessions follow from a rate.
private enum ArrivalWord: String, CaseIterable {
    case constant, poisson

    var process: ArrivalPlan.Process { self == .poisson ? .poisson : .even }
}
