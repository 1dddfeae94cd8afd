import Workload

/// Which request of a session comes next and when it is due, by the profile. Only the user's place changes. No clock
/// and no counters, so it is tested on values; plain data, so it costs nothing.
struct SessionPlan {
    /// Owned by the `RequestProgram`, which has to outlive this.
    let steps: UnsafeMutablePointer<RequestProgram.CompiledStep>
    let stepCount: Int
    let cycle: Cycle
    /// Some pause is a plan, which users join.
    let isPlanned: Bool
    /// Nanoseconds between any two requests of a user, where the plan has one gap for all; else 0.
    let evenGap: UInt64
    let requestsPerSession: Int
    /// When first requests are due.
    let join: Join
    /// The load has a fixed number of sessions.
    let isCounted: Bool
    /// Sessions come by a plan of arrivals: this user does not decide what follows one.
    let isOpen: Bool
    /// When the load began, and how many users it has: they share the join, and an even gap.
    let startedAt: UInt64
    let totalUsers: Int

    /// The plan of a program's sessions.
    init(
        _ program: RequestProgram, join: Join, isCounted: Bool, isOpen: Bool, startedAt: UInt64, totalUsers: Int
    ) {
        self.steps = program.steps
        self.stepCount = program.stepCount
        self.cycle = program.cycle
        self.isPlanned = program.isPlanned
        self.evenGap = program.evenGap
        self.requestsPerSession = program.requestsPerSession
        self.join = join
        self.isCounted = isCounted
        self.isOpen = isOpen
        self.startedAt = startedAt
        self.totalUsers = totalUsers
    }

    /// Begins a session with the request that is due. A user that was placed in the middle of one goes on there.
    @inline(__always)
    func enterSession(_ user: inout User) {
        user.sessionIntended = user.dueAt
        user.sessionIdle = 0
        user.flags.subtract(.ofSession)
        user.flags.insert(.inSession)
        if user.step > 0 || user.iteration > 0 { user.flags.insert(.sessionJoined) }
    }

    /// A user with these flags was established just now; `goOnByPlan` then finds its next request.
    @inline(__always)
    func mustJoin(_ flags: User.Flags) -> Bool {
        self.isJoined && !flags.contains(.onPlan) && flags.contains(.established)
    }

    /// Users go on by a plan once they are established.
    @inline(__always)
    private var isJoined: Bool { self.isPlanned || self.join.kind == .spread }

    /// The request ended at `end`: moves on to the next one and sets when it is due. Returns true when it was the last
    /// of its session. The user is then between two sessions, and still holds the data of the one that ended.
    @inline(__always)
    func advance(_ user: inout User, at end: UInt64) -> Bool {
        if self.isPlanned && !self.isCounted && !user.flags.contains(.onPlan) {
            // The user was never answered: it tries again as soon as the back-off lets it. A user that was placed in
            // the middle of a session tries the request after this one, which may fail for ever. In a load of a number
            // of sessions each session ends, even for a user that never gets an answer.
            if self.join.kind == .placed || self.join.kind == .spread { self.tryNext(&user) }
            user.dueAt = end
            return false
        }
        let pause = self.steps[Int(user.step)].pause
        let isLast = self.moveOn(&user)
        var due = end
        switch pause {
        case .none: break
        case .every(let gap): due = user.intended &+ gap.draw(using: &user.random)
        case .think(let gap): if !isLast { due = end &+ gap.draw(using: &user.random) }
        }
        if isLast {
            user.dueAt = self.leaveSession(&user, at: end, planned: due)
        } else {
            if due > end { user.sessionIdle &+= due &- end }
            user.dueAt = due
        }
        return isLast
    }

    /// Moves to the next request of the session, or back to its first one.
    @inline(never)
    private func tryNext(_ user: inout User) {
        if !self.moveOn(&user) { return }
        user.step = 0
        user.iteration = 0
    }

    /// Moves to the next request of the session. Returns true when there is none; `step` is then past the last one.
    @inline(__always)
    func moveOn(_ user: inout User) -> Bool {
        user.iteration &+= 1
        if user.iteration >= self.steps[Int(user.step)].repeatCount {
            user.step &+= 1
            user.iteration = 0
        }
        return Int(user.step) >= self.stepCount
    }

    /// Ends the session; returns when the next one is due. `planned` comes from the last step's own pause.
    @inline(__always)
    func leaveSession(_ user: inout User, at end: UInt64, planned: UInt64) -> UInt64 {
        user.flags.remove(.inSession)
        user.step = 0
        user.iteration = 0
        if self.isOpen { return DeadlineHeap.never }
        switch self.cycle {
        case .none: return planned
        case .between(let gap): return end &+ gap.draw(using: &user.random)
        case .every(let gap):
            let due = user.nextSessionAt
            user.nextSessionAt = due &+ gap.draw(using: &user.random)
            return due
        }
    }

    /// Whether a plan sets when the next request is due, so that its intended start does not move when we have to wait.
    func isPlannedDue(_ user: User) -> Bool {
        // A request that follows a redirect is due when the redirect came, by no plan.
        if !user.flags.contains(.onPlan) || user.flags.contains(.hopping) { return false }
        if !user.flags.contains(.inSession) {
            switch self.cycle {
            case .every: return true
            case .between: return false
            case .none: return self.isEvery(self.stepCount - 1)
            }
        }
        // The pause before this request belongs to the previous round of the step, or in the first round to the step
        // before.
        let previous = user.iteration > 0 ? user.step : user.step - 1
        return previous >= 0 && self.isEvery(Int(previous))
    }

    private func isEvery(_ step: Int) -> Bool {
        if case .every = self.steps[step].pause { return true }
        return false
    }
}

/// Requests that a plan had due and that never started.
extension SessionPlan {
    /// When the first planned request that a user did not start was due; nil where that depends on an answer, or where
    /// none was left. Moves the user, so call it last. `hasSessions`: another session may still begin.
    func firstUnstarted(_ user: inout User, hasSessions: Bool) -> UInt64? {
        if !user.flags.contains(.onPlan) { return nil }
        if user.request != .none { return self.nextUnstarted(&user, after: user.intended) }
        if !self.isPlannedDue(user) || (!user.flags.contains(.inSession) && !hasSessions) { return nil }
        return user.dueAt
    }

    /// The user's request is the first of a session.
    func isAtBegin(_ user: User) -> Bool { user.step == 0 && user.iteration == 0 }

    /// Moves the user on to the request after the one that was due then, and returns when the plan has it; nil where
    /// that depends on an answer.
    func nextUnstarted(_ user: inout User, after due: UInt64) -> UInt64? {
        let pause = self.steps[Int(user.step)].pause
        if self.moveOn(&user) {
            user.step = 0
            if self.isCounted || self.isOpen { return nil }
            switch self.cycle {
            case .none: break
            case .between: return nil
            case .every(let gap):
                let next = user.nextSessionAt
                user.nextSessionAt = next &+ gap.draw(using: &user.random)
                return next
            }
        }
        guard case .every(let gap) = pause else { return nil }
        return due &+ gap.draw(using: &user.random)
    }
}
