/// Users who were held on fewer connections than they are: a server ends those on which nothing is asked.
public struct FewerConnections: Sendable, Equatable {
    /// Connections held at once, in the mean.
    public var atOnce: UInt64
    /// Nanoseconds of silence after which the server ended one, in the mean; nil where it ended none in silence.
    public var silence: UInt64?

    /// With every value given.
    public init(atOnce: UInt64, silence: UInt64?) {
        self.atOnce = atOnce
        self.silence = silence
    }
}

extension RunSummary {
    /// A hundredth fewer connections than users is not worth a word.
    private static let connectionsShort = 0.99

    /// Where a load of kept connections had fewer of them than users.
    public var fewerConnections: FewerConnections? {
        let (users, connections) = (self.usersHeld.mean, self.connectionsHeld.mean)
        guard self.connectionsHeld.duration > 0, !self.plan.isOpen, self.plan.streams == 0,
            self.plan.connection == "per_user",
            connections < Self.connectionsShort * users, connections < 0x1p63
        else { return nil }
        return FewerConnections(
            atOnce: UInt64(max(0, connections).rounded()), silence: self.total.meanSilence)
    }
}
