import Measure
import Units

extension RunRecord.Plan {
    /// The effect of a join that is faster than the plan, as text; nil where it is not.
    public var burstWords: String? {
        if self.burst <= 1 || self.isOpen { return nil }
        let requests = "\(Quantity.count(self.usersAsked)) first requests"
        if self.ramp == 0 { return "\(requests) at once: the plan has them over a whole cycle (leave --ramp out)" }
        let factor = DecimalDigits(self.burst).rounded(significant: 3).text(fraction: self.burst < 10 ? 1 : 0)
        return "\(requests) within \(Quantity.planned(self.ramp)): \(factor) times the planned rate"
    }
}

extension SummaryPage {
    /// Effects of the load's start on its hold, and on how many connections its users were held.
    mutating func addBeginning(_ summary: RunRecord) {
        if let words = summary.plan.burstWords { self.add("join", words, .warning) }
        switch summary.outcome.settled {
        case .unknown, .steady: break
        case .falling:
            self.add("", "response times still fell when the hold began: the join's queue is in it", .warning)
        case .rising: self.add("", "response times still rose when the hold began: the target is overloaded", .bad)
        }
        self.addConnections(summary)
    }

    /// Users held on fewer connections than there are users.
    private mutating func addConnections(_ summary: RunRecord) {
        guard let fewer = summary.fewerConnections else { return }
        let held = summary.outcome.connectionsHeld
        self.add(
            "", Self.listed([
                "on \(Quantity.plural(fewer.atOnce, "connection")) at once",
                "lowest \(Quantity.count(held.lowestSeen))",
                "highest \(Quantity.count(summary.plan.highest(of: held)))",
            ]))
    }
}
