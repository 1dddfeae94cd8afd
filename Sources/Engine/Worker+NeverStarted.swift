import Measure
import Synchronization
import Workload

/// Requests that a plan had due and that never started.
extension Worker {
    /// Counts each planned request that was due before the stop and never started. It moves the user's place in its
    /// session, so it comes last.
    mutating func countNeverStarted(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.hopping) { return self.countNeverStartedAfterHop(local) }
        guard
            let due = self.plan.firstUnstarted(&user.pointee, hasSessions: self.sessionsLeft > 0), due < self.stopAt
        else { return }
        self.countPlanned(local, from: due, self.hindrance(of: local))
    }

    /// What kept planned requests from starting.
    struct Hindrance {
        /// They waited for the server, and not for the generator.
        let isServer: Bool
        /// The time until which they waited at least, without the generator's own delays; nil where that is not known.
        let lowerEnd: UInt64?
    }

    /// What kept a user's requests from starting, at the stop.
    private mutating func hindrance(of local: Int) -> Hindrance {
        let user = self.users + local
        // Its answer came, or its next try was allowed, only after the stop.
        let isServer =
            user.pointee.request != .none || max(user.pointee.lastByteAt, user.pointee.retryAt) >= self.stopAt
        return Hindrance(isServer: isServer, lowerEnd: isServer ? self.lowerEnd(of: local) : nil)
    }

    /// The same for a user that follows a redirect: the plan goes on after the request that was redirected. The request
    /// in flight stays as it is.
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

    /// Counts a request that never started, and those that the plan has due after it before the stop. Where all gaps
    /// are the same that is arithmetic. Otherwise it is a walk with a time limit, and its count is a lower bound.
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

    /// A row of requests spans several steps, one of which is recorded apart.
    private var needsWalk: Bool { self.stepCount > 1 && self.windows[1].steps != nil }

    /// Whether to stop counting what never started: it took long enough, or the controller waits for it. Checks once
    /// every `countingPiece` calls.
    mutating func mustEndCounting() -> Bool {
        if self.neverStartedIsBound { return true }
        self.counted &+= 1
        if self.counted % Worker.countingPiece != 0 { return false }
        if self.countingEnd == nil { self.countingEnd = MonotonicClock.now() &+ Worker.countingLimit }
        self.neverStartedIsBound =
            MonotonicClock.now() >= self.countingEnd ?? 0 || self.control.givesUp.load(ordering: .relaxed) != 0
        return self.neverStartedIsBound
    }

    /// Requests counted one by one between two reads of the clock.
    static let countingPiece: UInt64 = 4_096
    /// The time limit for that count in nanoseconds: some 20 million requests.
    static let countingLimit: UInt64 = 1_000_000_000

    /// Counts a request that was due and never started. It has waited at least until now: a lower bound for its
    /// response time, and for its session's time where it would have begun one.
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

    /// Counts each request of a row in the same way.
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

    /// A session that is in progress when the run ends took at least until now, without its idle times.
    mutating func censorSession(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.sessionJoined) { return }
        let window = self.sessionWindow(local)
        let span = self.now &- min(self.now, user.pointee.sessionIntended)
        window.pointee.counters.sessionsCensored &+= 1
        window.pointee.failed.session.record(span &- min(span, user.pointee.sessionIdle))
        // If nothing is in flight, the stop cut it off, and no answer is missing.
        if user.pointee.request == .none && !user.pointee.flags.contains(.sessionTimedOut) { return }
        window.pointee.unended.session.record(span &- min(span, user.pointee.sessionIdle))
    }
}
