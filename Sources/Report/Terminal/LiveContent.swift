import Measure
import Record
import Units

/// The lines of a frame of the live view, without position: the most important ones stay on a small terminal.
struct LiveContent {
    let plan: RunRecord.Plan
    let moment: LiveView.Moment
    let history: [IntervalRow]
    let total: Counters
    /// Columns to use.
    let room: Int
    let redactor: Redactor

    /// From this width on there is room for two columns with the longest numbers, and for a table.
    private static let wideFrom = 74
    /// From this number of lines on the wide layout fits with its gaps.
    private static let tallFrom = 11
    /// Where values begin beside their labels.
    private static let indent = 11

    /// At most `limit` lines.
    func lines(limit: Int) -> [StyledLine] {
        let isRoomy = self.room >= Self.wideFrom && limit >= Self.tallFrom
        return Array((isRoomy ? self.wide(limit: limit) : self.compact(limit: limit)).prefix(limit))
    }

    // MARK: Layouts

    private func wide(limit: Int) -> [StyledLine] {
        var lines = [self.title(), self.progress(), StyledLine()]
        lines += self.load() + [StyledLine()] + self.table() + [StyledLine()]
        // Lines that are left go to errors first: one line is always there.
        let classes = self.errorClasses()
        let sparklines = self.sparklines()
        let left = limit - lines.count - 1
        let shown = min(classes.count, max(0, left - sparklines.count - 1), Self.classLimit)
        lines.append(self.errors())
        lines += classes.prefix(shown)
        if left - shown > sparklines.count { lines += [StyledLine()] + sparklines }
        return lines
    }

    /// Most error classes listed below their sum.
    private static let classLimit = 8

    private func compact(limit: Int) -> [StyledLine] {
        let row = self.history.last
        let rates = row.map(RowRates.init)
        var users = StyledLine()
        self.addUsers(to: &users)
        let sessions = RowRates.words(rates?.sessions, Quantity.rate)
        self.addIfRoom([(" · ", .quiet), ("\(sessions) sess/s", .plain)], to: &users)
        var traffic = StyledLine("\(RowRates.words(rates?.requests, Quantity.rate)) req/s")
        let down = RowRates.words(rates?.down, Quantity.bitsPerSecond)
        self.addIfRoom([(" · ", .quiet), ("\(down) down", .plain)], to: &traffic)
        var latency = StyledLine("p50 ", .quiet)
        latency.add(self.latency(row?.responseP50, row))
        self.addIfRoom([(" p99 ", .quiet), (self.latency(row?.responseP99, row), .plain)], to: &latency)
        self.addIfRoom([(" max ", .quiet), (self.latency(row?.responseMaximum, row), .plain)], to: &latency)
        var errors = StyledLine("errors ", .quiet)
        errors.add(Quantity.count(self.total.requestsFailed), self.total.requestsFailed > 0 ? .bad : .plain)
        if let worst = self.total.classesByCount.first {
            self.addIfRoom([(" · mostly \(worst.name)", .quiet)], to: &errors)
        }
        return [self.progress(), users, traffic, latency, errors] + self.sparklines()
    }

    /// Adds these pieces if all of them fit: a number is shown whole or not at all.
    private func addIfRoom(_ pieces: [(text: String, ink: TerminalStyle.Ink)], to line: inout StyledLine) {
        let width = pieces.reduce(0) { $0 + TerminalText.width($1.text) }
        if line.width + width > self.room { return }
        for piece in pieces { line.add(piece.text, piece.ink) }
    }

    // MARK: Lines

    private func title() -> StyledLine {
        var line = StyledLine("headroom", .strong)
        line.add("  \(self.foreign(self.plan.name))")
        line.add("  \(self.foreign(self.plan.url))", .quiet)
        let words = self.foreign(self.plan.pace.text)
        if self.room - line.width > TerminalText.width(words) + 2 {
            line.move(to: self.room - TerminalText.width(words))
            line.add(words, .quiet)
        }
        return line
    }

