import Units

/// What a session adds up to: its requests, its text, its rate.
extension Profile {
    /// Most requests of one session.
    public static let requestsPerSessionLimit = 1_000_000

    /// Requests of one session, with repeats; nil past `requestsPerSessionLimit` and for invalid repeats.
    public var requestsPerSession: Int? {
        var sum = 0
        for step in self.session {
            guard step.repeatCount >= 0 else { return nil }
            let (next, overflow) = sum.addingReportingOverflow(step.repeatCount)
            guard !overflow, next <= Self.requestsPerSessionLimit else { return nil }
            sum = next
        }
        return sum
    }

    /// Such as `10 × GET /bytes/50000`; only the first steps if there are many.
    public var sessionText: String {
        let shown = self.session.prefix(Self.stepsShown).map(\.text).joined(separator: ", ")
        let more = self.session.count - Self.stepsShown
        return more > 0 ? "\(shown), \(more) more steps" : shown
    }

    static let stepsShown = 4

    /// The pace as text: `every 43.2s`, `think 2s`, `back to back`, or `sessions every 432s, back to back inside`. For
    /// silent users `idle 1m`, in a storm `all at once, every 1s`. In an open load the plan and the pace inside a
    /// session, such as `200 sessions/s, constant, back to back inside`.
    public var paceText: String {
        let beginning = self.load.isStorm ? "all at once, " : ""
        if let silence = self.load.silence { return "\(beginning)idle \(TimeSpan.text(silence))" }
        return beginning + self.sessionPaceText
    }

    private var sessionPaceText: String {
        if let open = self.load.open {
            if self.requestsPerSession == 1 { return open.plan.text }
            return "\(open.plan.text), \(Self.text(of: self.pausesInForce)) inside"
        }
        switch self.load.cycle {
        case .none: return Self.text(of: self.pausesInForce)
        case .every(let gap):
            if let requests = self.requestsPerSession {
                if requests == 1 { return "every \(gap.text)" }
                if self.everyStepMatches(cycle: gap, requests: requests) {
                    return Self.text(of: self.pausesInForce)
                }
            }
            return "sessions every \(gap.text), \(Self.text(of: self.pausesInForce)) inside"
        case .between(let gap):
            if self.requestsPerSession == 1 { return "think \(gap.text)" }
            return "sessions \(gap.text) apart, \(Self.text(of: self.pausesInForce)) inside"
        }
    }

    /// Whether a plan sets when requests are due, whatever the server does. Back to back and `think` wait for answers
    /// instead.
    public var isPlanned: Bool {
        if self.load.open != nil || self.load.silence != nil { return true }
        switch self.load.cycle {
        case .between: return false
        case .every where self.requestsPerSession == 1: return true
        case .every, .none:
            let pauses = self.pausesInForce
            return !pauses.isEmpty
                && pauses.allSatisfy { pause in
                    if case .every = pause { true } else { false }
                }
        }
    }

    /// Whether the load is the same throughout the hold: users that did not just connect, or sessions at one rate.
    public var isConstant: Bool {
        guard let open = self.load.open else { return !self.load.isStorm }
        return open.plan.isConstant(from: 0, to: .max)
    }

    /// Nanoseconds between any two requests of a user, if every step and the plan of sessions agree on one gap; 0
    /// otherwise.
    public var evenGap: UInt64 {
        guard case .every(.constant(let gap)) = self.session.first?.pause, gap > 0,
            self.session.allSatisfy({ $0.pause == .every(.constant(gap)) })
        else { return 0 }
        switch self.load.cycle {
        case .none: return gap
        case .between: return 0
        case .every(let cycle):
            let (whole, overflow) = gap.multipliedReportingOverflow(by: UInt64(self.requestsPerSession ?? 1))
            return !overflow && cycle == .constant(whole) ? gap : 0
        }
    }

