import Measure
import Units

/// What was held, and what was transferred.
extension SummaryPage {
    /// Where the second and the third figure on a line begin, after the label.
    static let secondColumn = 12
    static let thirdColumn = 37

    // MARK: What was held

    mutating func addHeld(_ summary: RunRecord) {
        guard summary.outcome.holdDuration > 0 else {
            self.add("held", "the hold was not reached: nothing below is measured under load", .warning)
            if summary.plan.isOpen { return }
            return self.add(
                "",
                "\(Quantity.count(summary.outcome.usersEstablished)) of "
                    + "\(Quantity.count(summary.plan.usersAsked)) users were answered")
        }
        if summary.plan.isOpen { return self.addInSession(summary) }
        let (asked, lowest) = (summary.plan.usersAsked, summary.outcome.usersHeld.lowestSeen)
        var count = "\(Quantity.count(lowest)) of \(Quantity.count(asked)) users"
        if let each = Self.requestsOfEach(summary) { count += ", \(Quantity.rate(each)) req/s each" }
        self.add(
            "held",
            [Cell(count, lowest < asked ? .bad : .strong, columns: Self.thirdColumn - 2)]
                + [Cell(Self.connectionsLost(summary), joint: "  ")])
        self.addHeldDetails(summary)
        if summary.plan.pace.isStorm, let after = summary.outcome.heldAfter {
            self.add("", "all of them held \(Quantity.duration(after)) after the first connect", .strong)
        }
        if summary.outcome.settleShortfall > 0 {
            let countsAll = summary.plan.pace.isStorm || summary.plan.sessions != nil
            let due = countsAll ? "in the time they had for it" : "when the hold began"
            self.add("", "\(Quantity.count(summary.outcome.settleShortfall)) users had no answer yet \(due)", .bad)
        }
        if !summary.plan.pace.isPlanned && self.detail >= .hints {
            self.add("", "each waits for an answer: these latencies hide stalls; see --every", .quiet)
        }
    }

    /// Connection figures that should be 0; requests sent again have a line of their own.
    private static func connectionsLost(_ summary: RunRecord) -> String {
        let total = summary.total
        let isNoneResent = total.requestsResent == 0 && summary.knowsResent
        return "reconnects \(Quantity.count(total.reconnects))\(isNoneResent ? " · resent 0" : "")"
    }

    /// How often a held user sent requests, per second; nil if none was held.
    private static func requestsOfEach(_ summary: RunRecord) -> Double? {
        let users = summary.outcome.usersHeld.mean
        guard users > 0 else { return nil }
        let started = summary.hold.counters.requestsStarted
        return Quantity.perSecond(started, over: summary.outcome.holdDuration).map { $0 / users }
    }

    private mutating func addHeldDetails(_ summary: RunRecord) {
        let held = summary.outcome.usersHeld
        if summary.plan.streams > 0 {
            self.add("", "on \(Quantity.plural(summary.outcome.connectionsHeld.lowestSeen, "HTTP/2 connection"))")
        }
        self.addDetail(
            "",
            Self.listed([
                "lowest \(Quantity.count(held.lowestSeen))", "mean \(Self.mean(held))",
                "highest \(Quantity.count(summary.plan.highest(of: held)))",
                "answered once \(Quantity.count(summary.outcome.usersEstablished))",
            ]))
        let silence = summary.outcome.longestSilence.map(Quantity.duration) ?? "unknown"
        var parts = ["held for \(Quantity.duration(summary.outcome.holdDuration))"]
        if let pause = summary.outcome.longestPause, pause > 0 {
            parts.append("asked again after \(Quantity.duration(pause)) at most")
        }
        self.addDetail("", Self.listed(parts + ["longest silence at the end \(silence)"]))
        self.addWarmUp(summary.outcome.warmUpFound)
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
    private mutating func addInSession(_ summary: RunRecord) {
        let counters = summary.hold.counters
        let held = summary.outcome.usersHeld
        let due = summary.outcome.holdSessionsDue
        let started = counters.sessionsStarted
        let count = "\(Quantity.count(started)) of \(Quantity.count(due)) sessions due were started"
        let levels =
            "in session \(Quantity.count(held.lowestSeen)) to \(Quantity.count(summary.plan.highest(of: held))), "
            + "mean \(Self.mean(held))"
        self.add(
            "arrivals",
            [
                Cell(count, started < due ? .warning : .strong, columns: Self.thirdColumn - 2),
                Cell(levels, joint: "  "),
            ])
        self.add(
            "",
            Self.listed([
                "\(Quantity.plural(summary.total.connectionsOpened, "connection")) opened",
                Self.connectionsLost(summary),
            ]))
        guard let asked = Quantity.perSecond(due, over: summary.outcome.holdDuration),
            let made = Quantity.perSecond(started, over: summary.outcome.holdDuration)
        else { return }
        self.addDetail(
            "",
            Self.listed([
                "planned \(Quantity.rate(asked)) sessions/s", "achieved \(Quantity.rate(made)) sessions/s",
                "held for \(Quantity.duration(summary.outcome.holdDuration))",
            ]))
        self.addWarmUp(summary.outcome.warmUpFound)
    }

    /// The mean of a level, without decimals if it is whole.
    private static func mean(_ held: Held) -> String {
        let value = DecimalDigits(held.mean).rounded(fraction: 1)
        return value.text(fraction: value.fractionDigits)
    }

    // MARK: Throughput

    mutating func addThroughput(_ summary: RunRecord) {
        let (counters, duration) = (summary.hold.counters, summary.outcome.holdDuration)
        self.addGap()
        guard duration > 0 else {
            let total = summary.total
            return self.add(
                "requests",
                Self.listed([
                    "\(Quantity.count(total.requestsOK)) ok", "\(Quantity.count(total.requestsFailed)) failed",
                    "\(Quantity.count(summary.outcome.requestsInFlight.total)) in flight at the end, in the whole run",
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
        if self.isWhole || summary.outcome.requestsInFlight.hold > 0 {
            asked += " · \(Quantity.count(summary.outcome.requestsInFlight.hold)) in flight"
        }
        self.addFigures(
            "requests", rate(counters.requestsOK), asked, failed > 0 ? .bad : .plain,
            "sessions \(rate(summary.outcome.holdSessionsCompleted))")
        self.addFigures(
            "received", bits(counters.receivedSocket), Quantity.bytes(counters.receivedSocket), .plain,
            "sent \(bits(counters.sentSocket))")
        if counters.neverStarted > 0 {
            self.add(
                "",
                "\(summary.outcome.neverStartedIsBound ? "at least " : "")"
                    + "\(Quantity.plural(counters.neverStarted, "planned request")) due and never started",
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

    private mutating func addThroughputDetails(_ summary: RunRecord) {
        let counters = summary.hold.counters
        self.addDetail(
            "sessions",
            Self.listed([
                "\(Quantity.count(summary.outcome.holdSessionsCompleted)) completed",
                "\(Quantity.count(counters.sessionsFailed)) failed",
                "\(Quantity.count(summary.outcome.sessionsInFlight.hold)) in flight",
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
                "\(Quantity.plural(counters.lateServer, "request")) started over 1 ms late: the server had not "
                    + "answered or kept all users", .quiet)
        }
        if counters.lateGenerator > 0 {
            self.addDetail(
                "",
                "\(Quantity.plural(counters.lateGenerator, "request")) started over 1 ms late because headroom "
                    + "came late", .warning)
        }
    }
}
