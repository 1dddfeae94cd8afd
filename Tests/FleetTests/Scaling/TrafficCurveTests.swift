@testable import Fleet
import Testing
import Units

@Suite struct TrafficCurveTests {
    @Test("A curve has a peak of 1, and the peak over its average that was asked for", arguments: [1, 1.5, 2])
    func sine(peakOverAverage: Double) throws {
        let curve = try TrafficCurve.sine(peakOverAverage: peakOverAverage)
        let shares = curve.shares(step: 60, utcOffset: 0)
        #expect(shares.count == 1_440)
        #expect(abs((shares.max() ?? 0) - 1) < 1e-12)
        #expect(shares.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(abs(curve.peakOverAverage - peakOverAverage) < 1e-9)
        #expect(abs(shares.reduce(0, +) / 1_440 * peakOverAverage - 1) < 1e-9)
        #expect(shares[20 * 60] == shares.max())
    }

    @Test("A business day has a peak of 3 times its average, and any smaller one that is asked for")
    func businessDay() throws {
        #expect(abs(try TrafficCurve.businessDay().peakOverAverage - 3) < 1e-9)
        #expect(abs(try TrafficCurve.businessDay(peakOverAverage: 2).peakOverAverage - 2) < 1e-9)
        #expect(TrafficCurve.businessDayLimit > 3.18 && TrafficCurve.businessDayLimit < 3.19)
        #expect(throws: ParseError.self) { try TrafficCurve.businessDay(peakOverAverage: 3.2) }
        #expect(throws: ParseError.self) { try TrafficCurve.sine(peakOverAverage: 2.1) }
        #expect(throws: ParseError.self) { try TrafficCurve.sine(peakOverAverage: .nan) }
    }

