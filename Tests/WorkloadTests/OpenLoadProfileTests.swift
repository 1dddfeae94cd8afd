import Foundation
import Testing

@testable import Workload
import Units
import YAML

@Suite("Open loads in a profile")
struct OpenLoadProfileTests {
    private func parse(_ load: String, slo: String = "[]") throws(DocumentErrors) -> Profile {
        let text = """
            version: 1
            name: n
            target: {url: http://h}
            session: [{get: /a, repeat: 9}, {get: /b, name: last}]
            load: \(load)
            slo: \(slo)
            """
        return try Profile.parse(Array(text.utf8), file: "p.yaml") { name throws(ParseError) in
            switch name {
            case "times.csv": return Array("t\n10\n10.5\n12\n".utf8)
            case "rates.csv": return Array("0,100\n1,200\n".utf8)
            default: throw ParseError("no file \(name)")
            }
        }
    }

    @Test("a rate of sessions, or of requests, which are ten to a session here")
    func rates() throws {
        let sessions = try parse("{sessions: 200/s}").load
        #expect(sessions.open == OpenLoad(plan: try ArrivalPlan.constant(200)))
        #expect(sessions.connection == .perSession && sessions.hold == 10 * second && !sessions.holdGiven)
        let requests = try parse(
            "{requests: 2000/s, arrivals: poisson, max_users: 500, connection: per_user, hold: 1m, warmup: 5s}"
        ).load
        let plan = try ArrivalPlan.constant(200, process: .poisson)
        #expect(requests.open == OpenLoad(plan: plan, maxUsers: 500) && requests.connection == .perUser)
        #expect(requests.holdLength == 60 * second && requests.warmup == 5 * second)
        #expect(try parse("{users: 7}").load.connection == .perUser)
    }

    @Test("every kind of stage arrives as written; the hold is the rest of the plan")
    func stages() throws {
        let load = try parse(
            """
            {unit: requests, warmup: 5s, stages: [{rate: 100/s, for: 10s}, {ramp: [0/s, 50.5/s], for: 1m},
              {sine: {mean: 20/s, amplitude: 10/s, period: 6s}, for: 5m},
              {diurnal: {peak: 90/s, trough: 10/s, day: 24h}, for: 12h},
              {spike: {from: 20/s, factor: 2.5, rise: 3s, hold: 2s, fall: 1s}}]}
            """
        ).load
        let expected: [ArrivalStage] = [
            .constant(rate: 10, length: 10 * second), .ramp(from: 0, to: 5.05, length: 60 * second),
            .sine(mean: 2, amplitude: 1, period: 6 * second, length: 300 * second),
            .diurnal(trough: 1, peak: 9, day: 86_400 * second, length: 43_200 * second),
            .spike(from: 2, factor: 2.5, rise: 3 * second, hold: 2 * second, fall: second),
        ]
        #expect(load.open?.plan == (try ArrivalPlan.stages(expected)))
        #expect(load.holdLength == (10 + 60 + 300 + 43_200 + 6 - 5) * second)
    }

