import Foundation
import Measure
import Report
import Testing

@Suite struct SummaryTests {
    private func text(
        _ summary: RunSummary, columns: Int = 80, style: TerminalStyle = .plain,
        record: String? = "results/20260101T000000Z-x"
    ) -> String {
        Summary.text(summary, record: record, columns: columns, style: style, redactor: Fabricated.redactor)
    }

    @Test("A run that went well is summed up as a person last saw it, plain and in colour")
    func healthy() throws {
        try Golden.expect(self.text(Fabricated.healthy()), matches: "summary-healthy.txt")
        try Golden.expect(
            self.text(Fabricated.healthy(), style: .colour), matches: "summary-healthy-colour.txt")
    }

    @Test("An interrupted run with failures is summed up as a person last saw it, plain and in colour")
    func troubled() throws {
        try Golden.expect(self.text(Fabricated.troubled()), matches: "summary-troubled.txt")
        try Golden.expect(
            self.text(Fabricated.troubled(), style: .colour), matches: "summary-troubled-colour.txt")
    }

    @Test("An open load is summed up by its arrivals, not by users held")
    func open() throws {
        try Golden.expect(self.text(Fabricated.open()), matches: "summary-open.txt")
    }

    @Test("A run that was judged says its verdict first, with each reason once")
    func judged() throws {
        try Golden.expect(self.text(Fabricated.judged()), matches: "summary-judged.txt")
        try Golden.expect(self.text(Fabricated.limited()), matches: "summary-limited.txt")
        try Golden.expect(
            self.text(Fabricated.limited(), style: .colour), matches: "summary-limited-colour.txt")
        let lines = self.text(Fabricated.limited()).split(separator: "\n")
        #expect(lines[1].contains("INVALID"))
        #expect(lines.count { $0.contains("limited by the generator") } == 1)
    }

    @Test("Steps and windows that objectives name, and an automatic warm-up, are summed up")
    func objectives() throws {
        try Golden.expect(self.text(Fabricated.withObjectives()), matches: "summary-objectives.txt")
    }

    @Test("A run stopped before its hold says so and shows no rate")
    func withoutHold() throws {
        var summary = RunSummary(
            state: .interrupted, plan: Fabricated.plan(), hold: Window(), outside: Window())
        summary.usersEstablished = 120
        summary.duration = 1_300_000_000
        summary.stopReason = "SIGTERM"
        try Golden.expect(self.text(summary, record: nil), matches: "summary-without-hold.txt")
    }

    @Test("Colour changes nothing but escape sequences")
    func coloursAreOnlyDress() {
        for summary in [Fabricated.healthy(), Fabricated.troubled(), Fabricated.limited()] {
            let coloured = self.text(summary, style: .colour)
            #expect(coloured.contains("\u{1B}["))
            #expect(Terminal.withoutSequences(coloured) == self.text(summary))
        }
    }

    @Test("In a narrow terminal lines are wrapped and columns left out, as a person last saw it", arguments: [40, 60])
    func narrow(columns: Int) throws {
        try Golden.expect(
            self.text(Fabricated.troubled(), columns: columns), matches: "summary-troubled-\(columns).txt")
    }

    /// Words with a digit in them, in their order.
    private func numbers(_ text: String) -> [String] {
        text.split { " \n()".contains($0) }.map(String.init).filter { $0.contains(where: \.isNumber) }
    }

