import Measure
import Wire
import Workload

/// Deadlines: a user has one entry in the heap, never later than the next time at which it needs attention.
extension Worker {
    /// The user's next request was due before the stop and may still start.
    @inline(__always)
    func mayStart(_ local: Int) -> Bool { self.isAccepting && self.users[local].dueAt < self.stopAt }

    /// Whether the user's next request is to start now. With a tick a planned request waits for its tick, so that an
    /// event between two ticks starts no batch of its own.
    @inline(__always)
    func isDue(_ local: Int) -> Bool {
        let due = self.users[local].dueAt
        return due <= self.now && self.mayStart(local)
            && (self.ticks.isOff || due <= self.batchEnd || !self.plan.isPlannedDue(self.users[local]))
    }

    /// The next time at which this user needs attention.
    mutating func nextDeadline(_ local: Int) -> UInt64 {
        let user = self.users + local
        let timeouts = self.setup.timeouts
        var next = DeadlineHeap.never
        switch user.pointee.request {
        case .none:
            if self.mayStart(local) { next = user.pointee.dueAt }
            if self.isMissed(local) { next = min(next, user.pointee.retryAt) }
        case .pending:
            if user.pointee.link == .none { next = min(next, user.pointee.retryAt) }
            if user.pointee.link == .shared { next = min(next, self.endOfWait(local)) }
        case .sent:
            next = min(next, user.pointee.sentAt &+ timeouts.total)
            if user.pointee.firstByteAt == 0 {
                next = min(next, user.pointee.sentAt &+ timeouts.firstByte)
            } else {
                next = min(next, user.pointee.lastByteAt &+ timeouts.idle)
            }
        }
        if user.pointee.link == .connecting || user.pointee.link == .shaking {
            next = min(next, user.pointee.connectStartedAt &+ timeouts.connect)
        }
        return next
    }

    /// Sets the user's deadline exactly.
    @inline(__always)
    mutating func arm(_ local: Int) { self.arm(local, at: self.nextDeadline(local)) }

    /// Sets the deadline of a user whose request has just started. Where its plan knows when the next request is due,
    /// that time is set at once. The answer usually comes long before it, and then finds the entry in the right place.
    @inline(__always)
    private mutating func armAhead(_ local: Int) {
        var next = self.nextDeadline(local)
        if self.plan.evenGap > 0 && self.users[local].flags.contains(.onPlan) {
            let planned = self.users[local].intended &+ self.plan.evenGap
            if planned > self.now { next = min(next, planned) }
        }
        self.arm(local, at: next)
    }

    @inline(__always)
    private mutating func arm(_ local: Int, at next: UInt64) {
        if self.users[local].armedAt == next { return }
        self.deadlines.set(local, at: next)
        self.users[local].armedAt = next
    }

    /// Makes sure that the deadline is not too late. An entry that is too early stays, and is looked at once when its
    /// time comes. So a request that follows at once costs nothing here.
    @inline(__always)
    mutating func armLazily(_ local: Int) {
        let next = self.nextDeadline(local)
        if self.users[local].armedAt > next { self.arm(local, at: next) }
    }

    /// Handles everything that may be due for a user, and sets its next deadline.
    mutating func deadlineReached(_ local: Int) {
        let user = self.users + local
        let timeouts = self.setup.timeouts
        if user.pointee.link == .connecting || user.pointee.link == .shaking,
            user.pointee.connectStartedAt &+ timeouts.connect <= self.now
        {
            self.connectTimedOut(local)
        } else if user.pointee.request == .sent {
            self.checkAnswerTimeouts(local)
        } else if user.pointee.request == .pending && user.pointee.link == .none
            && user.pointee.retryAt <= self.now
        {
            self.connect(local)
        } else {
            self.reconnectIfKept(local)
        }
        if user.pointee.request == .pending && user.pointee.link == .shared { self.checkWait(local) }
        if user.pointee.request == .none && self.isDue(local) {
            if self.isStorming { self.joinStorm(local) }
            self.startRequest(local)
            if user.pointee.request == .sent { return self.armAhead(local) }
        }
        self.arm(local)
    }

    /// In a storm each user's first request is due when its own connect starts. Otherwise we would measure our own
    /// connect rate.
    @inline(never)
    private mutating func joinStorm(_ local: Int) {
        if self.users[local].dueAt != self.setup.start(ofUser: local) { return }
        self.users[local].dueAt = MonotonicClock.now()
    }

    @inline(never)
    private mutating func checkAnswerTimeouts(_ local: Int) {
        let user = self.users + local
        let timeouts = self.setup.timeouts
        // Where two limits are the same, the more specific class comes first.
        if user.pointee.firstByteAt == 0 && user.pointee.sentAt &+ timeouts.firstByte <= self.now {
            self.requestFailed(local, .timeoutFirstByte, .noFirstByteInTime, excerpt: 0)
        } else if user.pointee.sentAt &+ timeouts.total <= self.now {
            self.requestFailed(local, .timeoutTotal, .notCompleteInTime, excerpt: 0)
        } else if user.pointee.firstByteAt != 0 && user.pointee.lastByteAt &+ timeouts.idle <= self.now {
            self.requestFailed(local, .timeoutIdle, .silentTooLong, excerpt: 0)
        }
    }
}
