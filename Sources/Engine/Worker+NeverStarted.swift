import Measure
import Workload

/// What a plan had due and the run had no time for.
extension Worker {
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