    @Test("At no width is a number cut: what a narrow terminal shows was in the wide one, but for columns left out")
    func noNumberIsCut() {
        for var summary in [Fabricated.healthy(), Fabricated.troubled()] {
            // Foreign texts are cut anywhere: no number of ours.
            summary.examples = []
            let wide = Set(self.numbers(self.text(summary)))
            for columns in 40...200 {
                let text = self.text(summary, columns: columns)
                for line in text.split(separator: "\n") {
                    #expect(TerminalText.width(String(line)) <= min(columns, 80), "\(columns): \(line)")
                }
                // The columns left out are named with a comma behind them.
                let unknown = self.numbers(text).filter { !wide.contains($0) && !wide.contains(String($0.dropLast())) }
                #expect(unknown.isEmpty, "\(columns): \(unknown)")
                if columns >= 80 { #expect(text == self.text(summary)) }
            }
        }
    }

    @Test("The largest numbers there can be are whole at any width")
    func largestNumbers() {
        var summary = Fabricated.troubled()
        let most = UInt64.max / 2
        summary.hold.counters.requestsOK = most
        summary.total.requestsOK = most
        summary.total.errors[Int(ErrorClass.status.rawValue)] = most
        summary.plan.usersAsked = most
        let whole = Quantity.count(most)
        let expected = self.text(summary, columns: 200).components(separatedBy: whole).count
        #expect(expected > 3)
        for columns in 40...200 {
            #expect(self.text(summary, columns: columns).components(separatedBy: whole).count == expected, "\(columns)")
        }
    }

    @Test("Where planned starts were batched on a tick, the pace says so")
    func tick() {
        var summary = Fabricated.healthy()
        #expect(!self.text(summary).contains("batched"))
        summary.plan.tick = 1_000_000
        #expect(self.text(summary).contains("planned starts were batched, once per 1 ms (--tick)"))
    }

    @Test("No line is wider than 80 columns, whatever names and answers are like")
    func staysWithinEightyColumns() {
        var summary = Fabricated.troubled()
        summary.plan.name = String(repeating: "日本", count: 60)
        summary.plan.url = "http://example.com/" + String(repeating: "long/", count: 60)
        summary.plan.session = String(repeating: "GET /a ", count: 40)
        summary.examples[0].detail = String(repeating: "x", count: 4_000)
        summary.slo[0].text = String(repeating: "p99 ", count: 50)
        summary.total.requestsOK = .max / 2
        summary.hold.counters.receivedSocket = .max
        for line in self.text(summary).split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(TerminalText.width(String(line)) <= 80, "\(line)")
        }
    }

    @Test("A text without end takes a few lines and says that it was cut")
    func longTextsAreCut() {
        var summary = Fabricated.healthy()
        summary.plan.session = String(repeating: "GET /a, ", count: 500)
        let lines = self.text(summary).split(separator: "\n")
        #expect(lines.filter { $0.contains("GET /a") }.count == 5)
        #expect(lines.contains { $0.hasSuffix("…") })
    }

    @Test("The path of the record is printed whole, however long")
    func recordIsNotCut() {
        let path = "results/" + String(repeating: "deep/", count: 40) + "end"
        #expect(self.text(Fabricated.healthy(), record: path).contains(path))
    }

    @Test("Loads that wait for answers carry the warning that they hide stalls; planned ones do not")
    func closedLoopHonesty() {
        let warning = "hide stalls"
        for pace in ["back to back", "think 2s", "between 5s"] {
            #expect(self.text(Fabricated.healthy(pace: pace)).contains(warning), "\(pace)")
        }
        #expect(!self.text(Fabricated.healthy(pace: "every 43.2s")).contains(warning))
    }

    @Test("A percentile with fewer than ten samples beyond it is a dash")
    func thinPercentilesAreDashes() throws {
        let lines = self.text(Fabricated.healthy()).split(separator: "\n")
        let connect = try #require(lines.first { $0.hasPrefix("  connect") })
        let cells = connect.split(separator: " ", omittingEmptySubsequences: true)
        // 40 samples: ten lie beyond p75, so only p50 is told.
        #expect(cells.filter { $0 == "-" }.count == 4)
    }

    @Test("Bytes of the server never reach the terminal raw")
    func serverBytesAreEscaped() {
        let text = self.text(Fabricated.troubled())
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        #expect(text.contains("\\x1b]0;owned\\x07\\x1b[2J"))
    }
}
