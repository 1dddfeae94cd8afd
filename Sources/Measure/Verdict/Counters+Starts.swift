extension Counters {
    /// Requests that the plan had due, started or not.
    public var plannedStarts: UInt64 { self.requestsStarted &+ self.neverStarted }

    /// Planned requests that never started because of the generator.
    public var startsMissedByGenerator: Double {
        Self.startsMissedByGenerator(
            missing: self.neverStarted &- min(self.neverStarted, self.neverStartedServer),
            lateGenerator: self.lateGenerator, lateServer: self.lateServer)
    }

    /// Of the missing starts whose users did not wait for the server, the generator's share is taken as its share of
    /// the late ones. It is no more than were late: a loop that misses starts made as many late before.
    static func startsMissedByGenerator(missing: UInt64, lateGenerator: UInt64, lateServer: UInt64) -> Double {
        let (own, others) = (Double(lateGenerator), Double(lateServer))
        return own > 0 ? min(Double(missing) * own / (own + others), own) : 0
    }
}
