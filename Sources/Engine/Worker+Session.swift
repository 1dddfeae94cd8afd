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

    private func sessionWindow(_ local: Int) -> UnsafeMutablePointer<HotWindow> {
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
    private mutating func endSession(_ local: Int, at end: UInt64, planned: UInt64) -> UInt64 {
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

    /// A planned user was established: it goes on from a random point of its cycle, as if it had been there
    /// for long. The stationary state of a renewal process, so that the planned rate holds from the start.
    private mutating func join(_ local: Int, at end: UInt64) -> Bool {
        let user = self.users + local
        user.pointee.flags.insert(.sessionJoined)
        if self.evenGap > 0 { return self.joinEvenly(local, at: end) }
        if case .every(let gap) = self.program.cycle {
            let length = gap.lengthBiased(using: &user.pointee.random)
            let age = UInt64(user.pointee.random.unit() * Double(length))
            user.pointee.nextSessionAt = end &+ (length &- min(length, age))
            return self.joinSession(local, at: end, age: age)
        }
        // Sessions follow each other by the steps' own pauses: the gap that `end` falls into is drawn in
        // proportion to its length.
        var whole = 0.0
        for step in 0..<self.stepCount { whole += self.weight(step) }
        var point = user.pointee.random.unit() * whole
        var chosen = self.stepCount - 1
        for step in 0..<self.stepCount {
            chosen = step
            if point < self.weight(step) { break }
            point -= self.weight(step)
        }
        guard case .every(let gap) = self.steps[chosen].pause else {
            user.pointee.dueAt = end
            return false
        }
        let rounds = self.steps[chosen].repeatCount
        let round = min(rounds &- 1, Int32(point / max(1, self.weight(chosen)) * Double(rounds)))
        let due = end &+ gap.equilibriumResidual(using: &user.pointee.random)
        return self.goOn(local, after: (chosen, round), due: due, at: end)
    }

    /// All gaps are the same: users are spread evenly over it, each at a random point of its own share, so that
    /// what arrives is as even as a rate can be; and each is at a random request of its session.
    private mutating func joinEvenly(_ local: Int, at end: UInt64) -> Bool {
        let user = self.users + local
        let gap = self.evenGap
        let share =
            (Double(self.setup.slot(ofUser: local)) + user.pointee.random.unit())
            / Double(self.setup.totalUsers)
        let phase = self.setup.startedAt &+ min(gap &- 1, UInt64(share * Double(gap)))
        // The first time of the user's own that comes after its answer.
        let due = phase > end ? phase : phase &+ ((end &- phase) / gap &+ 1) &* gap
        var position = Int(user.pointee.random.upTo(UInt64(max(1, self.requestsPerSession) - 1)))
        if case .every = self.program.cycle {
            user.pointee.nextSessionAt = due &+ UInt64(self.requestsPerSession - 1 - position) &* gap
        }
        var step = 0
        while step < self.stepCount - 1 && position >= Int(self.steps[step].repeatCount) {
            position -= Int(self.steps[step].repeatCount)
            step += 1
        }
        return self.goOn(local, after: (step, Int32(clamping: position)), due: due, at: end)
    }

    /// Goes on as if this request of the session had just been made and the next one were due then.
    private mutating func goOn(
        _ local: Int, after last: (step: Int, round: Int32), due: UInt64, at end: UInt64
    ) -> Bool {
        let user = self.users + local
        user.pointee.step = Int32(last.step)
        user.pointee.iteration = last.round &+ 1
        if user.pointee.iteration >= self.steps[last.step].repeatCount {
            user.pointee.step &+= 1
            user.pointee.iteration = 0
        }
        if Int(user.pointee.step) >= self.stepCount {
            user.pointee.dueAt = self.endSession(local, at: end, planned: due)
            if user.pointee.flags.contains(.finished) { user.pointee.dueAt = DeadlineHeap.never }
            return true
        }
        user.pointee.dueAt = due
        return false
    }

    private func weight(_ step: Int) -> Double {
        guard case .every(let gap) = self.steps[step].pause else { return 0 }
        return Double(gap.mean) * Double(self.steps[step].repeatCount)
    }

    /// Walks the requests of a session that began `age` ago to the first that is still to come.
    private mutating func joinSession(_ local: Int, at end: UInt64, age: UInt64) -> Bool {
        let user = self.users + local
        var offset: UInt64 = 0
        walk: for step in 0..<self.stepCount {
            guard case .every(let gap) = self.steps[step].pause else { break }
            for round in 0..<self.steps[step].repeatCount {
                offset &+= gap.draw(using: &user.pointee.random)
                let isLast = step == self.stepCount - 1 && round == self.steps[step].repeatCount - 1
                if isLast { break walk }
                if offset < age { continue }
                return self.goOn(local, after: (step, round), due: end &+ (offset &- age), at: end)
            }
        }
        // The session it joined is over already: the next one is as due as the plan says.
        user.pointee.dueAt = self.endSession(local, at: end, planned: end)
        if user.pointee.flags.contains(.finished) { user.pointee.dueAt = DeadlineHeap.never }
        return true
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
        self.arm(local)
    }

    /// Planned requests that were due before the stop and never started: each is counted. The last look at a
    /// user's place in its session, which moves.
    mutating func countNeverStarted(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.isDisjoint(with: .onPlan) { return }
        var due = user.pointee.dueAt
        if user.pointee.request == .none {
            if !self.isPlannedDue(local) { return }
            if !user.pointee.flags.contains(.inSession) && self.sessionsLeft <= 0 { return }
        } else {
            guard let next = self.plannedDue(local, after: user.pointee.intended) else { return }
            due = next
        }
        for _ in 0..<Worker.neverStartedLimit {
            if due >= self.stopAt { return }
            (self.windows + (due >= self.holdStart ? 1 : 0)).pointee.counters.neverStarted &+= 1
            guard let next = self.plannedDue(local, after: due) else { return }
            due = next
        }
    }

    /// Moves the user on to its next request and says when the plan has it; nil where that takes an answer.
    private mutating func plannedDue(_ local: Int, after due: UInt64) -> UInt64? {
        let user = self.users + local
        let step = self.steps + Int(user.pointee.step)
        user.pointee.iteration &+= 1
        if user.pointee.iteration >= step.pointee.repeatCount {
            user.pointee.step &+= 1
            user.pointee.iteration = 0
        }
        if Int(user.pointee.step) >= self.stepCount {
            user.pointee.step = 0
            if self.setup.sessions != nil { return nil }
            switch self.program.cycle {
            case .none: break
            case .between: return nil
            case .every(let gap):
                let next = user.pointee.nextSessionAt
                user.pointee.nextSessionAt = next &+ gap.draw(using: &user.pointee.random)
                return next
            }
        }
        guard case .every(let gap) = step.pointee.pause else { return nil }
        return due &+ gap.draw(using: &user.pointee.random)
    }

    /// Requests of one user that are counted as never started at most.
    static let neverStartedLimit = 1_000_000
}
