import Measure

extension SummaryPage {
    /// What an open load came to: sessions due against those that were made, and how many went on at once.
    mutating func addInSession(_ summary: RunSummary) {
        guard summary.holdDuration > 0 else {
            return self.add("arrivals", "the hold was not reached: nothing below is measured under load", .warning)
        }
        let counters = summary.hold.counters
        let due = summary.holdSessionsDue
        let started = counters.sessionsStarted
        self.add(
            "arrivals",
            [
                Cell("\(Quantity.count(started)) of \(Quantity.count(due)) sessions due", .strong),
                Cell("were started", .strong, joint: " "),
                Cell("in \(Quantity.duration(summary.holdDuration))", joint: " "),
            ])
        if let asked = Quantity.perSecond(due, over: summary.holdDuration),
            let made = Quantity.perSecond(started, over: summary.holdDuration),
            let requests = Quantity.perSecond(counters.requestsStarted, over: summary.holdDuration)
        {
            self.add(
                "",
                [
                    Cell("planned \(Quantity.rate(asked)) sessions/s"),
                    Cell("achieved \(Quantity.rate(made)) sessions/s", joint: " · "),
                    Cell("= \(Quantity.rate(requests)) req/s", joint: " "),
                ])
        }
        let mean = DecimalDigits(summary.usersHeld.mean).rounded(fraction: 1)
        self.add(
            "",
            Self.listed([
                "in session: lowest \(Quantity.count(summary.usersHeld.lowestSeen))",
                "mean \(mean.text(fraction: mean.fractionDigits))",
                "highest \(Quantity.count(summary.plan.highest(of: summary.usersHeld)))",
            ]))
        self.add(
            "",
            Self.listed([
                "\(Self.plural(summary.total.connectionsOpened, "connection")) opened",
                Self.plural(summary.total.reconnects, "reconnect"),
            ]))
        self.addTick(summary.plan)
    }
}
