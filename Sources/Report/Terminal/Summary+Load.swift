import Measure

extension SummaryPage {
    // MARK: What was held

    mutating func addHeld(_ summary: RunSummary) {
        if summary.plan.isOpen { return self.addInSession(summary) }
        let asked = summary.plan.usersAsked
        let lowest = summary.usersHeld.lowestSeen
        self.addGap()
        guard summary.holdDuration > 0 else {
            self.add("held", "the hold was not reached: nothing below is measured under load", .warning)
            self.add(
                "", "\(Quantity.count(summary.usersEstablished)) of \(Quantity.count(asked)) established")
            return
        }
        let count = "\(Quantity.count(lowest)) of \(Quantity.count(asked)) users"
        self.add(
            "held",
            [
                Cell(count, lowest < asked ? .bad : .strong),
                Cell("for \(Quantity.duration(summary.holdDuration))", joint: " "),
            ] + Self.connectionsCell(summary))
        self.add(
            "",
            Self.listed([
                "lowest \(Quantity.count(lowest))", "mean \(Self.mean(summary.usersHeld))",
                "highest \(Quantity.count(summary.plan.highest(of: summary.usersHeld)))",
                "established \(Quantity.count(summary.usersEstablished))",
            ]))
        let silence = summary.state == .partial ? "unknown" : Quantity.duration(summary.longestSilence)
        var parts = [Self.plural(summary.total.reconnects, "reconnect")]
        if summary.longestPause > 0 {
            parts.append("asked again after \(Quantity.duration(summary.longestPause)) at most")
        }
        self.add("", Self.listed(parts + ["longest silence at the end \(silence)"]))
        if summary.plan.isStorm, let after = summary.heldAfter {
            self.add("", "all of them held \(Quantity.duration(after)) after the first connect", .strong)
        }
        if summary.settleShortfall > 0 {
            let countsAll = summary.plan.isStorm || summary.plan.sessions != nil
            let due = countsAll ? "in the time they had for it" : "when the hold began"
            self.add("", "\(Quantity.count(summary.settleShortfall)) users had no answer yet \(due)", .bad)
        }
        self.addPace(summary)
    }

    /// On how many connections, where users share them.
    private static func connectionsCell(_ summary: RunSummary) -> [Cell] {
        if summary.plan.streams == 0 { return [] }
        return [
            Cell("on \(Self.plural(summary.connectionsHeld.lowestSeen, "HTTP/2 connection"))", joint: " ")
        ]
    }

    /// The pace as it was measured: how often a held user asked.
    private mutating func addPace(_ summary: RunSummary) {
        let started = summary.hold.counters.requestsStarted
        guard let rate = Quantity.perSecond(started, over: summary.holdDuration) else { return }
        let users = summary.usersHeld.mean
        if users > 0 {
            let whole = DecimalDigits(users).rounded(fraction: 0).text(fraction: 0)
            self.add(
                "pace",
                [
                    Cell("\(whole) users at", .strong),
                    Cell("\(Quantity.rate(rate / users)) req/s each", .strong, joint: " "),
                    Cell("= \(Quantity.rate(rate)) req/s", .strong, joint: " "),
                ])
        } else {
            self.add("pace", "no user was held: \(Quantity.rate(rate)) req/s were asked in all")
        }
        self.addTick(summary.plan)
        if summary.plan.isPlanned { return }
        self.add(
            "",
            "Each request waits for the answer before it: a stall of the server delays the requests that "
                + "would have shown it, so these latencies hide stalls. A plan (--every) shows them.",
            .warning)
    }

    /// Starts that were taken together, and what that cost.
    mutating func addTick(_ plan: RunPlan) {
        if plan.tick == 0 { return }
        let tick = Quantity.planned(plan.tick)
        self.add(
            "",
            "planned starts were batched, once per \(tick) (--tick): up to \(tick) late, which is in response time "
                + "and send lag")
    }

    /// A mean held, whole where it is whole.
    private static func mean(_ held: Held) -> String {
        let value = DecimalDigits(held.mean).rounded(fraction: 1)
        return value.text(fraction: value.fractionDigits)
    }

