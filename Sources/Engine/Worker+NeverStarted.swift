import Measure

/// What a plan had due and the run had no time for.
extension Worker {
    /// Planned requests that were due before the stop and never started: each is counted. The last look at a
    /// user's place in its session, which moves.
    mutating func countNeverStarted(_ local: Int) {
        let user = self.users + local
        guard
            let due = self.plan.firstUnstarted(&user.pointee, hasSessions: self.sessionsLeft > 0), due < self.stopAt
        else { return }
        self.neverStarted(due, beginsSession: self.plan.isAtBegin(user.pointee))
        self.countPlanned(local, after: due)
    }

    /// Counts what the plan has due before the stop after a request that never started.
    mutating func countPlanned(_ local: Int, after first: UInt64) {
        let user = self.users + local
        var due = first
        for _ in 0..<Worker.neverStartedLimit {
            guard let next = self.plan.nextUnstarted(&user.pointee, after: due), next < self.stopAt else { return }
            due = next
            self.neverStarted(due, beginsSession: self.plan.isAtBegin(user.pointee))
        }
    }

    /// Requests of one user that are counted as never started at most.
    static let neverStartedLimit = 1_000_000

    /// Counts a request that was due and never started. It waited at least until now: a lower bound of its response
    /// time, and of its session's time where it would have begun one.
    func neverStarted(_ due: UInt64, beginsSession: Bool) {
        let window = self.windows + (due >= self.holdStart ? 1 : 0)
        let waited = self.now &- min(self.now, due)
        window.pointee.counters.neverStarted &+= 1
        window.pointee.counters.requestsCensored &+= 1
        window.pointee.failed.response.record(waited)
        if !beginsSession { return }
        window.pointee.counters.sessionsCensored &+= 1
        window.pointee.failed.session.record(waited)
    }

    /// A request that is in flight when the run ends took at least until now.
    func censorRequest(_ local: Int) {
        let window = self.window(of: local)
        window.pointee.counters.requestsCensored &+= 1
        self.record(local, window.pointee.failed, at: self.now)
    }

    /// A session that goes on when the run ends took at least until now, its idle times left out.
    func censorSession(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.sessionJoined) { return }
        let window = self.sessionWindow(local)
        let span = self.now &- min(self.now, user.pointee.sessionIntended)
        window.pointee.counters.sessionsCensored &+= 1
        window.pointee.failed.session.record(span &- min(span, user.pointee.sessionIdle))
    }
}
