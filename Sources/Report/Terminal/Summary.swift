import Measure

/// The last word of a run on the terminal: what was asked, what was held, and how the server answered.
public enum Summary {
    /// Columns of the widest line; paths that are to be copied may be longer.
    public static let columns = 80
    /// Columns below which it is made as if there were so many.
    static let fewestColumns = 40

    /// The summary for a terminal of so many columns, newline at its end. `record` is the folder that was written,
    /// nil where none was. No number is cut: what does not fit goes to the next line, or its column is left out and
    /// named. No byte of the server reaches the terminal raw, and no secret at all.
    public static func text(
        _ summary: RunSummary, record: String?, columns: Int = Self.columns, style: TerminalStyle, redactor: Redactor
    ) -> String {
        var page = SummaryPage(
            redactor: redactor, columns: min(max(columns, Self.fewestColumns), Self.columns))
        page.addTitle(summary)
        page.addValidity(summary)
        page.addAsked(summary.plan)
        page.addWarmUp(summary.warmUpFound)
        page.addHeld(summary)
        page.addThroughput(summary)
        page.addTarget(summary.target)
        page.addLatency(summary)
        page.addErrors(summary)
        page.addResent(summary)
        page.addObjectives(summary)
        page.addRecord(record)
        return page.lines.map { $0.line.rendered(style, columns: $0.isClipped ? page.columns : .max) + "\n" }
            .joined()
    }
}

/// The page as it grows: labels in the left column, what they name beside them.
struct SummaryPage {
    let redactor: Redactor
    /// Of the widest line.
    let columns: Int
    private(set) var lines: [(line: StyledLine, isClipped: Bool)] = []

    /// Where the text beside the labels begins.
    static let indent = 12
    /// Columns that one text may take, over all of its lines; run.json has all of it.
    static let textLimit = 340
    /// Columns for text beside the labels.
    var room: Int { self.columns - Self.indent }

    init(redactor: Redactor, columns: Int) {
        self.redactor = redactor
        self.columns = columns
    }

    /// Text that others wrote, fit to be shown.
    func foreign(_ text: String) -> String { TerminalText.sanitised(self.redactor.text(text)) }

    mutating func add(_ line: StyledLine, isClipped: Bool = true) { self.lines.append((line, isClipped)) }

    mutating func addGap() { self.add(StyledLine()) }

    /// A line beside a label; an empty label continues the one above.
    mutating func add(_ label: String, _ text: String, _ ink: TerminalStyle.Ink = .plain) {
        for (index, part) in self.wrapped(text).enumerated() {
            var line = Self.labelled(index == 0 ? label : "")
            line.add(part, ink)
            self.add(line)
        }
    }

    /// A text in lines of at most `room` columns (all beside the labels), cut where it takes more than `limit` in all.
    func wrapped(_ text: String, room: Int? = nil, limit: Int = Self.textLimit) -> [String] {
        let room = room ?? self.room
        let most = max(1, (limit + room - 1) / room)
        var parts = TerminalText.wrapped(text, columns: room)
        if parts.count <= most { return parts }
        parts.removeLast(parts.count - most)
        parts[most - 1] = TerminalText.clipped(parts[most - 1] + "…", columns: room)
        return parts
    }

    /// Something that is kept on one line.
    struct Cell {
        let text: String
        let ink: TerminalStyle.Ink
        /// Columns that it is padded to, on its left side where it is a number.
        let columns: Int
        let alignsRight: Bool
        /// Between it and the cell before it on its line.
        let joint: String

        init(
            _ text: String, _ ink: TerminalStyle.Ink = .plain, columns: Int = 0, alignsRight: Bool = false,
            joint: String = ""
        ) {
            self.text = text
            self.ink = ink
            self.columns = columns
            self.alignsRight = alignsRight
            self.joint = joint
        }
    }

    /// Cells beside a label, as many on a line as fit.
    mutating func add(_ label: String, _ cells: [Cell]) { self.flow(Self.labelled(label), cells, indent: Self.indent) }

    /// Cells after what stands on a line, and on more lines below it.
    private mutating func flow(_ begun: StyledLine, _ cells: [Cell], indent: Int) {
        var line = begun
        var isFirst = true
        for cell in cells {
            let width = TerminalText.width(cell.text)
            let joint = isFirst ? "" : cell.joint
            if !isFirst && line.width + TerminalText.width(joint) + width > self.columns {
                self.add(line)
                line = StyledLine(String(repeating: " ", count: indent))
                isFirst = true
            }
            if !isFirst { line.add(joint, .quiet) }
            isFirst = false
            if width <= self.columns - line.width {
                line.add(
                    cell.text, cell.ink, columns: min(cell.columns, self.columns - line.width),
                    alignsRight: cell.alignsRight)
                continue
            }
            // Wider than a line: a text, whose last part stays open for what follows.
            for (index, part) in self.wrapped(cell.text).enumerated() {
                if index > 0 {
                    self.add(line)
                    line = StyledLine(String(repeating: " ", count: indent))
                }
                line.add(part, cell.ink)
            }
        }
        self.add(line)
    }

    static func labelled(_ label: String) -> StyledLine {
        var line = StyledLine("  ")
        line.add(label, .quiet, columns: Self.indent - 2)
        return line
    }

    // MARK: Title, plan, record

    mutating func addTitle(_ summary: RunSummary) {
        let isWhole = summary.state == .complete && summary.stopReason == nil
        let word = summary.state == .complete ? "stopped" : summary.state.rawValue
        self.addGap()
        self.flow(
            StyledLine(),
            [
                Cell("headroom", .strong), Cell(self.foreign(summary.plan.name), joint: "  "),
                Cell(isWhole ? "complete" : word.uppercased(), isWhole ? .good : .warning, joint: "  "),
                Cell("after \(Quantity.clock(summary.duration))", .quiet, joint: " "),
            ], indent: 2)
        if let reason = summary.stopReason { self.add("", self.foreign(reason), .warning) }
        self.addGap()
    }

    mutating func addAsked(_ plan: RunPlan) {
        let what = plan.isOpen ? "open load" : "\(Quantity.count(plan.usersAsked)) users, closed load"
        self.add(
            "asked",
            [
                Cell("\(what),"), Cell("\(self.foreign(plan.pace)),", joint: " "),
                Cell(Self.connectionWords(plan.connection), joint: " "),
            ])
        self.add("", "session: \(self.foreign(plan.session))")
        self.add("", self.foreign(plan.url))
        var parts = ["\(plan.threads) \(plan.threads == 1 ? "thread" : "threads")"]
        if plan.ramp > 0 { parts.append("ramp \(Quantity.planned(plan.ramp))") }
        if let warmup = Self.warmup(plan) { parts.append(warmup) }
        if let hold = plan.hold { parts.append("hold \(Quantity.planned(hold))") }
        if let sessions = plan.sessions { parts.append("\(Quantity.count(sessions)) sessions in all") }
        parts.append("seed \(plan.seed)")
        self.add("", Self.listed(parts))
    }

    /// Parts with a dot between them.
    static func listed(_ parts: [String], _ ink: TerminalStyle.Ink = .plain) -> [Cell] {
        parts.map { Cell($0, ink, joint: " · ") }
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
