import Testing

@testable import Report

@Suite struct StyledLineTests {
    @Test("A line knows its width in any ink, and is cut to the columns that it gets")
    func widthAndCut() {
        var line = StyledLine("ab", .strong)
        line.add("cd", .bad, columns: 5, alignsRight: true)
        line.add("日本", columns: 6)
        #expect(line.width == 13)
        #expect(line.rendered(.plain, columns: 80) == "ab   cd日本")
        #expect(line.rendered(.plain, columns: 6) == "ab   …")
        #expect(line.rendered(.plain, columns: 1) == "…")
        #expect(line.rendered(.plain, columns: 0) == "")
    }

    @Test("Every ink that is opened is closed before the next piece")
    func inksAreClosed() {
        var line = StyledLine("a", .good)
        line.add("b")
        line.add("   ", .bad)
        #expect(line.rendered(.colour, columns: 80) == "\u{1B}[32ma\u{1B}[0mb")
    }

    @Test("Moving to a column leaves at least one space")
    func moves() {
        var line = StyledLine("abc")
        line.move(to: 2)
        line.add("d")
        line.move(to: 8)
        line.add("e")
        #expect(line.rendered(.plain, columns: 80) == "abc d   e")
    }
}
