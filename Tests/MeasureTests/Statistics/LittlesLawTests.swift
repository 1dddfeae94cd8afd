import Measure
import Testing

@Suite("Little's law")
struct LittlesLawTests {
    private func law(area: Double, edges: UInt64 = 0) -> LittlesLaw {
        LittlesLaw(
            inFlightArea: area, residenceSum: 1e12, completions: 1_000, inFlightAtStart: edges,
            inFlightAtEnd: edges)
    }

    @Test("two counts that agree within half a percent hold it, others do not")
    func tolerance() throws {
        #expect(self.law(area: 1e12).difference == 0)
        #expect(self.law(area: 1.0049e12).holds)
        #expect(self.law(area: 0.9951e12).holds)
        #expect(!self.law(area: 1.0051e12).holds)
        #expect(abs(try #require(self.law(area: 0.9e12).difference) - 0.1) < 1e-12)
    }

    @Test("requests across the edges of the window widen it")
    func edges() {
        #expect(self.law(area: 1.02e12, edges: 10).holds)
        #expect(!self.law(area: 1.03e12, edges: 10).holds)
    }

    @Test("where nothing completed there is nothing to compare")
    func nothing() {
        let law = LittlesLaw(
            inFlightArea: 5, residenceSum: 0, completions: 0, inFlightAtStart: 5, inFlightAtEnd: 5)
        #expect(law.difference == nil)
        #expect(law.holds)
    }
}
