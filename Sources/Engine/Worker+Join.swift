import Workload

/// How a planned user joins: at a random point of its cycle, as if it had been there for long.
extension Worker {
    /// A planned user was established: it goes on from a random point of its cycle, as if it had been there
    /// for long. The stationary state of a renewal process, so that the planned rate holds from the start.
    mutating func join(_ local: Int, at end: UInt64) -> Bool {
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
}