    @Test("a trace is read from the profile's folder")
    func traces() throws {
        #expect(
            try parse("{trace: times.csv}").load.open?.plan
                == ArrivalPlan.recorded([0, second / 2, 2 * second]))
        let requests = try parse("{trace: rates.csv, unit: requests, arrivals: poisson}").load.open?.plan
        #expect(requests == (try ArrivalPlan.trace(.rates([10, 20]), process: .poisson)))
        #expect { try parse("{trace: times.csv, unit: requests}") } throws: {
            "\($0)".contains("makes 10 requests")
        }
    }

    @Test("caps, probe, abort rules and an automatic warm-up, in closed loads too")
    func others() throws {
        let load = try parse(
            """
            {users: 5, probe: 5/s, warmup: auto, abort: [errors > 5% for 10s, target_cpu > 95% for 30s],
              max_rate: 5000/s, max_bytes: 10GB, max_duration: 10m}
            """
        ).load
        #expect(load.probe == 5 && load.warmupIsAuto && load.warmup == 0 && load.open == nil)
        #expect(
            load.abort.map(\.text) == [
                "errors > 5% for 10s", "target_cpu > 95% for 30s", "errors > 50% for 10s",
            ])
        #expect(load.caps.rate == 5_000 && load.caps.bytes == 10_000_000_000)
        #expect(load.caps.duration == 600 * second)
        #expect(try parse("{users: 5}").load.abort == [.mostFail] && parse("{abort: []}").load.abort == [])
        #expect(try parse("{sessions: 3/s, warmup: auto}").load.warmupIsAuto)
        // Exactly the cap is no more than the cap, though 2000 was divided by ten and multiplied again.
        #expect(try parse("{requests: 2000/s, max_rate: 2000/s}").load.caps.rate == 2_000)
    }

    @Test("the pace names the plan, and no number of users must be held")
    func words() throws {
        let profile = try parse(
            "{sessions: 200/s}", slo: "[p99 < 1s for last, p99 < 1s in 90% of 5s windows]")
        #expect(profile.paceText == "200 sessions/s, constant, back to back inside")
        #expect(profile.plannedRequestsPerSecondPerUser == nil)
        let always = ["errors < 0.1%", "resent < 0.1%"]
        #expect(profile.effectiveSLO.map(\.text) == ["p99 < 1s for last", "p99 < 1s in 90% of 5s windows"] + always)
        #expect(try parse("{sessions: 1/s}").effectiveSLO.map(\.text) == always)
        var single = try parse("{requests: 5/s, arrivals: poisson}")
        single.session = [Step(path: "/", pause: .every(.constant(second)))]
        #expect(single.paceText == "0.5 sessions/s, Poisson")
        single.session.append(Step(path: "/", pause: .every(.constant(second))))
        #expect(single.paceText == "0.5 sessions/s, Poisson, every 1s inside")
    }

    @Test("each wrong value that flags can set in an open load has its flaw")
    func flaws() throws {
        let changes: [((inout Load) -> Void, String)] = [
            ({ $0.cycle = .every(.constant(second)) }, "load.every"), ({ $0.ramp = second }, "load.ramp"),
            ({ $0.cycle = .between(.constant(second)) }, "load.between"),
            ({ $0.sessions = 100 }, "load.sessions"),
            ({ $0.open?.maxUsers = 0 }, "load.max_users"), ({ $0.caps.rate = .nan }, "load.max_rate"),
            ({ $0.probe = .infinity }, "load.probe"), ({ $0.probe = -1 }, "load.probe"),
            ({ $0.abort = Array(repeating: .mostFail, count: 17) }, "load.abort"),
            ({ $0.warmup = .max }, "load.warmup"),
        ]
        for (change, path) in changes {
            var profile = try parse("{sessions: 200/s}")
            change(&profile.load)
            #expect(profile.validate().map(\.path) == [path])
        }
        var profile = try parse("{trace: times.csv}")
        profile.load.warmup = .max
        profile.load.hold = .max
        profile.load.holdGiven = true
        #expect(profile.validate().map(\.path) == ["load.warmup", "load.hold", "load.hold"])
    }

    @Test(
        "the profiles in profiles/ do what they describe",
        arguments: [
            ("constant-rate", "20 sessions/s, constant, back to back inside", nil, 20.0),
            ("poisson", "20 sessions/s, Poisson, back to back inside", nil, 20),
            (
                "diurnal", "5 to 50 sessions/s by a day of 10m for 10m, Poisson, back to back inside", 16_500,
                50
            ),
            ("spike", "3 stages, 10 to 50 sessions/s over 4m, Poisson, back to back inside", 6_000, 50),
            (
                "black-friday",
                "4 stages, 0 to 60 sessions/s over 10m, Poisson, think exponential 1s and think exponential 2s inside",
                24_000, 60
            ),
        ] as [(String, String, Double?, Double)])
    func files(_ name: String, _ pace: String, _ sessions: Double?, _ highest: Double) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "profiles").path
        let profile = try Profile.load(path: "\(root)/\(name).yaml")
        let plan = try #require(profile.load.open?.plan)
        #expect(profile.name == name && profile.paceText == pace && plan.highestRate == highest)
        #expect((plan.length == nil) == (sessions == nil))
        if let sessions { #expect(abs(plan.expected(until: .max) - sessions) < 1e-6) }
    }
}