    /// Phase, bar, share done, elapsed and remaining time.
    private func progress() -> StyledLine {
        var line = StyledLine()
        line.add(self.moment.phase.name, .accent, columns: 7)
        line.add(" ")
        if let end = self.moment.drainEnd {
            self.addWait(until: end, to: &line)
            return line
        }
        let share = self.shareDone()
        let percent = share.map { "\(Int(($0 * 100).rounded(.down))) %" } ?? ""
        let isLong = self.room >= Self.wideFrom
        let time = self.time(isLong: isLong)
        // Leaves room for the longest time, so that the bar keeps its length with every digit.
        let longest = self.moment.planned.map(Quantity.clock) ?? time
        let tail =
            isLong && self.moment.planned != nil
            ? 3 * TerminalText.width(longest) + Self.longTimeWords
            : TerminalText.width(longest) + Self.timeWords
        let bar = min(max(4, self.room - line.width - tail), Self.barLimit)
        let filled = Int(((share ?? 0) * Double(bar)).rounded(.down))
        line.add(String(repeating: "█", count: min(max(filled, 0), bar)), .accent)
        line.add(String(repeating: "░", count: bar - min(max(filled, 0), bar)), .quiet)
        line.add(" ")
        line.add(percent, columns: 5, alignsRight: true)
        line.add("  \(time)", .quiet)
        return line
    }

    /// What a drain waits for, and how long at most.
    private func addWait(until end: UInt64, to line: inout StyledLine) {
        let left = Quantity.clock(end > self.moment.elapsed ? end - self.moment.elapsed : 0)
        line.add("waits for \(Quantity.count(self.history.last?.inFlightAtEnd ?? 0)) in flight")
        self.addIfRoom([(", at most \(left)", .plain)], to: &line)
        self.addIfRoom([(" · Ctrl-C ends it", .quiet)], to: &line)
    }

    /// Columns of the words around the times and of the share done.
    private static let timeWords = 14
    private static let longTimeWords = 20
    /// Columns of the longest bar.
    private static let barLimit = 60

    private func time(isLong: Bool) -> String {
        let elapsed = Quantity.clock(self.moment.elapsed)
        guard let planned = self.moment.planned else { return elapsed }
        let left = Quantity.clock(planned > self.moment.elapsed ? planned - self.moment.elapsed : 0)
        return isLong ? "\(elapsed) of \(Quantity.clock(planned)), \(left) left" : "\(left) left"
    }

    /// Share done by time, or by sessions if these end the run; nil if neither is planned.
    private func shareDone() -> Double? {
        let (done, all): (UInt64, UInt64?) =
            if self.moment.planned != nil {
                (self.moment.elapsed, self.moment.planned)
            } else {
                (self.total.sessionsCompleted &+ self.total.sessionsFailed, self.plan.sessions)
            }
        guard let all, all > 0 else { return nil }
        return min(1, Double(done) / Double(all))
    }

    private func load() -> [StyledLine] {
        let rates = self.history.last.map(RowRates.init)
        let half = max(38, min(self.room / 2, 50))
        var first = self.labelled("users")
        self.addUsers(to: &first)
        first.move(to: half)
        first.add("sessions", .quiet, columns: Self.indent)
        first.add(RowRates.words(rates?.sessions) { "\(Quantity.rate($0))/s" }, .strong)
        if self.plan.isOpen {
            first.add(" of \(RowRates.words(rates?.due) { "\(Quantity.rate($0))/s" }) due", .quiet)
        }
        var second = self.labelled("requests")
        second.add(RowRates.words(rates?.requests) { "\(Quantity.rate($0))/s" }, .strong)
        second.move(to: half)
        second.add("bandwidth", .quiet, columns: Self.indent)
        second.add("↓ \(RowRates.words(rates?.down, Quantity.bitsPerSecond))", .strong)
        second.add("  ↑ \(RowRates.words(rates?.up, Quantity.bitsPerSecond))")
        return [first, second]
    }

