import Fleet
import Testing
import Units

/// The load of a record as a curve.
@Suite struct LearnedTrafficTests {
    private static let rows = """
        start,end,phase,requests_started,other
        0,1000000000,ramp,500,x
        1000000000,2000000000,hold,10,x
        2000000000,3000000000,hold,40,x
        3000000000,3500000000,hold,10,x

        """

    @Test("The intervals of the hold are spread over a day, as rates")
    func spread() throws {
        let curve = try LearnedTraffic.parse(Array(Self.rows.utf8), file: "intervals.csv")
        #expect(curve == (try TrafficCurve.learned([10, 40, 20], every: .seconds(1))))
        #expect(curve.intervals?.count == 3 && curve.intervals?.length == .seconds(1))
    }

    @Test("A row that was cut at the end of a killed run is left out; another is an error with its line")
    func cut() throws {
        let cut = Self.rows + "3500000000,45"
        let curve = try LearnedTraffic.parse(Array(cut.utf8), file: "intervals.csv")
        #expect(curve == (try TrafficCurve.learned([10, 40, 20], every: .seconds(1))))
        let broken = Self.rows.replacing("hold,40", with: "hold,-40")
        let error = #expect(throws: ParseError.self) { try LearnedTraffic.parse(Array(broken.utf8), file: "f.csv") }
        #expect(error?.message.contains("line 4") == true)
    }

    @Test("Another file is no record", arguments: ["", "time,value\n06:00,5\n", "start,end,phase,requests_started\n"])
    func others(text: String) {
        #expect(throws: ParseError.self) { try LearnedTraffic.parse(Array(text.utf8), file: "f.csv") }
    }
}