    /// Requests per second that the plan gives each user. Nil if answers, not the plan, set the pace, and in an open
    /// load, where no user has a pace.
    public var plannedRequestsPerSecondPerUser: Double? {
        if let silence = self.load.silence, silence > 0 { return 1e9 / Double(silence) }
        guard self.load.open == nil, let requests = self.requestsPerSession, requests > 0 else { return nil }
        let seconds: Double
        switch self.load.cycle {
        case .every(let gap): seconds = gap.mean / 1e9
        case .between: return nil
        case .none:
            var total = 0.0
            for step in self.session where step.repeatCount > 0 {
                guard case .every(let gap) = step.pause else { return nil }
                total += gap.mean * Double(step.repeatCount)
            }
            seconds = total / 1e9
        }
        return seconds > 0 ? Double(requests) / seconds : nil
    }

    /// The highest planned rate in requests per second; nil if answers set the pace.
    public func plannedRequestsPerSecond(ofUsers users: Int) -> Double? {
        guard let open = self.load.open else {
            return self.plannedRequestsPerSecondPerUser.map { $0 * Double(users) }
        }
        return self.requestsPerSession.map { open.plan.highestRate * Double($0) }
    }

    /// The most requests per second that so many users can send: by plan, or by the pauses between their requests if
    /// answers took no time; nil without either.
    public func mostRequestsPerSecond(ofUsers users: Int) -> Double? {
        if let planned = self.plannedRequestsPerSecond(ofUsers: users) { return planned }
        guard self.load.open == nil, let requests = self.requestsPerSession, requests > 0 else { return nil }
        var pauses = 0.0
        let steps = self.session.filter { $0.repeatCount > 0 }
        for (index, step) in steps.enumerated() {
            // There is no pause after the last request of a session, unless `every` continues into the next one.
            let isLast = index == steps.count - 1
            switch step.pause {
            case .none: continue
            case .every(let gap):
                pauses += gap.mean * Double(step.repeatCount - (isLast && self.load.cycle != .none ? 1 : 0))
            case .think(let gap): pauses += gap.mean * Double(step.repeatCount - (isLast ? 1 : 0))
            }
        }
        if case .between(let gap) = self.load.cycle { pauses += gap.mean }
        return pauses > 0 ? Double(requests) * Double(users) / (pauses / 1e9) : nil
    }

    /// The pauses that ever happen, in order, each once. After a session's last request only a step's `every` counts,
    /// and only if sessions have no plan of their own.
    private var pausesInForce: [Pause] {
        var pauses: [Pause] = []
        let steps = self.session.filter { $0.repeatCount > 0 }
        for (index, step) in steps.enumerated() {
            if index == steps.count - 1, step.repeatCount == 1 {
                if case .think = step.pause { continue }
                if self.load.cycle != .none || self.load.open != nil { continue }
            }
            if !pauses.contains(step.pause) { pauses.append(step.pause) }
        }
        return pauses
    }

    /// Whether all steps have one constant `every` and the cycle is exactly their sum: then the cycle adds no
    /// information.
    private func everyStepMatches(cycle: Gap, requests: Int) -> Bool {
        guard case .constant(let whole) = cycle, case .every(.constant(let gap)) = self.session.first?.pause,
            self.session.allSatisfy({ $0.pause == .every(.constant(gap)) })
        else { return false }
        return UInt128(gap) * UInt128(requests) == UInt128(whole)
    }

    private static func text(of pauses: [Pause]) -> String {
        pauses.isEmpty ? Pause.none.text : pauses.map(\.text).joined(separator: " and ")
    }
}

extension Pause {
    /// `every 43.2s`, `think 2s` or `back to back`.
    public var text: String {
        switch self {
        case .none: "back to back"
        case .every(let gap): "every \(gap.text)"
        case .think(let gap): "think \(gap.text)"
        }
    }
}

extension Step {
    /// `10 × GET /bytes/50000`, or without the number for a single request.
    public var text: String {
        self.repeatCount == 1
            ? "\(self.method) \(self.path)" : "\(self.repeatCount) × \(self.method) \(self.path)"
    }
}