    @Test("The WorldCup98-like day has the four statistics of the trace's median day, within 2 %")
    func worldCup() {
        let shares = TrafficCurve.worldcup98.shares(step: 60, utcOffset: 0)
        let mean = shares.reduce(0, +) / 1_440
        let hours = (0..<24).map { hour in shares[hour * 60..<hour * 60 + 60].reduce(0, +) / 60 }
        let growth = shares.indices.map { shares[($0 + 5) % 1_440] / shares[$0] }
        func isNear(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? 0) / expected - 1) < 0.02 }
        #expect(isNear(1 / mean, 1.96))
        #expect(isNear((hours.max() ?? 0) / mean, 1.49))
        #expect(isNear((hours.min() ?? 0) / (hours.max() ?? 1), 0.40))
        #expect(isNear(growth.max(), 1.56))
        #expect(shares.max() == 1)
    }

    @Test("An event rises, lasts and falls on its day alone, and the days before it are flat")
    func event() throws {
        var event = TrafficEvent()
        event.start = .seconds(3_600)
        event.rise = .seconds(600)
        event.hold = .seconds(1_200)
        event.fall = .seconds(600)
        event.height = 10
        let curve = try TrafficCurve.event(event)
        #expect(curve.shares(step: 60, utcOffset: 0).allSatisfy { $0 == 0.1 })
        let day = try #require(curve.eventShares(step: 60))
        #expect(day[60] == 0.1)
        #expect(abs(day[65] - 0.55) < 1e-12)
        #expect(day[70] == 1 && day[90] == 1)
        #expect(abs(day[95] - 0.55) < 1e-12)
        #expect(abs(day[100] - 0.1) < 1e-12 && abs(day[1_439] - 0.1) < 1e-12)
        // 0.1, and 0.9 for half the rise, the peak and half the fall: 1,800 s of 86,400.
        #expect(abs(curve.average - (0.1 + 0.9 * 1_800 / 86_400)) < 1e-12)
        event.start = .seconds(85_000)
        #expect(throws: ParseError.self) { try TrafficCurve.event(event) }
        event.start = .zero
        event.height = 0.5
        #expect(throws: ParseError.self) { try TrafficCurve.event(event) }
    }

    @Test("A region whose clocks are 9 hours ahead peaks 9 hours earlier, and one behind later")
    func timeZones() throws {
        let curve = try TrafficCurve.sine(peakOverAverage: 2)
        #expect(curve.shares(step: 60, utcOffset: 9 * 3_600)[11 * 60] == 1)
        #expect(curve.shares(step: 60, utcOffset: -5 * 3_600)[1 * 60] == 1)
    }

    @Test("A learned curve has its values at equal intervals of a day, as shares of the highest")
    func learned() throws {
        let curve = try TrafficCurve.learned([50, 100, 0, 50], every: .seconds(1))
        let shares = curve.shares(step: 3_600, utcOffset: 0)
        #expect(shares[0] == 0.5 && shares[6] == 1 && shares[12] == 0 && shares[18] == 0.5)
        #expect(shares[3] == 0.75 && shares[21] == 0.5)
        #expect(curve.average == 0.5)
        for values in [[], [0, 0], [1, -1], [1, .nan], [.infinity]] as [[Double]] {
            #expect(throws: ParseError.self) { try TrafficCurve.learned(values, every: .seconds(1)) }
        }
    }

    @Test("A CSV file of seconds or of times of the day is a curve, straight between its rows and over midnight")
    func csv() throws {
        let text = "time,users\n00:00,100\n06:00,300\n\n12:00:00, 200\n"
        let curve = try TrafficCSV.parse(Array(text.utf8), file: "day.csv")
        #expect(curve.days == 1)
        let shares = curve.shares(step: 3_600, utcOffset: 0)
        #expect(abs(shares[0] - 1.0 / 3) < 1e-12 && shares[6] == 1 && abs(shares[3] - 2.0 / 3) < 1e-12)
        #expect(abs(shares[18] - 0.5) < 1e-12)
        let seconds = try TrafficCSV.parse(Array("0,1\n21600,3\n43200,2\n".utf8), file: "day.csv")
        #expect(seconds.shares(step: 60, utcOffset: 0) == curve.shares(step: 60, utcOffset: 0))
        let days = try TrafficCSV.parse(Array("0,1\n90000,2\n".utf8), file: "days.csv")
        #expect(days.days == 2)
        // A row at the end of a day closes it, and begins no other one.
        let closed = try TrafficCSV.parse(Array("0,1\n43200,3\n86400,2\n".utf8), file: "day.csv")
        #expect(closed.days == 1 && abs(closed.average - 4.5 / 6) < 1e-12)
        #expect(abs(closed.shares(step: 3_600, utcOffset: 0)[23] - (2 + 1.0 / 12) / 3) < 1e-12)
    }

    @Test("A wrong row of a CSV file is an error with its line", arguments: [
        ("0,1\n0,2\n", "line 2"), ("0,1\n60\n", "line 2: 1 column"), ("0,1,2\n", "line 1: 3 columns"),
        ("0,-1\n", "line 1"), ("0,1\nsixty,2\n", "line 2"), ("0,nan\n", "line 1"), ("24:00,1\n", "line 1"),
        ("06:60,1\n", "line 1"), ("", "no rows"), ("time,value\n", "no rows"), ("0,0\n60,0\n", "no value above 0"),
        ("0,1\n99999999999,1\n", "366 days"), ("0,1\n" + String(repeating: "1", count: 200) + ",1\n", "line 2: longer"),
    ])
    func wrongCSV(text: String, expected: String) {
        let error = #expect(throws: ParseError.self) { try TrafficCSV.parse(Array(text.utf8), file: "day.csv") }
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test("Bytes of any kind are a curve or an error, and never a trap")
    func anyBytes() {
        for seed in 0..<300 {
            let bytes = (0..<seed).map { index in
                Array(",:0123456789\n\r .-e\u{7f}".utf8)[(seed &* 31 &+ index &* (seed | 1)) % 19]
            }
            _ = try? TrafficCSV.parse(bytes, file: "any.csv")
        }
    }
}
