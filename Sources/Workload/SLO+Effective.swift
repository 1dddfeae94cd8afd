extension SLO {
    /// Every requested user was held, all the time: applies to every run.
    public static let heldEqualsAsked = SLO(text: "held = asked", objective: .heldEqualsAsked)

    /// Every requested connection was held, all the time: applies if a run is about connections.
    public static let connectionsEqualAsked = SLO(text: "connections = asked", objective: .connectionsEqualAsked)

    /// Applies if no objective names errors.
    public static let fewErrors = SLO(text: "errors < 0.1%", objective: .errors(0.001))

    /// Applies if no objective names requests sent again.
    public static let fewResent = SLO(text: "resent < 0.1%", objective: .resent(0.001))

    /// The objectives of a run: those given, each once, and those that always apply. These are few errors and few
    /// requests sent again unless an objective names them, `held = asked` if users are held, and `connections = asked`
    /// if the run is about connections.
    public static func effective(
        _ given: [SLO], holdsUsers: Bool = true, holdsConnections: Bool = false
    ) -> [SLO] {
        var result: [SLO] = []
        for slo in given where !result.contains(slo) { result.append(slo) }
        func names(_ isIt: (Objective) -> Bool) -> Bool { result.contains { isIt($0.objective) } }
        if !names({ if case .errors = $0 { true } else { false } }) { result.append(.fewErrors) }
        if !names({ if case .resent = $0 { true } else { false } }) { result.append(.fewResent) }
        if holdsUsers, !names({ $0 == .heldEqualsAsked }) { result.append(.heldEqualsAsked) }
        if holdsConnections, !names({ $0 == .connectionsEqualAsked }) { result.append(.connectionsEqualAsked) }
        return result
    }
}

extension Profile {
    /// The objectives of the run. An open load asks for no number of users, so none has to be held. Silent users and
    /// storms are about held connections, if users keep theirs.
    public var effectiveSLO: [SLO] {
        let isClosed = self.load.open == nil
        return SLO.effective(
            self.slo, holdsUsers: isClosed,
            holdsConnections: isClosed && self.connection == .perUser && self.load.keepsConnections)
    }
}
