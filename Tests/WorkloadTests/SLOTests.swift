import Testing

@testable import Workload
import Units

@Suite("Objectives")
struct SLOTests {
    @Test(
        "an objective is read and printed in one way",
        arguments: [
            ("p99 < 500ms", "p99 < 500ms", .percentile(.response, 0.99, 500_000_000)),
            ("p99.9<1s", "p99.9 < 1s", .percentile(.response, 0.999, 1_000_000_000)),
            ("  session   p95 < 5000ms ", "session p95 < 5s", .percentile(.session, 0.95, 5_000_000_000)),
            ("service mean < 10ms", "service mean < 10ms", .mean(.service, 10_000_000)),
            ("response p50.0 < 1us", "response p50 < 1us", .percentile(.response, 0.5, 1_000)),
            ("max < 2s", "max < 2s", .maximum(.response, 2_000_000_000)),
            ("connect max < 1m30s", "connect max < 1m30s", .maximum(.connect, 90_000_000_000)),
            ("errors < 0.1%", "errors < 0.1%", .errors(0.001)),
            ("resent<1%", "resent < 1%", .resent(0.01)),
            ("held = asked", "held = asked", .heldEqualsAsked),
            ("held=asked", "held = asked", .heldEqualsAsked),
            ("connections = asked", "connections = asked", .connectionsEqualAsked),
            ("resent<0.1%", "resent < 0.1%", .resent(0.001)),
            ("rate > 1000/s", "rate > 1000/s", .rate(1_000)), ("rate>2.50 req/s", "rate > 2.5/s", .rate(2.5)),
            ("throughput > 1 Gbps", "throughput > 1Gbps", .throughput(1e9)),
            ("throughput > 0.5Mbps", "throughput > 0.5Mbps", .throughput(5e5)),
            ("rate > 5/s in 50% of 2s windows", "rate > 5/s in 50% of 2s windows", .rate(5)),
        ] as [(String, String, SLO.Objective)])
    func reads(_ text: String, _ printed: String, _ objective: SLO.Objective) throws {
        let slo = try SLO.parse(text)
        // `response` is a latency's default; it stays where it was written.
        #expect(slo.text == printed)
        #expect(slo.objective == objective)
        #expect(try SLO.parse(slo.text) == slo)
    }

    @Test(
        "a text that is no objective is an error that explains how to write it",
        arguments: [
            ("", "empty"), ("p99 <= 500ms", "write `<`"), ("p99 > 1s", "write `<`"),
            ("p99 = 1s", "write `<`"),
            ("p99 500ms", "compares nothing"), ("p99 <", "needs one value"), ("< 1s", "says not what"),
            ("p99 < 500", "no unit"), ("p99 < 0", "out of range"), ("p99 < 366d", "out of range"),
            ("p99 < 1s 2s", "needs one value"), ("p100 < 1s", "no percentile"), ("p0 < 1s", "no percentile"),
            ("p101 < 1s", "no percentile"), ("p < 1s", "nothing an objective"),
            ("pnan < 1s", "nothing an objective"),
            ("mena < 1s", "did you mean `mean`?"), ("erors < 1%", "did you mean `errors`?"),
            ("sesion p99 < 1s", "did you mean `session`?"), ("response < 1s", "write such as `response p99"),
            ("errors < 0%", "above 0"), ("errors < 101%", "at most 100%"),
            ("resent < 0%", "above 0"), ("service resent < 1%", "for all requests"),
            ("resend < 1%", "did you mean `resent`?"),
            ("resent > 1%", "upper limit"), ("errors < 0.001", "percentage"),
            ("service errors < 1%", "for all requests"), ("held > asked", "always `held = asked`"),
            ("held = 2000", "always `held = asked`"), ("heldd = asked", "write `<`"),
            ("step login p99 < 1s", "named at the end"), ("/login p99 < 1s", "named at the end"),
            ("a b p99 < 1s", "no latency"),
            ("rate < 1000/s", "lower limit"), ("rate > 1000", "no rate of requests"), ("rate > /s", "no limit"),
            ("rate > 0/s", "above 0"), ("rate > 1/s 2/s", "no rate"), ("rate >", "lower limit"),
            ("service rate > 1/s", "lower limit"), ("rate > 10sessions/s", "no rate of requests"),
            ("throughput > 1GB", "no unit"), ("throughput > 1gbps", "did you mean `Gbps`?"),
            ("throughput = 1Gbps", "lower limit"), ("throughput > 5", "no unit"),
            ("rate > 1/s for GET /", "drop `for`"), ("resent < 1% for GET /", "drop `for`"),
            ("resent > 1%", "write `<`"), ("resent < 0%", "above 0"), ("connections > asked", "always"),
            ("connections = asked for GET /", "all connections"), ("rate > 1/s > 2/s", "lower limit"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try SLO.parse(text) } throws: { ($0 as? ParseError)?.message.contains(fragment) == true }
    }

    @Test("a long objective is refused, control characters are shown as numbers")
    func messages() {
        #expect { try SLO.parse(String(repeating: "p", count: 300)) } throws: {
            "\($0)".contains("at most 200")
        }
        #expect { try SLO.parse("p99 < \u{1B}[2J") } throws: { "\($0)".contains("\\u{1b}") }
        #expect { try SLO.parse("\u{1B}[2J < 1s") } throws: { "\($0)".contains("\\u{1b}") }
    }

    @Test("few errors, few requests sent again and held = asked apply unless an objective names them")
    func effective() throws {
        func effective(_ given: [String], connections: Bool = false, users: Bool = true) throws -> [String] {
            SLO.effective(try given.map(SLO.parse), holdsUsers: users, holdsConnections: connections).map(\.text)
        }
        #expect(try effective([]) == ["errors < 0.1%", "resent < 0.1%", "held = asked"])
        #expect(try effective([], users: false) == ["errors < 0.1%", "resent < 0.1%"])
        #expect(
            try effective([], connections: true)
                == ["errors < 0.1%", "resent < 0.1%", "held = asked", "connections = asked"])
        #expect(
            try effective(["p99 < 1s", "p99 < 1s"]) == ["p99 < 1s", "errors < 0.1%", "resent < 0.1%", "held = asked"])
        #expect(
            try effective(["held = asked", "resent < 5%", "p99 < 1s"])
                == ["held = asked", "resent < 5%", "p99 < 1s", "errors < 0.1%"])
        #expect(try effective(["errors < 5% for GET /a"], users: false) == ["errors < 5% for GET /a", "resent < 0.1%"])
        #expect(try effective(["errors < 5% in 9% of 1s windows"], users: false).count == 2)
    }
}
