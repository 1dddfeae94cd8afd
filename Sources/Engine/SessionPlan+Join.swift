import Workload

/// How a planned user joins.
extension SessionPlan {
    /// A planned user was established, and goes on by its plan: from where it is (`start: cold`), or from a random
    /// point of its cycle as if it had been there for long, the stationary state of a renewal process, so that the
    /// planned rate holds from the start. `slot` is its share of an even gap, below `totalUsers`. True when it
    /// joined between two sessions.
    func join(_ user: inout User, slot: Int, at end: UInt64) -> Bool {
        user.flags.insert(.onPlan)
        if self.start == .cold {
            if case .every(let gap) = self.cycle {
                user.nextSessionAt = user.sessionIntended &+ gap.draw(using: &user.random)
            }
            return self.advance(&user, at: end)
        }
        user.flags.insert(.sessionJoined)
        if self.evenGap > 0 { return self.joinEvenly(&user, slot: slot, at: end) }
        if case .every(let gap) = self.cycle { return self.joinCycle(&user, gap, at: end) }
        return self.joinSteps(&user, at: end)
    }

    /// Sessions follow each other by the steps' own pauses: the gap that `end` falls into is drawn in proportion to
    /// its length.
    private func joinSteps(_ user: inout User, at end: UInt64) -> Bool {
        var whole = 0.0
        for step in 0..<self.stepCount { whole += self.weight(step) }
        var point = user.random.unit() * whole
        var chosen = self.stepCount - 1
        for step in 0..<self.stepCount {
            chosen = step
            if point < self.weight(step) { break }
            point -= self.weight(step)
        }
        guard case .every(let gap) = self.steps[chosen].pause else {
            user.dueAt = end
            return false
        }
        let rounds = self.steps[chosen].repeatCount
        let round = min(rounds &- 1, Int32(point / max(1, self.weight(chosen)) * Double(rounds)))
        let due = end &+ gap.equilibriumResidual(using: &user.random)
        return self.goOn(&user, after: (chosen, round), due: due, at: end)
    }

    private func weight(_ step: Int) -> Double {
        guard case .every(let gap) = self.steps[step].pause else { return 0 }
        return Double(gap.mean) * Double(self.steps[step].repeatCount)
    }

    /// All gaps are the same: users are spread evenly over it, each at a random point of its own share, so that
    /// what arrives is as even as a rate can be; and each is at a random request of its session.
    private func joinEvenly(_ user: inout User, slot: Int, at end: UInt64) -> Bool {
        let gap = self.evenGap
        let share = (Double(slot) + user.random.unit()) / Double(self.totalUsers)
        let phase = self.startedAt &+ min(gap &- 1, UInt64(share * Double(gap)))
        // The first time of the user's own that comes after its answer.
        let due = phase > end ? phase : phase &+ ((end &- phase) / gap &+ 1) &* gap
        var position = Int(user.random.upTo(UInt64(max(1, self.requestsPerSession) - 1)))
        if case .every = self.cycle {
            user.nextSessionAt = due &+ UInt64(self.requestsPerSession - 1 - position) &* gap
        }
        var step = 0
        while step < self.stepCount - 1 && position >= Int(self.steps[step].repeatCount) {
            position -= Int(self.steps[step].repeatCount)
            step += 1
        }
        return self.goOn(&user, after: (step, Int32(clamping: position)), due: due, at: end)
    }

    /// Sessions have a plan: a session that began a random share of a gap ago is walked to the first of its
    /// requests that is still to come.
    private func joinCycle(_ user: inout User, _ cycle: Gap, at end: UInt64) -> Bool {
        let length = cycle.lengthBiased(using: &user.random)
        let age = UInt64(user.random.unit() * Double(length))
        user.nextSessionAt = end &+ (length &- min(length, age))
        var offset: UInt64 = 0
        walk: for step in 0..<self.stepCount {
            guard case .every(let gap) = self.steps[step].pause else { break }
            for round in 0..<self.steps[step].repeatCount {
                offset &+= gap.draw(using: &user.random)
                let isLast = step == self.stepCount - 1 && round == self.steps[step].repeatCount - 1
                if isLast { break walk }
                if offset < age { continue }
                return self.goOn(&user, after: (step, round), due: end &+ (offset &- age), at: end)
            }
        }
        // The session it joined is over already: the next one is as due as the plan says.
        user.dueAt = self.leaveSession(&user, at: end, planned: end)
        return true
    }

    /// Goes on as if this request of the session had just been made and the next one were due then.
    private func goOn(
        _ user: inout User, after last: (step: Int, round: Int32), due: UInt64, at end: UInt64
    ) -> Bool {
        user.step = Int32(last.step)
        user.iteration = last.round
        let isOver = self.moveOn(&user)
        user.dueAt = isOver ? self.leaveSession(&user, at: end, planned: due) : due
        return isOver
    }
}
