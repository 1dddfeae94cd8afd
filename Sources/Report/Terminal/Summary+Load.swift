import Measure
import Units

/// What was held, and what was transferred.
extension SummaryPage {
    /// Where the second and the third figure on a line begin, after the label.
    static let secondColumn = 12
    static let thirdColumn = 37

    // MARK: What was held

    mutating func addHeld(_ summary: RunSummary) {
        guard summary.holdDuration > 0 else {
            self.add("held", "the hold was not reached: nothing below is measured under load", .warning)
            if summary.plan.isOpen { return }
            return self.add(
                "",
                "\(Quantity.count(summary.usersEstablished)) of \(Quantity.count(summary.plan.usersAsked)) users "
                    + "were answered")
        }
        if summary.plan.isOpen { return self.addInSession(summary) }
        let (asked, lowest) = (summary.plan.usersAsked, summary.usersHeld.lowestSeen)
        var count = "\(Quantity.count(lowest)) of \(Quantity.count(asked)) users"
        if let each = Self.requestsOfEach(summary) { count += ", \(Quantity.rate(each)) req/s each" }
        self.add(
            "held",
            [Cell(count, lowest < asked ? .bad : .strong, columns: Self.thirdColumn - 2)]
                + [Cell(Self.connectionsLost(summary.total), joint: "  ")])
        self.addHeldDetails(summary)
        if summary.plan.isStorm, let after = summary.heldAfter {
            self.add("", "all of them held \(Quantity.duration(after)) after the first connect", .strong)
        }
        if summary.settleShortfall > 0 {
            let countsAll = summary.plan.isStorm || summary.plan.sessions != nil
            let due = countsAll ? "in the time they had for it" : "when the hold began"
            self.add("", "\(Quantity.count(summary.settleShortfall)) users had no answer yet \(due)", .bad)
        }
        if !summary.plan.isPlanned && self.detail >= .hints {
            self.add("", "each waits for an answer: these latencies hide stalls; see --every", .quiet)
        }
    }

    /// Connection figures that should be 0; requests sent again have a line of their own.
    private static func connectionsLost(_ total: Counters) -> String {
        "reconnects \(Quantity.count(total.reconnects))\(total.requestsResent == 0 ? " · resent 0" : "")"
    }

    /// How often a held user sent requests, per second; nil if none was held.
    private static func requestsOfEach(_ summary: RunSummary) -> Double? {
        let users = summary.usersHeld.mean
        guard users > 0 else { return nil }
        return Quantity.perSecond(summary.hold.counters.requestsStarted, over: summary.holdDuration).map { $0 / users }
    }

    private mutating func addHeldDetails(_ summary: RunSummary) {
        if summary.plan.streams > 0 {
            self.add("", "on \(Self.plural(summary.connectionsHeld.lowestSeen, "HTTP/2 connection"))")
        }
        self.addDetail(
            "",
            Self.listed([
                "lowest \(Quantity.count(summary.usersHeld.lowestSeen))", "mean \(Self.mean(summary.usersHeld))",
                "highest \(Quantity.count(summary.plan.highest(of: summary.usersHeld)))",
                "answered once \(Quantity.count(summary.usersEstablished))",
            ]))
        let silence = summary.state == .partial ? "unknown" : Quantity.duration(summary.longestSilence)
        var parts = ["held for \(Quantity.duration(summary.holdDuration))"]
        if summary.longestPause > 0 {
            parts.append("asked again after \(Quantity.duration(summary.longestPause)) at most")
        }
        self.addDetail("", Self.listed(parts + ["longest silence at the end \(silence)"]))
        self.addWarmUp(summary.warmUpFound)
    }

    /// What an automatic warm-up found.
    private mutating func addWarmUp(_ found: WarmUpFound?) {
        guard let found else { return }
        let length = Quantity.duration(found.length)
        if found.isSteady {
            return self.addDetail("", "warm-up over after \(length): response times no longer changed", .quiet)
        }
        self.add("", "warm-up given up after \(length): response times still changed", .warning)
    }

