import Testing

@testable import Units

@Suite("Percentages as words")
struct PercentageTests {
    @Test("a percentage is the nearest Double of its share")
    func percentages() throws {
        #expect(try Percentage.parse("0.1%") == 0.001)
        #expect(try Percentage.parse("100%") == 1)
        #expect(try Percentage.parse("0%") == 0)
        #expect(try Percentage.parse("99.99%") == 0.9999)
        for text in ["", "%", "1", "0.1 %", "-1%", "101%", "1e1%", "nan%", "1%%"] {
            #expect(throws: ParseError.self) { try Percentage.parse(text) }
        }
    }
}
