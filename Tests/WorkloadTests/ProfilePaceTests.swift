import Testing

@testable import Workload

@Suite("The load of a session")
struct ProfilePaceTests {
    private static let second: UInt64 = 1_000_000_000

    private func profile(_ steps: [Step], _ cycle: Cycle = .none) -> Profile {
        var load = Load()
        load.cycle = cycle
        let target = TargetURL(scheme: .http, host: "h", port: 80, path: "/")
        return Profile(name: "n", target: target, session: steps, load: load)
    }

    private func step(_ count: Int, _ pause: Pause = .none, _ path: String = "/x") -> Step {
        Step(path: path, repeatCount: count, pause: pause)
    }

    @Test("pauses alone give the largest number of requests: as if answers took no time")
    func mostRequests() throws {
        let s = Self.second
        let cases: [(Profile, Double?)] = [
            (profile([step(10)]), nil),
            (profile([step(10, .every(.constant(2 * s)))]), 50),
            (profile([step(10, .think(.constant(2 * s)))]), 100 * 10 / 18.0),
            (profile([step(1, .think(.constant(2 * s)))]), nil),
            (profile([step(1)], .between(.constant(5 * s))), 20),
            (profile([step(4, .think(.exponential(2 * s))), step(1)], .between(.uniform(s, 3 * s))), 50),
            (profile([step(2, .every(.constant(s))), step(2, .every(.constant(s)))], .between(.constant(s))), 100),
        ]
        for (profile, most) in cases {
            let found = profile.mostRequestsPerSecond(ofUsers: 100)
            #expect(found.map { ($0 * 1e6).rounded() } == most.map { ($0 * 1e6).rounded() }, "\(profile.paceText)")
        }
    }

    @Test("the pace is printed in words, and as a rate if the plan fixes it")
    func paces() {
        let s = Self.second
        let every = Pause.every(.constant(43_200_000_000))
        let cases: [(Profile, String, Double?)] = [
            (profile([step(10)]), "back to back", nil),
            (profile([step(10, every)]), "every 43.2s", 1 / 43.2),
            (profile([step(10, every)], .every(.constant(432 * s))), "every 43.2s", 10 / 432.0),
            (
                profile([step(10)], .every(.constant(432 * s))), "sessions every 432s, back to back inside",
                10 / 432.0
            ),
            (
                profile([step(10, .every(.constant(s)))], .every(.constant(60 * s))),
                "sessions every 1m, every 1s inside", 10 / 60.0
            ),
            (profile([step(10, .think(.constant(2 * s)))]), "think 2s", nil),
            (profile([step(10, .think(.exponential(2 * s)))]), "think exponential 2s", nil),
            (profile([step(2, .every(.uniform(s, 3 * s)))]), "every 1s to 3s", 0.5),
            (profile([step(3)], .between(.constant(5 * s))), "sessions 5s apart, back to back inside", nil),
            (profile([step(1)], .between(.constant(5 * s))), "think 5s", nil),
            (profile([step(1)], .every(.constant(2 * s))), "every 2s", 0.5),
            (
                profile([step(1, .every(.constant(s))), step(2, .every(.constant(2 * s)))]),
                "every 1s and every 2s",
                3 / 5.0
            ),
            (profile([step(2, .think(.constant(s))), step(1)]), "think 1s and back to back", nil),
            // The pause after a session's last request does not happen.
            (profile([step(1, .think(.constant(s)))]), "back to back", nil),
            (profile([step(2), step(1, .think(.constant(s)))]), "back to back", nil),
        ]
        for (profile, text, rate) in cases {
            #expect(profile.paceText == text)
            let planned = profile.plannedRequestsPerSecondPerUser
            #expect((planned == nil) == (rate == nil), "\(text)")
            if let planned, let rate { #expect(abs(planned - rate) < 1e-12, "\(text)") }
        }
    }

    @Test("requests of a session are added up without overflow")
    func requests() {
        #expect(profile([step(10), step(5)]).requestsPerSession == 15)
        #expect(profile([step(1_000_000)]).requestsPerSession == 1_000_000)
        #expect(profile([step(1_000_000), step(1)]).requestsPerSession == nil)
        #expect(profile([step(.max), step(.max)]).requestsPerSession == nil)
        #expect(profile([step(-1)]).requestsPerSession == nil)
        #expect(profile([]).requestsPerSession == 0)
        #expect(profile([]).plannedRequestsPerSecondPerUser == nil)
    }

    @Test("a session is printed as its steps")
    func sessionText() {
        #expect(profile([step(10, .none, "/asset/50k")]).sessionText == "10 × GET /asset/50k")
        #expect(
            profile([step(1), Step(method: "POST", path: "/b", repeatCount: 2)]).sessionText
                == "GET /x, 2 × POST /b")
        let many = profile(Array(repeating: step(1), count: 6)).sessionText
        #expect(many == "GET /x, GET /x, GET /x, GET /x, 2 more steps")
    }

    @Test("a bare URL makes 50 users, 10 s and 10 GETs, and has no flaw")
    func forURL() throws {
        for (text, name) in [
            ("http://[::1]:8080/a?b=c", "--1"), ("http://shop.example.com", "shop.example.com"),
        ] {
            let profile = Profile.forURL(try TargetURL.parse(text))
            #expect(profile.name == name)
            #expect(
                profile.load.users == 50 && profile.load.hold == 10 * Self.second && !profile.load.holdGiven)
            #expect(profile.session == [Step(path: profile.target.path, repeatCount: 10)])
            #expect(profile.validate() == [])
        }
        let long = "http://" + String(repeating: "a.", count: 100) + "de"
        #expect(Profile.forURL(try TargetURL.parse(long)).validate() == [])
    }
}