    /// The result of an open load: sessions due against those completed, and how many there were at once.
    private mutating func addInSession(_ summary: RunSummary) {
        let counters = summary.hold.counters
        let due = summary.holdSessionsDue
        let started = counters.sessionsStarted
        let count = "\(Quantity.count(started)) of \(Quantity.count(due)) sessions due were started"
        let levels =
            "in session \(Quantity.count(summary.usersHeld.lowestSeen)) to "
            + "\(Quantity.count(summary.plan.highest(of: summary.usersHeld))), mean \(Self.mean(summary.usersHeld))"
        self.add(
            "arrivals",
            [
                Cell(count, started < due ? .warning : .strong, columns: Self.thirdColumn - 2),
                Cell(levels, joint: "  "),
            ])
        self.add(
            "",
            Self.listed([
                "\(Self.plural(summary.total.connectionsOpened, "connection")) opened",
                Self.connectionsLost(summary.total),
            ]))
        guard let asked = Quantity.perSecond(due, over: summary.holdDuration),
            let made = Quantity.perSecond(started, over: summary.holdDuration)
        else { return }
        self.addDetail(
            "",
            Self.listed([
                "planned \(Quantity.rate(asked)) sessions/s", "achieved \(Quantity.rate(made)) sessions/s",
                "held for \(Quantity.duration(summary.holdDuration))",
            ]))
        self.addWarmUp(summary.warmUpFound)
    }

    /// The mean of a level, without decimals if it is whole.
    private static func mean(_ held: Held) -> String {
        let value = DecimalDigits(held.mean).rounded(fraction: 1)
        return value.text(fraction: value.fractionDigits)
    }

    // MARK: Throughput

    mutating func addThroughput(_ summary: RunSummary) {
        let (counters, duration) = (summary.hold.counters, summary.holdDuration)
        self.addGap()
        guard duration > 0 else {
            let total = summary.total
            return self.add(
                "requests",
                Self.listed([
                    "\(Quantity.count(total.requestsOK)) ok", "\(Quantity.count(total.requestsFailed)) failed",
                    "\(Quantity.count(summary.requestsInFlightAtEnd)) in flight at the end, in the whole run",
                ]))
        }
        func rate(_ count: UInt64) -> String {
            Quantity.perSecond(count, over: duration).map { "\(Quantity.rate($0)) /s" } ?? "-"
        }
        func bits(_ bytes: UInt64) -> String {
            Quantity.perSecond(bytes, over: duration).map { Quantity.bitsPerSecond($0 * 8) } ?? "-"
        }
        let failed = counters.requestsFailed
        var asked = "\(Quantity.count(counters.requestsOK)) ok · \(Quantity.count(failed)) failed"
        if self.isWhole || summary.holdRequestsInFlightAtEnd > 0 {
            asked += " · \(Quantity.count(summary.holdRequestsInFlightAtEnd)) in flight"
        }
        self.addFigures(
            "requests", rate(counters.requestsOK), asked, failed > 0 ? .bad : .plain,
            "sessions \(rate(summary.holdSessionsCompleted))")
        self.addFigures(
            "received", bits(counters.receivedSocket), Quantity.bytes(counters.receivedSocket), .plain,
            "sent \(bits(counters.sentSocket))")
        if counters.neverStarted > 0 {
            self.add(
                "",
                "\(summary.neverStartedIsBound ? "at least " : "")"
                    + "\(Self.plural(counters.neverStarted, "planned request")) due and never started",
                counters.neverStarted > counters.requestsStarted / 1_000 ? .bad : .quiet)
        }
        self.addThroughputDetails(summary)
    }

    /// Three figures beside a label, each in its column if those before it leave room.
    private mutating func addFigures(
        _ label: String, _ first: String, _ second: String, _ ink: TerminalStyle.Ink, _ third: String
    ) {
        let between = Self.thirdColumn - Self.secondColumn
        self.add(
            label,
            [
                Cell(first, .strong, columns: Self.secondColumn - 1),
                Cell(second, ink, columns: between - 2, joint: " "),
                Cell(third, joint: "  "),
            ])
    }

    private mutating func addThroughputDetails(_ summary: RunSummary) {
        let counters = summary.hold.counters
        self.addDetail(
            "sessions",
            Self.listed([
                "\(Quantity.count(summary.holdSessionsCompleted)) completed",
                "\(Quantity.count(counters.sessionsFailed)) failed",
                "\(Quantity.count(summary.holdSessionsInFlightAtEnd)) in flight",
            ]))
        self.addDetail(
            "bytes",
            Self.listed([
                "received \(Quantity.bytes(counters.receivedBody)) body",
                "\(Quantity.bytes(counters.receivedHeader)) header",
                "sent \(Quantity.bytes(counters.sentBody)) body", "\(Quantity.bytes(counters.sentHeader)) header",
            ]))
        if counters.lateServer > 0 {
            self.addDetail(
                "",
                "\(Self.plural(counters.lateServer, "request")) started over 1 ms late: the server had not answered "
                    + "or kept all users", .quiet)
        }
        if counters.lateGenerator > 0 {
            self.addDetail(
                "",
                "\(Self.plural(counters.lateGenerator, "request")) started over 1 ms late because headroom came late",
                .warning)
        }
    }
}