    private func addUsers(to line: inout StyledLine) {
        if self.plan.isOpen {
            line.add(Quantity.count(self.history.last?.usersHeld.highest ?? 0), .strong)
            line.add(" in session")
            return
        }
        let held = min(self.history.last?.usersHeldShown ?? 0, self.plan.usersAsked)
        if self.moment.phase == .ramp {
            line.add("joining ", .quiet)
            line.add(Quantity.count(held), .strong)
            line.add(" of \(Quantity.count(self.plan.usersAsked))")
            return
        }
        let isShort = self.moment.phase == .hold && held < self.plan.usersAsked
        line.add(Quantity.count(held), isShort ? .bad : .strong)
        line.add(" of \(Quantity.count(self.plan.usersAsked)) held")
    }

    private func table() -> [StyledLine] {
        let row = self.history.last
        var header = self.labelled("last second")
        for title in ["p50", "p99", "max"] { header.add(title, .quiet, columns: 10, alignsRight: true) }
        self.addGenerator(to: &header)
        var response = self.labelled("response")
        for value in [row?.responseP50, row?.responseP99, row?.responseMaximum] {
            response.add(self.latency(value, row), columns: 10, alignsRight: true)
        }
        var service = self.labelled("service")
        for value in [row?.serviceP50, row?.serviceP99, row?.serviceMaximum] {
            let text = value.map { RowRates.latency($0, of: row?.serviceMaximum ?? 0) } ?? "-"
            service.add(text, columns: 10, alignsRight: true)
        }
        return [header, response, service]
    }

    /// To the right of the table's three columns, on the narrowest terminal with a table.
    private static let generatorColumn = 45
    /// A worker that is busier than this delays what it measures.
    private static let busyFrom = 0.8

    /// The load of our own busiest worker.
    private func addGenerator(to line: inout StyledLine) {
        guard let row = self.history.last, row.workerCPU > 0 else { return }
        line.move(to: max(Self.generatorColumn, min(self.room / 2, 50)))
        line.add(
            "generator CPU \(Quantity.percent(min(1, row.workerCPU)))",
            row.workerCPU >= Self.busyFrom ? .warning : .quiet)
    }

    private func errors() -> StyledLine {
        let failed = self.total.requestsFailed
        var line = self.labelled("errors")
        line.add(Quantity.count(failed), failed > 0 ? .bad : .good)
        guard failed > 0 else { return line }
        let finished = self.total.requestsOK &+ failed
        line.add(" (\(Quantity.percent(Double(failed) / Double(max(1, finished)))) of all so far", .quiet)
        line.add(
            ", \(Quantity.count(self.history.last?.counters.requestsFailed ?? 0)) in the last second)", .quiet
        )
        return line
    }

    private func errorClasses() -> [StyledLine] {
        self.total.classesByCount.map { error in
            var line = self.labelled("")
            line.add(error.name, columns: 17)
            line.add(Quantity.count(self.total.failed(error)), columns: 10, alignsRight: true)
            return line
        }
    }

    /// Columns of the largest value behind a sparkline.
    private static let largestColumns = 14

    private func sparklines() -> [StyledLine] {
        if self.history.count < 2 { return [] }
        let columns = min(LiveView.historyLimit, self.room - Self.indent - Self.largestColumns)
        let rates = self.history.map { RowRates($0).requests }
        let slowest = self.history.map { $0.responseP99 == 0 ? nil : Double($0.responseP99) }
        var first = self.labelled("req/s")
        first.add(Sparkline.text(rates, columns: columns), .accent)
        first.add("  max \(RowRates.words(rates.compactMap { $0 }.max(), Quantity.rate))", .quiet)
        var second = self.labelled("p99")
        second.add(Sparkline.text(slowest, columns: columns), .accent)
        let top = self.history.map { $0.responseP99 }.max() ?? 0
        second.add("  max \(top == 0 ? "-" : Quantity.duration(top))", .quiet)
        return [first, second]
    }

    private func latency(_ value: UInt64?, _ row: IntervalRow?) -> String {
        value.map { RowRates.latency($0, of: row?.responseMaximum ?? 0) } ?? "-"
    }

    private func labelled(_ label: String) -> StyledLine {
        var line = StyledLine()
        line.add(label, .quiet, columns: Self.indent)
        return line
    }

    private func foreign(_ text: String) -> String { TerminalText.sanitised(self.redactor.text(text)) }
}
