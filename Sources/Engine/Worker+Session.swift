import Measure
import Wire
import Workload

/// Sessions: which request comes next, and when it is due.
extension Worker {
    /// Begins a session with the request that is due. False when none is left.
    mutating func beginSession(_ local: Int) -> Bool {
        let user = self.users + local
        if self.sessionsLeft <= 0 {
            self.finishUser(local)
            return false
        }
        if self.sessionsLeft != Int.max { self.sessionsLeft &-= 1 }
        // A new visitor resumes no TLS session.
        if self.isOpen { user.pointee.transport.dropTicket() }
        self.plan.enterSession(&user.pointee)
        if user.pointee.dueAt >= self.holdStart { user.pointee.flags.insert(.sessionInHold) }
        self.sessionsOpen &+= 1
        self.sessionWindow(local).pointee.counters.sessionsStarted &+= 1
        return true
    }

    func sessionWindow(_ local: Int) -> UnsafeMutablePointer<HotWindow> {
        self.windows + (self.users[local].flags.contains(.sessionInHold) ? 1 : 0)
    }

    private mutating func finishUser(_ local: Int) {
        let user = self.users + local
        user.pointee.dueAt = DeadlineHeap.never
        user.pointee.flags.insert(.finished)
    }

    /// The request ended at `end`: sets when the next one is due. True when it was the last of its session.
    @inline(__always)
    mutating func advance(_ local: Int, at end: UInt64) -> Bool {
        let user = self.users + local
        if self.setup.follow > 0 && self.hop(local, at: end) { return false }
        let isLast =
            self.plan.mustJoin(user.pointee.flags)
            ? self.plan.goOnByPlan(&user.pointee, slot: self.setup.slot(ofUser: local), at: end)
            : self.plan.advance(&user.pointee, at: end)
        if isLast { self.endSession(local, at: end) }
        return isLast
    }

    /// Counts and times the session that the user has left.
    mutating func endSession(_ local: Int, at end: UInt64) {
        let user = self.users + local
        let window = self.sessionWindow(local)
        let span = end &- min(end, user.pointee.sessionIntended)
        let time = span &- min(span, user.pointee.sessionIdle)
        let isTimed = !user.pointee.flags.contains(.sessionJoined)
        if user.pointee.flags.contains(.sessionFailed) {
            window.pointee.counters.sessionsFailed &+= 1
            if isTimed { window.pointee.failed.session.record(time) }
            if isTimed && user.pointee.flags.contains(.sessionTimedOut) {
                window.pointee.unended.session.record(time)
            }
        } else {
            window.pointee.counters.sessionsCompleted &+= 1
            if isTimed { window.pointee.succeeded.session.record(time) }
            if isTimed && user.pointee.flags.contains(.sampled) { self.recordLowerSession(local, in: window) }
        }
        self.sessionsOpen &-= 1
        if self.sessionsLeft <= 0 { self.finishUser(local) }
    }

    /// Decides about the connection after a complete answer.
    @inline(__always)
    mutating func settleConnection(_ local: Int, ended: Bool, isWhole: Bool, sessionOver: Bool) {
        let user = self.users + local
        if user.pointee.parser.keepAlive && !ended && isWhole && self.setup.connection == .perUser { return }
        if self.setup.connection == .perRequest || (self.setup.connection == .perSession && sessionOver) {
            // Our own plan, whichever side closes first: a user between two connections is still held.
            self.closeConnection(local)
        } else if !user.pointee.parser.keepAlive || !isWhole || ended {
            // The server ended it, announced or not, while no request was on it: the next request decides about the
            // hold.
            self.closeConnection(local)
            user.pointee.flags.insert(.reconnecting)
            self.reconnectIfKept(local)
        }
    }

    /// Starts the next request at once if it is due, else sets its deadline.
    @inline(__always)
    mutating func goOn(_ local: Int) {
        let user = self.users + local
        if self.isDue(local) {
            self.startRequest(local)
            if user.pointee.request == .sent { return }
        }
        if self.isOpen { self.releaseIfDone(local) }
        self.arm(local)
    }
}
