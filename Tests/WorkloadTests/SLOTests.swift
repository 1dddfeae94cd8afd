import Testing

@testable import Workload

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
        ] as [(String, String, SLO.Objective)])
    func reads(_ text: String, _ printed: String, _ objective: SLO.Objective) throws {
        let slo = try SLO.parse(text)
        // `response` is what a latency is without a word; it stays where it was written.
        #expect(slo.text == printed)
        #expect(slo.objective == objective)
        #expect(try SLO.parse(slo.text) == slo)
    }

    @Test(
        "what is no objective is an error that says how to write it",
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
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try SLO.parse(text) } throws: { ($0 as? WordError)?.message.contains(fragment) == true }
    }

    @Test("a long objective is refused, control characters are shown as numbers")
    func messages() {
        #expect { try SLO.parse(String(repeating: "p", count: 300)) } throws: {
            "\($0)".contains("at most 200")
        }
        #expect { try SLO.parse("p99 < \u{1B}[2J") } throws: { "\($0)".contains("\\u{1b}") }
        #expect { try SLO.parse("\u{1B}[2J < 1s") } throws: { "\($0)".contains("\\u{1b}") }
    }

    @Test("held = asked always holds, errors < 0.1% where nothing is given")
    func effective() throws {
        #expect(SLO.effective([]).map(\.text) == ["errors < 0.1%", "held = asked"])
        let p99 = try SLO.parse("p99 < 1s")
        #expect(SLO.effective([p99, p99]).map(\.text) == ["p99 < 1s", "held = asked"])
        #expect(SLO.effective([.heldEqualsAsked, p99]).map(\.text) == ["held = asked", "p99 < 1s"])
    }

    private func evidence(
        count: UInt64 = 1_000, value: UInt64 = 400, maximum: UInt64 = 900, mean: Double = 99.6,
        errors: Double? = 0, resent: Double? = 0, asked: UInt64 = 10, established: UInt64 = 10, lowest: UInt64 = 10
    ) -> SLO.Evidence {
        SLO.Evidence(
            count: { $0 == .response ? count : 0 }, value: { _, _ in value }, maximum: { _ in maximum },
            mean: { _ in mean }, errorFraction: errors, resentFraction: resent, asked: asked, established: established,
            lowestHeld: lowest)
    }

    private func verdict(_ text: String, _ evidence: SLO.Evidence) throws -> (Bool, SLO.Measured?) {
        let verdict = try SLO.parse(text).judge(evidence)
        #expect(verdict.text == text)
        return (verdict.met, verdict.measured)
    }

    @Test("a latency must lie below its limit, not on it")
    func latencies() throws {
        #expect(try verdict("p99 < 401ns", evidence()) == (true, .nanoseconds(400)))
        #expect(try verdict("p99 < 400ns", evidence()) == (false, .nanoseconds(400)))
        #expect(try verdict("max < 901ns", evidence()) == (true, .nanoseconds(900)))
        #expect(try verdict("max < 900ns", evidence()) == (false, .nanoseconds(900)))
        #expect(try verdict("mean < 100ns", evidence()) == (true, .nanoseconds(100)))
        #expect(try verdict("mean < 99ns", evidence()) == (false, .nanoseconds(100)))
    }

    @Test("a percentile with fewer than ten samples beyond it is judged but not told")
    func support() throws {
        #expect(try verdict("p99 < 1us", evidence(count: 1_000)) == (true, .nanoseconds(400)))
        #expect(try verdict("p99 < 1us", evidence(count: 999)) == (true, nil))
        #expect(try verdict("p90 < 1us", evidence(count: 100)) == (true, .nanoseconds(400)))
        #expect(try verdict("p90 < 1us", evidence(count: 99)) == (true, nil))
        #expect(try verdict("p99.9 < 1us", evidence(count: 10_000)) == (true, .nanoseconds(400)))
        #expect(try verdict("p99.9 < 399ns", evidence(count: 9_999)) == (false, nil))
    }

    @Test("without a sample nothing is met")
    func nothingMeasured() throws {
        for text in ["p99 < 1s", "mean < 1s", "max < 1s", "session p95 < 1s"] {
            #expect(try verdict(text, evidence(count: 0, value: 0, maximum: 0, mean: 0)) == (false, nil))
        }
        #expect(try verdict("errors < 0.1%", evidence(errors: nil)) == (false, nil))
        #expect(try verdict("mean < 1s", evidence(mean: .nan)) == (false, nil))
    }

    @Test("resent requests are a share of those that ended, which may be more than all")
    func resent() throws {
        #expect(try verdict("resent < 0.1%", evidence(resent: 0.0009)) == (true, .fraction(0.0009)))
        #expect(try verdict("resent < 0.1%", evidence(resent: 0.001)) == (false, .fraction(0.001)))
        #expect(try verdict("resent < 100%", evidence(resent: 1.5)) == (false, .fraction(1.5)))
        #expect(try verdict("resent < 0.1%", evidence(resent: nil)) == (false, nil))
        let windows = try SLO.parse("resent < 1% in 50% of 1s windows")
        #expect(windows.text == "resent < 1% in 50% of 1s windows")
        #expect(throws: WordError.self) { try SLO.parse("resent < 1% for GET /a") }
    }

    @Test("errors and held users are counted strictly")
    func errorsAndHeld() throws {
        #expect(try verdict("errors < 0.1%", evidence(errors: 0.0009)) == (true, .fraction(0.0009)))
        #expect(try verdict("errors < 0.1%", evidence(errors: 0.001)) == (false, .fraction(0.001)))
        #expect(try verdict("held = asked", evidence()) == (true, .count(10)))
        #expect(try verdict("held = asked", evidence(lowest: 9)) == (false, .count(9)))
        #expect(try verdict("held = asked", evidence(established: 8, lowest: 9)) == (false, .count(8)))
    }
}
