import Testing

@testable import Workload

@Suite("Objectives of steps and over windows")
struct SLOScopeTests {
    private static let p99 = SLO.Objective.percentile(.response, 0.99, 500_000_000)

    @Test(
        "they are read and printed in one way",
        arguments: [
            ("p99<500ms in 99% of 10s windows", "p99 < 500ms in 99% of 10s windows", nil, 0.99, 10),
            ("p99 < 500ms  in 99.5%  of 1m windows", "p99 < 500ms in 99.5% of 1m windows", nil, 0.995, 60),
            ("p99 < 500ms for checkout", "p99 < 500ms for checkout", "checkout", nil, nil),
            ("p99 < 500ms for GET /a?b=c<d", "p99 < 500ms for GET /a?b=c<d", "GET /a?b=c<d", nil, nil),
            (
                "p99 < 500ms for GET / in 100% of 2s windows", "p99 < 500ms for GET / in 100% of 2s windows",
                "GET /", 1, 2
            ),
        ] as [(String, String, String?, Double?, UInt64?)])
    func reads(_ text: String, _ printed: String, _ step: String?, _ share: Double?, _ seconds: UInt64?)
        throws
    {
        let slo = try SLO.parse(text)
        #expect(slo.text == printed && slo.step == step && slo.objective == Self.p99)
        #expect(slo.windows?.share == share && slo.windows?.length == seconds.map { $0 * second })
        #expect(try SLO.parse(slo.text) == slo)
    }

