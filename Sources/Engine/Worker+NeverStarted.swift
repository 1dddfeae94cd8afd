import Measure
import Synchronization
import Workload

/// What a plan had due and the run had no time for.
extension Worker {
    /// Planned requests that were due before the stop and never started: each is counted. The last look at a
    /// user's place in its session, which moves.
    mutating func countNeverStarted(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.hopping) { return self.countNeverStartedAfterHop(local) }
        guard
            let due = self.plan.firstUnstarted(&user.pointee, hasSessions: self.sessionsLeft > 0), due < self.stopAt
        else { return }
        self.countPlanned(local, from: due, self.hindrance(of: local))
    }

    /// What kept planned requests from being started.
    struct Hindrance {
        /// The server was waited for: the generator could not start them.
        let isServer: Bool
        /// Until when they have waited at least without the generator's own delays; nil where that is not known.
        let lowerEnd: UInt64?
    }

    /// What kept a user's requests at the stop.
    private mutating func hindrance(of local: Int) -> Hindrance {
        let user = self.users + local
        // It was answered, or given up and held back from another try, after the stop.
        let isServer =
            user.pointee.request != .none || max(user.pointee.lastByteAt, user.pointee.retryAt) >= self.stopAt
        return Hindrance(isServer: isServer, lowerEnd: isServer ? self.lowerEnd(of: local) : nil)
    }

    /// The same of a user that follows a redirect: the plan goes on after the request that was redirected. What is in
    /// flight stays as it is.
    private mutating func countNeverStartedAfterHop(_ local: Int) {
        let user = self.users + local
        let (step, intended) = (user.pointee.step, user.pointee.intended)
        let hindrance = self.hindrance(of: local)
        self.leaveHop(local)
        if user.pointee.flags.contains(.onPlan),
            let due = self.plan.nextUnstarted(&user.pointee, after: user.pointee.intended), due < self.stopAt
        {
            self.countPlanned(local, from: due, hindrance)
        }
        (user.pointee.step, user.pointee.intended) = (step, intended)
    }

    /// Counts a request that never started and what the plan has due after it before the stop. Where all gaps are the
    /// same that is arithmetic; else it is a walk, which ends in time: what it found until then is a lower bound.
    mutating func countPlanned(_ local: Int, from first: UInt64, _ hindrance: Hindrance) {
        let user = self.users + local
        if !self.needsWalk, let row = self.plan.evenRow(user.pointee, from: first, before: self.stopAt) {
            return self.neverStarted(row, hindrance)
        }
        var due = first
        while true {
            self.neverStarted(
                due, step: Int(user.pointee.step), beginsSession: self.plan.isAtBegin(user.pointee), hindrance)
            if self.mustEndCounting() { return }
            guard let next = self.plan.nextUnstarted(&user.pointee, after: due), next < self.stopAt else { return }
            due = next
        }
    }

    /// A row of requests belongs to several steps of which one is recorded apart.
    private var needsWalk: Bool { self.stepCount > 1 && self.windows[1].steps != nil }

    /// Whether the count of what never started has taken long enough, or somebody waits for its end. Looked at once in
    /// `countingPiece` calls.
    mutating func mustEndCounting() -> Bool {
        if self.neverStartedIsBound { return true }
        self.counted &+= 1
        if self.counted % Worker.countingPiece != 0 { return false }
        if self.countingEnd == nil { self.countingEnd = MonotonicClock.now() &+ Worker.countingLimit }
        self.neverStartedIsBound =
            MonotonicClock.now() >= self.countingEnd ?? 0 || self.control.givesUp.load(ordering: .relaxed) != 0
        return self.neverStartedIsBound
    }

    /// Requests that are counted one by one between two looks at the clock.
    static let countingPiece: UInt64 = 4_096
    /// Counting what never started takes so long at most, in nanoseconds: some 20 million requests.
    static let countingLimit: UInt64 = 1_000_000_000

    /// Counts a request that was due and never started. It waited at least until now: a lower bound of its response
    /// time, and of its session's time where it would have begun one.
    private mutating func neverStarted(_ due: UInt64, step: Int, beginsSession: Bool, _ hindrance: Hindrance) {
        let window = self.windows + (due >= self.holdStart ? 1 : 0)
        let waited = self.now &- min(self.now, due)
        window.pointee.counters.neverStarted &+= 1
        if hindrance.isServer { window.pointee.counters.neverStartedServer &+= 1 }
        let least = hindrance.lowerEnd.map { $0 &- min($0, due) }
        window.pointee.counters.requestsCensored &+= 1
        window.pointee.failed.response.record(waited)
        window.pointee.unended.request.response.record(waited)
        if let least { window.pointee.lower.request.response.record(least) }
        if let apart = self.recordersApart(ofStep: step, in: window) {
            apart.pointee.unended.response.record(waited)
            if let least { apart.pointee.lower.response.record(least) }
        }
        if !beginsSession { return }
        window.pointee.counters.sessionsCensored &+= 1
        window.pointee.failed.session.record(waited)
        window.pointee.unended.session.record(waited)
        if let least { window.pointee.lower.session.record(least) }
    }

    /// Counts all requests of a row as the function above counts one.
    private mutating func neverStarted(_ row: EvenRow, _ hindrance: Hindrance) {
        for (index, requests) in row.split(at: self.holdStart).enumerated() {
            let window = self.windows + index
            let sessions = requests.sessions
            window.pointee.counters.neverStarted &+= requests.count
            if hindrance.isServer { window.pointee.counters.neverStartedServer &+= requests.count }
            window.pointee.counters.requestsCensored &+= requests.count
            window.pointee.counters.sessionsCensored &+= sessions.count
            requests.record(window.pointee.failed.response, until: self.now)
            requests.record(window.pointee.unended.request.response, until: self.now)
            sessions.record(window.pointee.failed.session, until: self.now)
            sessions.record(window.pointee.unended.session, until: self.now)
            let apart = self.recordersApart(ofStep: 0, in: window)
            if let apart { requests.record(apart.pointee.unended.response, until: self.now) }
            guard let end = hindrance.lowerEnd else { continue }
            if let apart { requests.record(apart.pointee.lower.response, until: end) }
            requests.record(window.pointee.lower.request.response, until: end)
            sessions.record(window.pointee.lower.session, until: end)
        }
    }

    /// A request that is in flight when the run ends took at least until now.
    mutating func censorRequest(_ local: Int) {
        let window = self.window(of: local)
        window.pointee.counters.requestsCensored &+= 1
        self.record(local, window.pointee.failed, at: self.now)
        self.recordSilence(local, at: self.now)
        self.recordUnended(local, at: self.now)
    }

    /// A session that goes on when the run ends took at least until now, its idle times left out.
    mutating func censorSession(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.sessionJoined) { return }
        let window = self.sessionWindow(local)
        let span = self.now &- min(self.now, user.pointee.sessionIntended)
        window.pointee.counters.sessionsCensored &+= 1
        window.pointee.failed.session.record(span &- min(span, user.pointee.sessionIdle))
        // Where nothing is in flight the stop cut it, and no answer is missing.
        if user.pointee.request == .none && !user.pointee.flags.contains(.sessionTimedOut) { return }
        window.pointee.unended.session.record(span &- min(span, user.pointee.sessionIdle))
    }
}
