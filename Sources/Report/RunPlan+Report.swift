import Measure

extension RunPlan {
    /// The highest number held. The workers' highest levels add up to at least the true one (`Held.addWorker`), but
    /// there were never more users than asked for, nor more connections than users.
    func highest(of held: Held) -> UInt64 { min(held.highest, self.usersAsked) }
}
