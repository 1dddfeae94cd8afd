import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct PlainLineTests {
    @Test("Lines are what a person last saw, and columns stay in their places")
    func golden() throws {
        var text = PlainLine.header(of: Fabricated.plan())
        for index in 0..<UInt64(4) {
            text += PlainLine.text(Fabricated.row(index, phase: index < 2 ? .ramp : .hold), of: Fabricated.plan())
        }
        text += PlainLine.text(Fabricated.row(4_000, errors: 1_234), of: Fabricated.plan())
        var silent = Fabricated.row(12)
        silent.responseMaximum = 0
        silent.counters = Counters()
        text += PlainLine.text(silent, of: Fabricated.plan())
        try Golden.expect(text, matches: "plain-lines.txt")
        let widths = text.split(separator: "\n").map { TerminalText.width(String($0)) }
        #expect(Set(widths).count == 1)
    }

    @Test("Lines of an open load have what was due beside what completed")
    func open() throws {
        var text = PlainLine.header(of: Fabricated.open().plan)
        var row = Fabricated.row(3)
        row.sessionsDue = 34
        row.usersHeld = Held(lowest: 2, highest: 9, area: 4e9, duration: Fabricated.second)
        text += PlainLine.text(row, of: Fabricated.open().plan)
        try Golden.expect(text, matches: "plain-lines-open.txt")
    }

    @Test("A zero-length interval has no rates, and nothing traps")
    func emptyInterval() {
        var row = Fabricated.row(1)
        row.end = row.start
        #expect(PlainLine.text(row, of: Fabricated.plan()).contains(" - "))
        row.end = 0
        #expect(PlainLine.text(row, of: Fabricated.plan()).contains(" - "))
    }
}
