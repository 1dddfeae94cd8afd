import Numerics
import Workload

/// How users join: where in its plan each user begins, and how it goes on after its first answer.
extension SessionPlan {
    /// Gives a user its first request. A placed user gets the next request in the plan of a user that has been there
    /// for long: the stationary state of a renewal process. So the planned rate holds from the start and is never
    /// exceeded. `slot` is the user's share of the join, below `totalUsers`.
    func place(_ user: inout User, slot: Int) {
        switch self.join.kind {
        case .ramped, .inTurn: break
        case .placed:
            // The part of the join that is longer than a cycle comes before the first cycle.
            let early = self.share(self.join.length &- self.join.cycle, slot, 0)
            _ = self.settle(&user, slot: slot, at: self.startedAt &+ early)
        case .spread, .whole:
            user.dueAt = self.startedAt &+ self.share(self.join.length, slot, user.random.unit())
        }
        user.placedAt = user.dueAt
    }

    /// A user was established, and goes on by its plan. Returns true when it is then between two sessions.
    func goOnByPlan(_ user: inout User, slot: Int, at end: UInt64) -> Bool {
        user.flags.insert(.onPlan)
        switch self.join.kind {
        case .placed where user.intended == user.placedAt: break
        case .placed:
            // It had to try again, so it joins now.
            user.flags.insert(.sessionJoined)
            return self.settle(&user, slot: slot, at: end)
        case .spread:
            user.flags.insert(.sessionJoined)
            return self.settle(&user, slot: slot, at: max(end, self.startedAt &+ self.join.length))
        case .ramped, .inTurn, .whole:
            if case .every(let gap) = self.cycle {
                user.nextSessionAt = user.sessionIntended &+ gap.draw(using: &user.random)
            }
        }
        return self.advance(&user, at: end)
    }

    /// Puts the user at a random point of its cycle at that time, and sets when its next request is due. Returns true
    /// where that request is the first of a session.
    private func settle(_ user: inout User, slot: Int, at time: UInt64) -> Bool {
        if self.evenGap > 0 { return self.settleEvenly(&user, slot: slot, at: time) }
        if case .every(let gap) = self.cycle { return self.settleInCycle(&user, gap, at: time) }
        return self.settleInSteps(&user, at: time)
    }

    /// A user's share of a time; `within`, in [0, 1), is the point in that share.
    private func share(_ length: UInt64, _ slot: Int, _ within: Double) -> UInt64 {
        let share = (Double(slot) + within) / Double(self.totalUsers)
        return length == 0 ? 0 : min(length &- 1, UInt64(share * Double(length)))
    }

    /// The pause after the last request of a session; nil where the next one follows at once.
    private var pauseBetween: Gap? {
        if case .between(let gap) = self.cycle { return gap }
        guard self.stepCount > 0, case .every(let gap) = self.steps[self.stepCount - 1].pause else { return nil }
        return gap
    }

    /// Sessions follow each other by pauses. The pause that `time` falls into is drawn in proportion to its length.
    private func settleInSteps(_ user: inout User, at time: UInt64) -> Bool {
        var whole = self.pauseBetween?.mean ?? 0
        for step in 0..<self.stepCount { whole += self.weight(step) }
        var point = user.random.unit() * whole
        for step in 0..<self.stepCount {
            let weight = self.weight(step)
            if point < weight, let gap = self.steps[step].pause.gap {
                let rounds = Double(self.rounds(step))
                let round = Int32(min(rounds - 1, point / weight * rounds))
                let due = time &+ gap.equilibriumResidual(using: &user.random)
                return self.goOn(&user, after: (step, round), due: due, at: time)
            }
            point -= weight
        }
        // Between two sessions. Where the session has no pause, at the start of one.
        user.step = 0
        user.iteration = 0
        user.flags.remove(.inSession)
        user.dueAt = time &+ (self.pauseBetween?.equilibriumResidual(using: &user.random) ?? 0)
        return true
    }

    /// Number of pauses of a step inside a session: none follows the last request.
    private func rounds(_ step: Int) -> Int32 {
        max(0, self.steps[step].repeatCount &- (step == self.stepCount - 1 ? 1 : 0))
    }

    /// The sum of a step's pauses inside a session.
    private func weight(_ step: Int) -> Double {
        (self.steps[step].pause.gap?.mean ?? 0) * Double(self.rounds(step))
    }

    /// All gaps are the same. Users are spread evenly over the gap, each at a random point of its own share, so that
    /// arrivals are as even as a rate can be. Each user starts at a random request of its session.
    private func settleEvenly(_ user: inout User, slot: Int, at time: UInt64) -> Bool {
        let gap = self.evenGap
        let phase = self.startedAt &+ self.share(gap, slot, user.random.unit())
        // The user's own first time from then on.
        let due = phase >= time ? phase : phase &+ ((time &- phase &- 1) / gap &+ 1) &* gap
        var position = Int(user.random.upTo(UInt64(max(1, self.requestsPerSession) - 1)))
        if case .every = self.cycle {
            user.nextSessionAt = due &+ UInt64(self.requestsPerSession - 1 - position) &* gap
        }
        var step = 0
        while step < self.stepCount - 1 && position >= Int(self.steps[step].repeatCount) {
            position -= Int(self.steps[step].repeatCount)
            step += 1
        }
        return self.goOn(&user, after: (step, Int32(clamping: position)), due: due, at: time)
    }

    /// At most so many requests of a session are walked through to find a user's place; a longer session counts as over
    /// then.
    private static let walkLimit = 10_000

    /// Sessions have a plan. The walk takes a session that began a random share of a gap ago, and stops at the first of
    /// its requests that is still to come.
    private func settleInCycle(_ user: inout User, _ cycle: Gap, at time: UInt64) -> Bool {
        let length = cycle.lengthBiased(using: &user.random)
        let age = UInt64(user.random.unit() * Double(length))
        user.nextSessionAt = time &+ (length &- min(length, age))
        var offset: UInt64 = 0
        var left = Self.walkLimit
        walk: for step in 0..<self.stepCount {
            guard let gap = self.steps[step].pause.gap else { continue }
            for round in 0..<self.rounds(step) {
                offset &+= gap.draw(using: &user.random)
                left -= 1
                if left == 0 { break walk }
                if offset < age { continue }
                return self.goOn(&user, after: (step, round), due: time &+ (offset &- age), at: time)
            }
        }
        // The session that it joined is over already, so the next one is due when the plan has it.
        user.dueAt = self.leaveSession(&user, at: time, planned: time)
        return true
    }

    /// Goes on as if this request of the session had just been sent and the next one were due at `due`.
    private func goOn(
        _ user: inout User, after last: (step: Int, round: Int32), due: UInt64, at time: UInt64
    ) -> Bool {
        user.step = Int32(last.step)
        user.iteration = last.round
        let isOver = self.moveOn(&user)
        user.dueAt = isOver ? self.leaveSession(&user, at: time, planned: due) : due
        return isOver
    }
}

extension Pause {
    /// Its length; nil where there is none.
    fileprivate var gap: Gap? {
        switch self {
        case .none: nil
        case .every(let gap), .think(let gap): gap
        }
    }
}
