import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct LiveViewTests {
    private func view(rows: UInt64, errors: UInt64 = 0, style: TerminalStyle = .plain) -> LiveView {
        var view = LiveView(plan: Fabricated.plan(), style: style, redactor: Fabricated.redactor)
        for index in 0..<rows { view.append(Fabricated.row(index, errors: index % 3 == 0 ? errors : 0)) }
        return view
    }

    private func moment(_ seconds: UInt64, planned: UInt64? = 65) -> LiveView.Moment {
        LiveView.Moment(
            elapsed: seconds * Fabricated.second, planned: planned.map { $0 * Fabricated.second },
            phase: .hold)
    }

    @Test("A frame is what a person last saw", arguments: [(80, 24), (40, 6), (120, 40), (80, 8), (200, 11)])
    func golden(columns: Int, rows: Int) throws {
        var view = self.view(rows: 31, errors: 2, style: .colour)
        let frame = view.frame(self.moment(31), columns: columns, rows: rows)
        let screen = Terminal(columns: columns, rows: rows)
        screen.write(frame)
        try Golden.expect(screen.text, matches: "live-\(columns)x\(rows).txt")
        try Golden.expect(frame, matches: "live-\(columns)x\(rows).ansi")
    }

    @Test("A frame of an open load shows sessions due and users in session")
    func open() throws {
        var view = LiveView(plan: Fabricated.open().plan, style: .plain, redactor: Fabricated.redactor)
        for index in 0..<UInt64(20) {
            var row = Fabricated.row(index)
            row.sessionsDue = 33
            row.usersHeld = Held(lowest: 2, highest: 9, area: 4e9, duration: Fabricated.second)
            view.append(row)
        }
        let screen = Terminal(columns: 80, rows: 24)
        screen.write(view.frame(self.moment(20), columns: 80, rows: 24))
        try Golden.expect(screen.text, matches: "live-open.txt")
    }

    @Test("No frame is taller or wider than its terminal, down to the smallest one")
    func fits() {
        for columns in 20...130 {
            for rows in [2, 3, 4, 5, 6, 9, 12, 24, 50] {
                var view = self.view(rows: 70, errors: 3)
                let frame = String(
                    decoding: view.frame(self.moment(64), columns: columns, rows: rows), as: UTF8.self)
                let lines = Terminal.withoutSequences(frame).split(
                    separator: "\r\n", omittingEmptySubsequences: false)
                #expect(lines.count < max(rows, 3))
                for line in lines {
                    #expect(
                        TerminalText.width(String(line.drop { $0 == "\r" })) < columns,
                        "\(columns)x\(rows): \(line)")
                }
            }
        }
    }

    @Test("From 40 columns on no number is cut, however large the load is: it is shown whole or not at all")
    func noNumberIsCut() {
        var plan = Fabricated.plan()
        plan.usersAsked = 10_000_000
        var row = Fabricated.row(1, errors: 7_654_321)
        row.usersHeld = Held(lowest: 9_999_999, highest: 10_000_000, area: 1e16, duration: Fabricated.second)
        row.counters.requestsOK = 12_345_678
        row.counters.receivedSocket = 15_400_000_000
        row.counters.sentSocket = 1_234_000_000
        row.responseP99 = 1_234_000_000_000
        row.responseMaximum = 1_235_000_000_000
        for columns in 40...200 {
            for rows in [6, 24] {
                var view = LiveView(plan: plan, style: .plain, redactor: Fabricated.redactor)
                view.append(row)
                view.append(row)
                let frame = String(
                    decoding: view.frame(self.moment(31), columns: columns, rows: rows), as: UTF8.self)
                #expect(!frame.contains("…"), "\(columns)x\(rows): \(frame)")
            }
        }
    }

    @Test("Frames are drawn over each other: the lines above stay, and no frame is drawn twice")
    func redrawsInPlace() {
        var view = self.view(rows: 5)
        let screen = Terminal(columns: 80, rows: 30)
        screen.write(Array("$ headroom demo\r\n".utf8))
        screen.write(view.frame(self.moment(5), columns: 80, rows: 30))
        let first = screen.text
        for index in 5..<UInt64(20) {
            view.append(Fabricated.row(index))
            screen.write(view.frame(self.moment(index), columns: 80, rows: 30))
        }
        let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "$ headroom demo")
        #expect(lines.filter { $0.contains("headroom  seed-paced") }.count == 1)
        #expect(lines.count == first.split(separator: "\n", omittingEmptySubsequences: false).count)
        screen.write(view.end(columns: 80))
        #expect(screen.text == "$ headroom demo")
    }

    @Test("A terminal that became narrower is cleared of the lines that it wrapped")
    func survivesANarrowerTerminal() {
        var view = self.view(rows: 5)
        let screen = Terminal(columns: 100, rows: 40)
        screen.write(Array("$ above\r\n".utf8))
        screen.write(view.frame(self.moment(5), columns: 100, rows: 40))
        screen.reflow(columns: 50)
        screen.write(view.frame(self.moment(6), columns: 50, rows: 40))
        let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "$ above")
        #expect(lines.filter { $0.hasPrefix("hold") }.count == 1)
    }

    @Test("The screen is never cleared as a whole: each line is overwritten and its rest cleared")
    func doesNotFlicker() {
        var view = self.view(rows: 5)
        _ = view.frame(self.moment(5), columns: 80, rows: 24)
        let frame = String(decoding: view.frame(self.moment(6), columns: 80, rows: 24), as: UTF8.self)
        #expect(!frame.contains("\u{1B}[2J"))
        #expect(frame.hasSuffix("\u{1B}[J"))
        #expect(frame.split(separator: "\u{1B}[J").count == 1)
    }

    @Test("A run with a number of sessions shows the share of sessions done")
    func sessionsAsProgress() {
        var plan = Fabricated.plan()
        plan.sessions = 40
        var view = LiveView(plan: plan, style: .plain, redactor: Fabricated.redactor)
        for index in 0..<UInt64(5) { view.append(Fabricated.row(index)) }
        let frame = String(
            decoding: view.frame(self.moment(5, planned: nil), columns: 80, rows: 24), as: UTF8.self)
        #expect(frame.contains(" 50 %"))
    }

    @Test("The first frame, before any second is over, has dashes for unknown values")
    func beforeTheFirstSecond() throws {
        var view = self.view(rows: 0)
        let screen = Terminal(columns: 80, rows: 24)
        screen.write(
            view.frame(
                LiveView.Moment(elapsed: 0, planned: 65 * Fabricated.second, phase: .ramp), columns: 80,
                rows: 24))
        try Golden.expect(screen.text, matches: "live-first.txt")
    }

    @Test("The cursor is hidden at the beginning and shown at the end")
    func cursor() {
        var view = self.view(rows: 1)
        #expect(String(decoding: LiveView.begin(), as: UTF8.self) == "\u{1B}[?25l")
        #expect(String(decoding: view.end(columns: 80), as: UTF8.self).hasSuffix("\u{1B}[?25h"))
    }
}
