import Measure
import Record
import Units

/// What was asked for, where its record is, and how it ended.
extension SummaryPage {
    /// Name and load; below them why it ended early.
    mutating func addTitle(_ summary: RunRecord) {
        let plan = summary.plan
        var words = plan.isOpen ? [] : [Quantity.plural(plan.usersAsked, "user")]
        words += [self.foreign(plan.pace.text), Self.connections(plan)]
        if let sessions = plan.sessions { words.append("\(Quantity.plural(sessions, "session")) in all") }
        if let hold = plan.hold { words.append(Quantity.planned(hold)) }
        let last = words.count - 1
        self.flow(
            StyledLine(),
            [Cell("headroom", .strong), Cell(self.foreign(plan.name), joint: "  ")]
                + words.enumerated().map { index, word in
                    Cell(index == last ? word : word + ",", joint: index == 0 ? "   " : " ")
                }, indent: 2)
        self.addEnd(summary)
        self.addGap()
    }

    /// How an incomplete run ended.
    private mutating func addEnd(_ summary: RunRecord) {
        if summary.state == .complete && summary.outcome.stopReason == nil { return }
        let word = summary.state == .complete ? "stopped" : summary.state.rawValue
        let reason = summary.outcome.stopReason.map { ": \(self.foreign($0))" } ?? ""
        self.add("ended", "\(word.uppercased()) after \(Quantity.clock(summary.outcome.duration))\(reason)", .warning)
    }

    /// The lifetime of a connection, for the title.
    private static func connections(_ plan: RunRecord.Plan) -> String {
        if plan.streams > 0 { return "\(plan.streams) on each HTTP/2 connection" }
        return switch plan.connection {
        case .perUser: "one connection each"
        case .perSession: "a new connection per session"
        case .perRequest: "a new connection per request"
        case nil: "connections of a kind that is not known here"
        }
    }

    /// The target, and the content of a session.
    mutating func addAsked(_ plan: RunRecord.Plan) {
        if !self.isWhole { return self.addForeign("target", "\(plan.url)  \(plan.session)", .quiet) }
        self.add("target", self.foreign(plan.url))
        self.add("", "session: \(self.foreign(plan.session))")
        var parts = ["\(plan.threads) \(plan.threads == 1 ? "thread" : "threads")"]
        if plan.ramp > 0 { parts.append("ramp \(Quantity.planned(plan.ramp))") }
        if plan.warmupIsAuto { parts.append("warmup auto") }
        if plan.warmup > 0 { parts.append("warmup \(Quantity.planned(plan.warmup))") }
        if let hold = plan.hold { parts.append("hold \(Quantity.planned(hold))") }
        parts.append("seed \(plan.seed)")
        self.add("", Self.listed(parts))
        if plan.tick == 0 { return }
        let tick = Quantity.planned(plan.tick)
        self.add(
            "",
            "planned starts were batched, once per \(tick) (--tick): up to \(tick) late, which is in response time "
                + "and send lag")
    }

    /// Which machine was measured, if without a network, and the folder of the record.
    mutating func addRecord(_ record: String?, isLoopback: Bool = false) {
        self.addGap()
        if isLoopback { self.add("measured", "this machine, both ends of it, over loopback: no network", .quiet) }
        guard let record else { return self.add("record", "none was written (--no-record)", .quiet) }
        // Never cut or wrapped, so that it can be copied.
        var line = Self.labelled("record")
        line.add(self.foreign(record), .strong)
        self.add(line, isClipped: false)
    }
}