    @Test(
        "what is neither is an error that says how to write it",
        arguments: [
            ("p99 < 1s in", "no share of windows"), ("p99 < 1s in 99% of 10s", "no share of windows"),
            ("p99 < 1s in 99 of 10s windows", "not a percentage"),
            ("p99 < 1s in 0% of 10s windows", "above 0"),
            ("p99 < 1s in 101% of 10s windows", "at most 100%"), ("p99 < 1s in 9% of 10 windows", "no unit"),
            ("p99 < 1s in 9% of 500ms windows", "whole seconds"),
            ("p99 < 1s in 9% of 0 windows", "whole seconds"),
            ("p99 < 1s in 9% of 400d windows", "whole seconds"),
            ("p99 < 1s in 9% of 10s windows now", "no share of windows"),
            ("p99 < 1s for", "needs a step"), ("p99 < 1s for in 9% of 10s windows", "needs a step"),
            ("p99 < 1s for /cart", "`for GET /cart`"), ("p99 < 1s for GET /cart now", "`now` cannot"),
            ("p99 < 1s for a b", "`b` cannot"), ("session p95 < 1s for a", "not a latency of single steps"),
            ("connect max < 1s for a", "not a latency of single steps"),
            ("held = asked for a", "about all users"),
            ("held = asked in 9% of 10s windows", "about all users"), ("for a", "empty"),
            ("p99 for a", "compares"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try SLO.parse(text) } throws: { "\($0)".contains(fragment) }
    }

    @Test("a step is found by its name, else by method and path, with or without the target's path")
    func steps() throws {
        var profile = Profile(
            name: "n", target: TargetURL(scheme: .http, host: "h", port: 80, path: "/api/"),
            session: [
                Step(path: "/api/a"), Step(path: "/api/b", name: "cart"),
                Step(method: "POST", path: "/api/a"),
                Step(path: "/api/a", name: "again"),
            ])
        for (words, indices) in [
            ("", [0, 1, 2, 3]), (" for cart", [1]), (" for GET /a", [0, 3]), (" for GET /api/a", [0, 3]),
            (" for POST /a", [2]), (" for again", [3]), (" for PUT /a", []), (" for crat", []),
        ] {
            let slo = try SLO.parse("p99 < 1s" + words)
            #expect(profile.steps(of: slo) == indices, "\(words)")
            profile.slo = [slo, slo]
            let named = words.isEmpty ? [] : indices
            #expect(profile.recordedSteps.map(\.index) == [0, 1, 2, 3], "every step is recorded apart")
            #expect(profile.recordedSteps.filter { !$0.words.isEmpty }.map(\.index) == named, "\(words)")
            #expect(profile.recordedSteps.allSatisfy { $0.words.isEmpty || $0.words == [slo.step] }, "\(words)")
            #expect(profile.validate().isEmpty != indices.isEmpty, "\(words)")
        }
    }

    @Test("a session of one step is its step; of a long one those that objectives name come before the first ones")
    func recorded() throws {
        let target = TargetURL(scheme: .http, host: "h", port: 80, path: "/")
        var one = Profile(name: "n", target: target, session: [Step(path: "/a", repeatCount: 10, name: "a")])
        #expect(one.recordedSteps.isEmpty)
        one.slo = [try SLO.parse("p99 < 1s for a")]
        #expect(one.recordedSteps.map(\.index) == [0])
        var long = Profile(name: "n", target: target, session: (0..<100).map { Step(path: "/\($0)", name: "s\($0)") })
        #expect(long.recordedSteps.map(\.index) == Array(0..<64))
        long.slo = [try SLO.parse("p99 < 1s for s98")]
        #expect(long.recordedSteps.map(\.index) == Array(0..<63) + [98])
        #expect(long.validate().isEmpty)
        long.slo = try (0..<65).map { try SLO.parse("p99 < 1s for s\($0)") }
        #expect(long.validate().contains { $0.message.contains("65 steps") || $0.message.contains("more than") })
    }

    private func evidence(_ value: UInt64?, errors: Double? = 0) -> SLO.Evidence {
        SLO.Evidence(
            count: { _ in value == nil ? 0 : 10_000 }, value: { _, _ in value ?? 0 },
            maximum: { _ in value ?? 0 },
            mean: { _ in 0 }, errorFraction: errors, asked: 0, established: 0, lowestHeld: 0)
    }

    private func tally(_ windows: [SLO.Evidence], of slo: SLO) -> SLO.WindowTally {
        windows.reduce(into: SLO.WindowTally()) { $0.add($1, of: slo) }
    }

    @Test("windows are judged each by itself, and their share is what is compared")
    func windows() throws {
        let slo = try SLO.parse("p99 < 500ms in 99% of 10s windows")
        let good = evidence(499_999_999)
        let bad = evidence(500_000_000)
        func judge(_ good: Int, _ rest: [SLO.Evidence]) -> SLO.Verdict {
            slo.judge(self.tally(Array(repeating: self.evidence(1), count: good) + rest, of: slo))
        }
        #expect(
            judge(99, [bad])
                == SLO.Verdict(
                    text: slo.text, met: true, measured: .fraction(0.99),
                    windows: SLO.WindowTally(held: 99, count: 100)))
        #expect(judge(98, [bad, bad]).met == false && judge(98, [bad]).met == false)
        #expect(judge(0, [good]).met && !judge(0, [bad]).met)
        // A window without a sample shows nothing, nor does a hold without a window.
        #expect(judge(98, [evidence(nil), bad]).met == false)
        let none = SLO.Verdict(text: slo.text, met: false, measured: nil, windows: SLO.WindowTally())
        #expect(judge(0, []) == none)
        let errors = try SLO.parse("errors < 1% in 50% of 1s windows")
        #expect(errors.judge(tally([evidence(1, errors: 0.5), evidence(1, errors: 0.005)], of: errors)).met)
        #expect(!errors.judge(tally([evidence(1, errors: 0.5), evidence(1, errors: nil)], of: errors)).met)
    }

    @Test("what was not measured of a step or of windows is not met; a whole hold is no window")
    func unmeasured() throws {
        let objectives = try ["p99 < 1s", "p99 < 1s for cart", "p99 < 1s in 9% of 10s windows"].map(SLO.parse)
        #expect(SLO.judge(objectives, by: evidence(1)).map(\.met) == [true, false, false])
        #expect(objectives[2].judge(evidence(1)).met == false)
        let all = SLO.judge(
            objectives, by: evidence(1), steps: { $0 == "cart" ? evidence(1) : nil },
            windows: { $0.windows?.length == 10 * second ? SLO.WindowTally(held: 1, count: 1) : nil })
        #expect(all.map(\.met) == [true, true, true])
        // Windows cannot be judged against an objective without them.
        #expect(objectives[0].judge(SLO.WindowTally(held: 1, count: 1)).met == false)
    }
}
