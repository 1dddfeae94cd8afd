import Measure

/// What a plan had due and the run had no time for.
extension Worker {
    /// Planned requests that were due before the stop and never started: each is counted. The last look at a
    /// user's place in its session, which moves.
    mutating func countNeverStarted(_ local: Int) {
        let user = self.users + local
        var due = self.plan.firstUnstarted(&user.pointee, hasSessions: self.sessionsLeft > 0)
        for _ in 0..<Worker.neverStartedLimit {
            guard let at = due, at < self.stopAt else { return }
            (self.windows + (at >= self.holdStart ? 1 : 0)).pointee.counters.neverStarted &+= 1
            due = self.plan.nextUnstarted(&user.pointee, after: at)
        }
    }

    /// Requests of one user that are counted as never started at most.
    static let neverStartedLimit = 1_000_000
}
