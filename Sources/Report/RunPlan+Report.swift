import Measure

extension RunPlan {
    /// Whether requests are due when a plan says so, whatever the server does. Back to back and `think` wait
    /// for answers instead, and then a stall of the server delays the very requests that would have shown it.
    var isPlanned: Bool { self.isOpen || self.pace.hasPrefix("every") }

    /// The highest number held. Workers' highests add up to at least the true one (`Held.addWorker`), but
    /// never were there more users than asked for, nor more connections than users.
    func highest(of held: Held) -> UInt64 { min(held.highest, self.usersAsked) }
}
