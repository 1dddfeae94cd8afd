import Measure

/// The last word of a run on the terminal: what was asked, what was held, and how the server answered.
public enum Summary {
    /// Columns of the widest line; paths that are to be copied may be longer.
    public static let columns = 80

    /// The summary, newline at its end. `record` is the folder that was written, nil where none was.
    /// No byte of the server reaches the terminal raw, and no secret at all.
    public static func text(
        _ summary: RunSummary, record: String?, style: TerminalStyle, redactor: Redactor
    ) -> String {
        var page = SummaryPage(redactor: redactor)
        page.addTitle(summary)
        page.addValidity(summary)
        page.addAsked(summary.plan)
        page.addHeld(summary)
        page.addThroughput(summary)
        page.addLatency(summary)
        page.addErrors(summary)
        page.addObjectives(summary)
        page.addRecord(record)
        return page.lines.map { $0.line.rendered(style, columns: $0.isClipped ? Self.columns : .max) + "\n" }
            .joined()
    }
}

/// The page as it grows: labels in the left column, what they name beside them.
struct SummaryPage {
    let redactor: Redactor
    private(set) var lines: [(line: StyledLine, isClipped: Bool)] = []

    /// Where the text beside the labels begins.
    static let indent = 12
    /// Lines that one text may take; run.json has all of it.
    static let wrapLimit = 5
    /// Columns for that text.
    static let room = Summary.columns - SummaryPage.indent

    init(redactor: Redactor) { self.redactor = redactor }

    /// Text that others wrote, fit to be shown.
    func foreign(_ text: String) -> String { TerminalText.sanitised(self.redactor.text(text)) }

    mutating func add(_ line: StyledLine, isClipped: Bool = true) { self.lines.append((line, isClipped)) }

    mutating func addGap() { self.add(StyledLine()) }

    /// A line beside a label; an empty label continues the one above.
    mutating func add(_ label: String, _ text: String, _ ink: TerminalStyle.Ink = .plain) {
        let parts = TerminalText.wrapped(text, columns: Self.room)
        for (index, part) in parts.prefix(Self.wrapLimit).enumerated() {
            var line = Self.labelled(index == 0 ? label : "")
            let isCut = index == Self.wrapLimit - 1 && parts.count > Self.wrapLimit
            line.add(isCut ? TerminalText.clipped(part + "…", columns: Self.room) : part, ink)
            self.add(line)
        }
    }

    static func labelled(_ label: String) -> StyledLine {
        var line = StyledLine("  ")
        line.add(label, .quiet, columns: Self.indent - 2)
        return line
    }

    // MARK: Title, plan, record

    mutating func addTitle(_ summary: RunSummary) {
        var line = StyledLine("headroom", .strong)
        line.add("  \(self.foreign(summary.plan.name))  ")
        let isWhole = summary.state == .complete && summary.stopReason == nil
        let word = summary.state == .complete ? "stopped" : summary.state.rawValue
        line.add(isWhole ? "complete" : word.uppercased(), isWhole ? .good : .warning)
        line.add(" after \(Quantity.clock(summary.duration))", .quiet)
        self.addGap()
        self.add(line)
        if let reason = summary.stopReason { self.add("", self.foreign(reason), .warning) }
        self.addGap()
    }

    mutating func addAsked(_ plan: RunPlan) {
        let pace = self.foreign(plan.pace)
        let what =
            plan.isOpen
            ? "open load, \(pace)" : "\(Quantity.count(plan.usersAsked)) users, \(pace), closed load"
        self.add("asked", "\(what), \(Self.connectionWords(plan.connection))")
        self.add("", "session: \(self.foreign(plan.session))")
        self.add("", self.foreign(plan.url))
        var parts = ["\(plan.threads) \(plan.threads == 1 ? "thread" : "threads")"]
        if plan.ramp > 0 { parts.append("ramp \(Quantity.planned(plan.ramp))") }
        if plan.warmup > 0 { parts.append("warmup \(Quantity.planned(plan.warmup))") }
        if let hold = plan.hold { parts.append("hold \(Quantity.planned(hold))") }
        if let sessions = plan.sessions { parts.append("\(Quantity.count(sessions)) sessions in all") }
        parts.append("seed \(plan.seed)")
        self.add("", parts.joined(separator: " · "))
    }

    mutating func addRecord(_ record: String?) {
        self.addGap()
        guard let record else { return self.add("record", "none was written (--no-record)", .quiet) }
        // Never cut or wrapped: it is there to be copied.
        var line = Self.labelled("record")
        line.add(self.foreign(record), .strong)
        self.add(line, isClipped: false)
    }

    private static func connectionWords(_ connection: String) -> String {
        switch connection {
        case "per_user": "one kept connection per user"
        case "per_session": "a new connection per session"
        case "per_request": "a new connection per request"
        default: TerminalText.sanitised(connection)
        }
    }
}
