/// Users that were held on fewer connections than there are users: a server ends connections without requests.
public struct FewerConnections: Sendable, Equatable {
    /// Mean number of connections held at once.
    public var atOnce: UInt64
    /// Mean silence in nanoseconds after which the server ended a connection; nil where it ended none in silence.
    public var silence: UInt64?

    /// With every value given.
    public init(atOnce: UInt64, silence: UInt64?) {
        self.atOnce = atOnce
        self.silence = silence
    }
}

extension RunRecord {
    /// One hundredth fewer connections than users is not reported.
    private static let connectionsShort = 0.99

    /// Set if a load with kept connections had fewer connections than users.
    public var fewerConnections: FewerConnections? {
        let (users, connections) = (self.outcome.usersHeld.mean, self.outcome.connectionsHeld.mean)
        guard self.outcome.connectionsHeld.duration > 0, !self.plan.isOpen, self.plan.streams == 0,
            self.plan.connection == .perUser,
            connections < Self.connectionsShort * users, connections < 0x1p63
        else { return nil }
        return FewerConnections(
            atOnce: UInt64(max(0, connections).rounded()), silence: self.total.meanSilence)
    }
}
