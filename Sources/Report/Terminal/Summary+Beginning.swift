import Measure

extension RunPlan {
    /// What a join that is faster than the plan does, in words; nil where it is not.
    public var burstWords: String? {
        if self.burst <= 1 || self.isOpen { return nil }
        let requests = "\(Quantity.count(self.usersAsked)) first requests"
        if self.ramp == 0 { return "\(requests) at once: the plan has them over a whole cycle (leave --ramp out)" }
        let factor = DecimalDigits(self.burst).rounded(significant: 3).text(fraction: self.burst < 10 ? 1 : 0)
        return "\(requests) within \(Quantity.planned(self.ramp)): \(factor) times the planned rate"
    }
}

extension SummaryPage {
    /// What of a load's beginning is in its hold, and on how many connections its users were held.
    mutating func addBeginning(_ summary: RunSummary) {
        if let words = summary.plan.burstWords { self.add("join", words, .warning) }
        switch summary.settled {
        case .unknown, .steady: break
        case .falling:
            self.add("", "response times still fell when the hold began: the join's queue is in it", .warning)
        case .rising: self.add("", "response times still rose when the hold began: the target is overloaded", .bad)
        }
        self.addConnections(summary)
    }

    /// A hundredth fewer connections than users is not worth a line.
    private static let connectionsShort = 0.99

    /// Users who are held on fewer connections than they are.
    private mutating func addConnections(_ summary: RunSummary) {
        let plan = summary.plan
        let held = summary.connectionsHeld
        guard summary.holdDuration > 0, !plan.isOpen, plan.streams == 0, plan.connection == "per_user",
            held.mean < Self.connectionsShort * summary.usersHeld.mean
        else { return }
        let mean = UInt64(max(0, held.mean).rounded())
        self.add(
            "", Self.listed([
                "on \(Self.plural(mean, "connection")) at once", "lowest \(Quantity.count(held.lowestSeen))",
                "highest \(Quantity.count(plan.highest(of: held)))",
            ]))
    }
}
