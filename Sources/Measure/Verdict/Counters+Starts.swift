extension Counters {
    /// Requests that the plan had due, started or not.
    public var plannedStarts: UInt64 { self.requestsStarted &+ self.neverStarted }

    /// Of the planned requests that were never started, those that are the generator's.
    public var startsMissedByGenerator: Double {
        Self.startsMissedByGenerator(
            missing: self.neverStarted &- min(self.neverStarted, self.neverStartedServer),
            lateGenerator: self.lateGenerator, lateServer: self.lateServer)
    }

    /// Of the starts that are missing, and whose users did not wait for the server, as large a part is the generator's
    /// as of those that were late, and no more than were late: a loop that misses starts made as many late before.
    static func startsMissedByGenerator(missing: UInt64, lateGenerator: UInt64, lateServer: UInt64) -> Double {
        let (own, others) = (Double(lateGenerator), Double(lateServer))
        return own > 0 ? min(Double(missing) * own / (own + others), own) : 0
    }
}