    static func plural(_ count: UInt64, _ noun: String) -> String {
        "\(Quantity.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    // MARK: Throughput

    mutating func addThroughput(_ summary: RunSummary) {
        let counters = summary.hold.counters
        let duration = summary.holdDuration
        self.addGap()
        guard duration > 0 else {
            let total = summary.total
            return self.add(
                "requests",
                Self.listed([
                    "\(Quantity.count(total.requestsOK)) ok", "\(Quantity.count(total.requestsFailed)) failed",
                    "\(Quantity.count(summary.requestsInFlightAtEnd)) in flight at end, in the whole run",
                ]))
        }
        self.addRate(
            "requests", counters.requestsOK, "ok", counters.requestsFailed, over: duration,
            noun: "req/s", inFlight: summary.holdRequestsInFlightAtEnd)
        self.addRate(
            "sessions", counters.sessionsCompleted, "completed", counters.sessionsFailed, over: duration,
            noun: "sessions/s", inFlight: summary.holdSessionsInFlightAtEnd)
        self.addBytes(
            "received", duration, counters.receivedSocket, body: counters.receivedBody,
            header: counters.receivedHeader)
        self.addBytes(
            "sent", duration, counters.sentSocket, body: counters.sentBody, header: counters.sentHeader)
        self.addClient(summary)
        self.addLate(counters)
        if counters.neverStarted > 0 {
            self.add(
                "", "\(Self.plural(counters.neverStarted, "planned request")) due and never started",
                counters.neverStarted > counters.requestsStarted / 1_000 ? .bad : .quiet)
        }
    }

    /// What headroom itself took: a generator at its limit measures itself.
    private mutating func addClient(_ summary: RunSummary) {
        guard summary.duration > 0, summary.state != .partial else { return }
        let share = summary.cpuSeconds * 1e9 / Double(summary.duration)
        self.add(
            "client",
            [
                Cell("\(Quantity.rate(summary.cpuSeconds)) s of CPU", .quiet),
                Cell("(\(Quantity.percent(share)) of a core)", .quiet, joint: " "),
                Cell("\(Quantity.bytes(summary.peakResidentBytes)) of memory at most", .quiet, joint: " · "),
            ])
        guard let health = summary.health, !health.workers.isEmpty else { return }
        self.add(
            "",
            [
                Cell("busiest second of a worker \(Quantity.percent(health.worstWorkerCPU)) CPU", .quiet),
                Cell("loop up to \(Quantity.duration(health.worstLoopLag)) late", .quiet, joint: " · "),
            ])
    }

    /// Columns of the rate in front of the counts.
    private static let rateColumns = 18
    /// Columns of an amount of bytes.
    private static let byteColumns = 15

    private mutating func addRate(
        _ label: String, _ good: UInt64, _ word: String, _ failed: UInt64, over duration: UInt64,
        noun: String,
        inFlight: UInt64
    ) {
        let rate = Quantity.perSecond(good, over: duration).map { "\(Quantity.rate($0)) \(noun)" } ?? "-"
        var cells = [
            Cell(rate, .strong, columns: Self.rateColumns), Cell("\(Quantity.count(good)) \(word)", joint: " "),
            Cell("\(Quantity.count(failed)) failed", failed > 0 ? .bad : .plain, joint: " · "),
        ]
        if inFlight > 0 { cells.append(Cell("\(Quantity.count(inFlight)) in flight", .quiet, joint: " · ")) }
        self.add(label, cells)
    }

    private mutating func addBytes(
        _ label: String, _ duration: UInt64, _ socket: UInt64, body: UInt64, header: UInt64
    ) {
        let rate = Quantity.perSecond(socket, over: duration).map { Quantity.bitsPerSecond($0 * 8) } ?? "-"
        self.add(
            label,
            [
                Cell(rate, .strong, columns: Self.rateColumns),
                Cell("\(Quantity.bytes(socket)) socket", columns: Self.byteColumns, joint: " "),
                Cell("\(Quantity.bytes(body)) body", .quiet, columns: Self.byteColumns, joint: " "),
                Cell("\(Quantity.bytes(header)) header", .quiet, joint: " "),
            ])
    }
}
