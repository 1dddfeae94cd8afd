import Foundation
import Measure
import Record
import Report
import TestSupport
import Testing
import Units

@Suite struct SummaryTests {
    private func text(
        _ summary: RunRecord, form: Summary.Form = .page, columns: Int = 80, style: TerminalStyle = .plain,
        record: String? = "results/20260101T000000Z-x"
    ) -> String {
        Summary.text(
            summary, record: record, form: form, columns: columns, style: style, redactor: Fabricated.redactor)
    }

    @Test("Every kind of run is summed up on one page as a person last saw it", arguments: Fabricated.pages.map(\.name))
    func pages(name: String) throws {
        let summary = try #require(Fabricated.pages.first { $0.name == name }?.summary)
        try Golden.expect(self.text(summary), matches: "summary-\(name).txt")
    }

    @Test("A page in colour is as a person last saw it")
    func colours() throws {
        for (name, summary) in Fabricated.pages where ["healthy", "troubled", "unknown"].contains(name) {
            try Golden.expect(self.text(summary, style: .colour), matches: "summary-\(name)-colour.txt")
        }
    }

    @Test("The whole form has every table and reason, as a person last saw it")
    func whole() throws {
        let runs = [
            ("healthy", Fabricated.healthy()), ("troubled", Fabricated.troubled()), ("open", Fabricated.open()),
            ("objectives", Fabricated.withObjectives()), ("judged", Fabricated.judged()),
            ("limited", Fabricated.limited()), ("unknown", Fabricated.unknown()), ("shared", Fabricated.shared()),
        ]
        for (name, summary) in runs {
            try Golden.expect(self.text(summary, form: .whole), matches: "summary-\(name)-whole.txt")
        }
    }

    @Test("The page of every kind of run fits a screen of 80 x 24, with and without a record")
    func fitsOneScreen() {
        for (name, summary) in Fabricated.pages {
            for record in ["results/20260101T000000Z-x", nil] {
                let lines = self.text(summary, record: record).split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.last == "")
                // One line is left for the shell's prompt.
                // The verdict is one line, which a terminal may show in two rows.
                let rows = lines.dropLast().reduce(0) { $0 + (TerminalText.width(String($1)) + 79) / 80 }
                #expect(rows <= 23, "\(name)")
                for line in lines.dropLast(2) { #expect(TerminalText.width(String(line)) <= 80, "\(name): \(line)") }
            }
        }
    }

    @Test("The last line is the verdict with its exit code, at every width and in both forms")
    func verdictIsLast() throws {
        for (name, summary) in Fabricated.pages {
            let verdict = try #require(summary.verdict)
            let expected = "\(verdict.word.word)  \(verdict.sentence) · exit \(verdict.exit.rawValue)"
            for columns in [40, 60, 80, 200] {
                for form in [Summary.Form.page, .whole] {
                    let text = self.text(summary, form: form, columns: columns)
                    #expect(text.hasSuffix("\n\(expected)\n"), "\(name) at \(columns)")
                }
            }
        }
    }

    @Test("If not all objectives fit the page, failed ones come first and the others are counted")
    func manyObjectives() {
        let text = self.text(Fabricated.withManyObjectives())
        let words = text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        let verdicts = words.filter { ["PASS", "FAIL", "UNKNOWN"].contains($0) }
        #expect(verdicts.prefix(4) == ["FAIL", "FAIL", "UNKNOWN", "PASS"])
        #expect(text.contains("objectives more: PASS"))
        let whole = self.text(Fabricated.withManyObjectives(), form: .whole)
        #expect(whole.components(separatedBy: "\n  PASS ").count == 33)
    }

