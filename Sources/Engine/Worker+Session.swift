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
        // Another visitor resumes nobody's session of TLS.
        if self.isOpen { user.pointee.transport.dropTicket() }
        user.pointee.step = 0
        user.pointee.iteration = 0
        user.pointee.sessionIntended = user.pointee.dueAt
        user.pointee.sessionIdle = 0
        user.pointee.flags.subtract(.ofSession)
        user.pointee.flags.insert(.inSession)
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
        let step = self.steps + Int(user.pointee.step)
        if self.isPlanned && !user.pointee.flags.contains(.onPlan) {
            if user.pointee.flags.contains(.established) {
                user.pointee.flags.insert(.onPlan)
                if self.setup.start == .steady { return self.join(local, at: end) }
                user.pointee.nextSessionAt = self.firstNextSession(local)
            } else if self.setup.sessions == nil {
                // Not yet answered at all: the same request again, as soon as the back-off lets it.
                user.pointee.dueAt = end
                return false
            }
            // Of a number of sessions each one ends, also that of a user that never gets an answer.
        }
        user.pointee.iteration &+= 1
        if user.pointee.iteration >= step.pointee.repeatCount {
            user.pointee.step &+= 1
            user.pointee.iteration = 0
        }
        let isLast = Int(user.pointee.step) >= self.stepCount
        var due = end
        switch step.pointee.pause {
        case .none: break
        case .every(let gap): due = user.pointee.intended &+ gap.draw(using: &user.pointee.random)
        case .think(let gap): if !isLast { due = end &+ gap.draw(using: &user.pointee.random) }
        }
        if isLast {
            due = self.endSession(local, at: end, planned: due)
        } else if due > end {
            user.pointee.sessionIdle &+= due &- end
        }
        user.pointee.dueAt = user.pointee.flags.contains(.finished) ? DeadlineHeap.never : due
        return isLast
    }

    /// The next request is due by a plan, so its intended start does not move when we have to wait.
    func isPlannedDue(_ local: Int) -> Bool {
        let user = self.users + local
        if !user.pointee.flags.contains(.onPlan) { return false }
        if !user.pointee.flags.contains(.inSession) {
            if case .every = self.program.cycle { return true }
            if case .between = self.program.cycle { return false }
            if case .every = self.steps[self.stepCount - 1].pause { return true }
            return false
        }
        // The pause that led here is that of the step before: the same one, unless this is its first round.
        let previous = user.pointee.iteration > 0 ? user.pointee.step : user.pointee.step - 1
        guard previous >= 0 else { return false }
        if case .every = self.steps[Int(previous)].pause { return true }
        return false
    }

    /// Ends the session; when the next one is due. `planned` is what the last step's own pause says.
    mutating func endSession(_ local: Int, at end: UInt64, planned: UInt64) -> UInt64 {
        let user = self.users + local
        let window = self.sessionWindow(local)
        let span = end &- min(end, user.pointee.sessionIntended)
        let time = span &- min(span, user.pointee.sessionIdle)
        let isTimed = !user.pointee.flags.contains(.sessionJoined)
        if user.pointee.flags.contains(.sessionFailed) {
            window.pointee.counters.sessionsFailed &+= 1
            if isTimed { window.pointee.failed.session.record(time) }
        } else {
            window.pointee.counters.sessionsCompleted &+= 1
            if isTimed { window.pointee.succeeded.session.record(time) }
        }
        user.pointee.flags.remove(.inSession)
        self.sessionsOpen &-= 1
        user.pointee.step = 0
        user.pointee.iteration = 0
        if self.sessionsLeft <= 0 { self.finishUser(local) }
        if self.isOpen { return DeadlineHeap.never }
        switch self.program.cycle {
        case .none: return planned
        case .between(let gap): return end &+ gap.draw(using: &user.pointee.random)
        case .every(let gap):
            let due = user.pointee.nextSessionAt
            user.pointee.nextSessionAt = due &+ gap.draw(using: &user.pointee.random)
            return due
        }
    }

    /// When the second session is due where sessions have a plan.
    private mutating func firstNextSession(_ local: Int) -> UInt64 {
        let user = self.users + local
        guard case .every(let gap) = self.program.cycle else { return 0 }
        return user.pointee.sessionIntended &+ gap.draw(using: &user.pointee.random)
    }

    /// What becomes of the connection after a complete answer.
    @inline(__always)
    mutating func settleConnection(_ local: Int, ended: Bool, isWhole: Bool, sessionOver: Bool) {
        let user = self.users + local
        if user.pointee.parser.keepAlive && !ended && isWhole && self.setup.connection == .perUser { return }
        if self.setup.connection == .perRequest || (self.setup.connection == .perSession && sessionOver) {
            // Our own plan, whoever closes first: a user between two connections is still held.
            self.closeConnection(local)
        } else if !user.pointee.parser.keepAlive || !isWhole {
            self.closeConnection(local)
            user.pointee.flags.insert(.reconnecting)
            if user.pointee.dueAt != DeadlineHeap.never {
                // The later of now and the next need, plus the grace; decided 2026-11-24, ARCHITECTURE.md.
                user.pointee.holdUntil = max(self.now, user.pointee.dueAt) &+ Worker.announcedEndGrace
            }
            if self.setup.connection == .perUser && user.pointee.dueAt > self.now
                && user.pointee.dueAt != DeadlineHeap.never && self.mayStart(local)
            {
                self.connect(local)
            }
        } else if ended {
            self.closeConnection(local)
            user.pointee.flags.insert(.reconnecting)
            self.loseHold(local)
        }
    }

    /// Starts the next request at once if it is due, else sees to its deadline.
    @inline(__always)
    mutating func goOn(_ local: Int) {
        let user = self.users + local
        if user.pointee.dueAt <= self.now && self.mayStart(local) {
            self.startRequest(local)
            if user.pointee.request == .sent { return }
        }
        if self.isOpen { self.releaseIfDone(local) }
        self.arm(local)
    }
}
