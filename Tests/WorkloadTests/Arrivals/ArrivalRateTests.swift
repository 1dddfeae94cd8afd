import Testing

@testable import Workload

@Suite("Rates of arrivals")
struct ArrivalRateTests {
    @Test(
        "a rate names what it counts",
        arguments: [
            ("2000req/s", 2_000, .requests), ("2000 requests/s", 2_000, .requests),
            ("1 request/s", 1, .requests),
            ("200sessions/s", 200, .sessions), ("  200 sessions/s ", 200, .sessions),
            ("0.5 session/s", 0.5, .sessions), ("0req/s", 0, .requests),
        ] as [(String, Double, ArrivalRate.Unit)])
    func reads(_ text: String, _ perSecond: Double, _ unit: ArrivalRate.Unit) throws {
        #expect(try ArrivalRate.parse(text) == ArrivalRate(perSecond: perSecond, unit: unit))
    }

    @Test(
        "a rate without that is an error that explains both",
        arguments: [
            ("2000", "`2000sessions/s`"), ("2000", "`2000req/s`"), ("2000/s", "`2000req/s`"),
            ("200 session", "did you mean `sessions/s`?"), ("200rps", "known here: sessions/s, req/s"),
            ("", "not a rate"), ("-5req/s", "not a rate"), ("nan req/s", "not a rate"),
            ("1e9req/s", "`e9req/s`"),
            ("99999999999999999999req/s", "not a rate"), ("5req/s/s", "no unit"), ("\u{1B}", "\\u{1b}"),
            (String(repeating: "1", count: 65), "not a rate"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try ArrivalRate.parse(text) } throws: { "\($0)".contains(fragment) }
    }

    @Test("requests become sessions if a session has a known number of them")
    func converts() throws {
        let requests = ArrivalRate(perSecond: 2_000, unit: .requests)
        #expect(try requests.sessionsPerSecond(requestsPerSession: 10) == 200)
        #expect(
            try ArrivalRate(perSecond: 7, unit: .sessions).sessionsPerSecond(requestsPerSession: nil) == 7)
        for number in [nil, 0] {
            #expect { try requests.sessionsPerSecond(requestsPerSession: number) } throws: {
                "\($0)".contains("in sessions/s")
            }
        }
    }
}
