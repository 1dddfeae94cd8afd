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
        "a text that is neither is an error that explains how to write it",
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

    @Test("a step is found by its name, otherwise by method and path, with or without the target's path")
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

    @Test("a session of one step is its step; in a long one the steps that objectives name come before the first ones")
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
}