    @Test("The validity of claims is on no page, and the whole form has each of its reasons once")
    func validityIsEvidence() {
        let page = self.text(Fabricated.limited())
        for word in ["INVALID", "SUSPECT", "VALID"] { #expect(!page.contains(word)) }
        let whole = self.text(Fabricated.limited(), form: .whole)
        #expect(whole.components(separatedBy: "Throughput limited by the generator").count == 2)
        #expect(whole.contains("throughput INVALID"))
    }

    @Test("A value with a large part of the generator's is marked, with its lower bound below; unended requests count")
    func bounds() throws {
        let text = self.text(Fabricated.unknown())
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let response = try #require(lines.first { $0.first == "response" })
        #expect(response.filter { $0.hasPrefix("≤") }.count >= 3)
        #expect(response.suffix(2).first?.hasPrefix("≥") == true)
        #expect(lines.contains { $0.starts(with: ["at", "least"]) })
        #expect(text.contains("5 requests had not ended: counted with their age"))
        #expect(!self.text(Fabricated.healthy()).contains("at least"))
    }

    @Test("Advice fits the machine: it gives the timers' figures, and does not suggest threads or a lower load")
    func adviceFitsTheMachine() {
        let late = self.text(Fabricated.unknown())
        let words = late.split { " \n".contains($0) }.joined(separator: " ")
        #expect(words.contains("a plain timer beside the load was late by 40.1 µs at p50, 1.03 ms at p99"))
        #expect(words.contains("--spin") && !words.contains("threads") && !words.contains("lower load"))
        #expect(!self.text(Fabricated.healthy()).contains("timer"))
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
        for (name, summary) in [("troubled", Fabricated.troubled()), ("unknown", Fabricated.unknown())] {
            try Golden.expect(self.text(summary, columns: columns), matches: "summary-\(name)-\(columns).txt")
        }
    }

    /// Words with a digit in them, in their order.
    private func numbers(_ text: String) -> [String] {
        text.split { " \n()".contains($0) }.map(String.init).filter { $0.contains(where: \.isNumber) }
    }

    @Test("At no width is a number cut: a narrow terminal shows numbers of the wide one, except columns left out")
    func noNumberIsCut() {
        for var summary in [Fabricated.healthy(), Fabricated.troubled()] {
            // Texts from elsewhere may be cut anywhere, and have none of headroom's numbers.
            summary.outcome.examples = []
            summary.outcome.redirectExample = nil
            let wide = Set(self.numbers(self.text(summary, form: .whole)))
            for columns in Array(40...80) + [120, 200] {
                let text = self.text(summary, form: .whole, columns: columns)
                for text in [text, self.text(summary, columns: columns)] {
                    // The verdict stays one line.
                    for line in text.split(separator: "\n").dropLast() {
                        #expect(TerminalText.width(String(line)) <= min(columns, 80), "\(columns): \(line)")
                    }
                }
                // The columns left out are named, followed by a comma.
                let unknown = self.numbers(text).filter { !wide.contains($0) && !wide.contains(String($0.dropLast())) }
                #expect(unknown.isEmpty, "\(columns): \(unknown)")
                if columns >= 80 { #expect(text == self.text(summary, form: .whole)) }
            }
        }
    }

    @Test("The largest possible numbers are whole at any width")
    func largestNumbers() {
        var summary = Fabricated.troubled()
        let most = UInt64.max / 2
        summary.hold.counters.requestsOK = most
        summary.total.requestsOK = most
        summary.total.errors[Int(ErrorClass.status.rawValue)] = most
        summary.plan.usersAsked = most
        let whole = Quantity.count(most)
        for form in [Summary.Form.page, .whole] {
            let expected = self.text(summary, form: form, columns: 200).components(separatedBy: whole).count
            #expect(expected > 3)
            for columns in Array(40...80) + [120, 200] {
                let text = self.text(summary, form: form, columns: columns)
                #expect(text.components(separatedBy: whole).count == expected, "\(columns)")
            }
        }
    }

    @Test("If planned starts were batched on a tick, the pace shows that")
    func tick() {
        var summary = Fabricated.healthy()
        #expect(!self.text(summary, form: .whole).contains("batched"))
        summary.plan.tick = 1_000_000
        #expect(self.text(summary, form: .whole).contains("planned starts were batched, once per 1 ms (--tick)"))
    }

    @Test("No line is wider than 80 columns, whatever the names and answers are")
    func staysWithinEightyColumns() {
        var summary = Fabricated.troubled()
        summary.plan.name = String(repeating: "日本", count: 60)
        summary.plan.url = "http://example.com/" + String(repeating: "long/", count: 60)
        summary.plan.session = String(repeating: "GET /a ", count: 40)
        summary.outcome.examples[0].detail = String(repeating: "x", count: 4_000)
        summary.slo[0].text = String(repeating: "p99 ", count: 50)
        summary.total.requestsOK = .max / 2
        summary.hold.counters.receivedSocket = .max
        for form in [Summary.Form.page, .whole] {
            let lines = self.text(summary, form: form).split(separator: "\n", omittingEmptySubsequences: false)
            // Before the verdict, which is one line, and the end of the last.
            for line in lines.dropLast(2) { #expect(TerminalText.width(String(line)) <= 80, "\(line)") }
        }
    }

    @Test("An endless text takes a few lines and shows that it was cut")
    func longTextsAreCut() {
        var summary = Fabricated.healthy()
        summary.plan.session = String(repeating: "GET /a, ", count: 500)
        let lines = self.text(summary, form: .whole).split(separator: "\n")
        #expect(lines.filter { $0.contains("GET /a") }.count == 5)
        #expect(lines.contains { $0.hasSuffix("…") })
    }

    @Test("The path of the record is printed whole, however long")
    func recordIsNotCut() {
        let path = "results/" + String(repeating: "deep/", count: 40) + "end"
        #expect(self.text(Fabricated.healthy(), record: path).contains(path))
    }

    @Test("The addresses of a record cannot steer a terminal")
    func foreignAddresses() {
        for counts in [[1, 0], [1, 2]] as [[UInt64]] {
            var summary = Fabricated.healthy()
            summary.outcome.addresses = counts.enumerated().map {
                AddressCount(address: "\u{1B}[2J\u{1B}]0;x\u{7}\($0):80", connections: $1, requests: $1)
            }
            for form in [Summary.Form.page, .whole] {
                let text = self.text(summary, form: form)
                #expect(!text.contains("\u{1B}") && !text.contains("\u{7}") && text.contains("[2J"), "\(text)")
            }
        }
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
        let lines = self.text(Fabricated.healthy(), form: .whole).split(separator: "\n")
        let connect = try #require(lines.first { $0.hasPrefix("  connect") })
        let cells = connect.split(separator: " ", omittingEmptySubsequences: true)
        // 40 samples: ten lie beyond p75, so only p50 is shown.
        #expect(cells.filter { $0 == "-" }.count == 4)
    }

    @Test("The shares of addresses take one line of the page at any width, and long names are counted")
    func addresses() throws {
        func line(_ summary: RunRecord, columns: Int = 80) throws -> String {
            let lines = self.text(summary, columns: columns).split(separator: "\n").map(String.init)
            let found = lines.filter { $0.hasPrefix("  addresses ") }
            let next = try #require(lines.firstIndex { $0.hasPrefix("  addresses ") }) + 1
            #expect(found.count == 1 && !lines[next].hasPrefix("            "), "\(lines)")
            return try #require(found.first)
        }
        let long = (1...3).map { "[2001:db8:85a3:1234:5678:8a2e:370:733\($0)]:443" }
        for columns in [60, 80, 120] {
            for names in [Fabricated.servers(2), Fabricated.servers(200), long] {
                #expect(TerminalText.width(try line(Fabricated.addressed(names), columns: columns)) <= columns)
            }
        }
        var idle = Fabricated.addressed(Fabricated.servers(2))
        for index in idle.outcome.addresses.indices { idle.outcome.addresses[index].requests = 0 }
        #expect(try line(idle).contains("203.0.113.100 50 % · 203.0.113.101 50 % · [::1] 0 % of connections"))
        // With several ports, the ports distinguish the addresses.
        idle.outcome.addresses = [8080, 8081].map { AddressCount(address: "10.0.0.1:\($0)", connections: 1, requests: 1) }
        #expect(try line(idle).contains("10.0.0.1:8080 50 % · 10.0.0.1:8081 50 % of requests"))
        idle.outcome.addresses = [1, 100_000].map { AddressCount(address: "10.0.0.\($0):80", connections: 1, requests: $0) }
        #expect(try line(idle).contains("10.0.0.1 <1 % · 10.0.0.100000 >99 %"))
    }

    @Test("The server's bytes never reach the terminal raw")
    func serverBytesAreEscaped() {
        let text = self.text(Fabricated.troubled(), form: .whole)
        #expect(self.text(Fabricated.troubled()).unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        #expect(text.contains("\\x1b]0;owned\\x07\\x1b[2J"))
    }
}
