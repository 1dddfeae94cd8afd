import Testing

@testable import Workload

@Suite("Impossible values, from flags as from files")
struct ProfileValidationTests {
    private func flaws(_ change: (inout Profile) -> Void) -> [String] {
        let target = TargetURL(scheme: .http, host: "h", port: 80, path: "/")
        var profile = Profile(name: "n", target: target, session: [Step(path: "/")])
        #expect(profile.validate() == [])
        change(&profile)
        return profile.validate().map(\.description)
    }

    @Test("each is named by its path of keys")
    func each() {
        let cases: [((inout Profile) -> Void, String)] = [
            ({ $0.name = "" }, "name: "), ({ $0.name = "../x" }, "name: "), ({ $0.name = ".." }, "name: "),
            ({ $0.name = String(repeating: "a", count: 65) }, "name: "), ({ $0.name = "a\nb" }, "name: "),
            ({ $0.session = [] }, "session: "),
            ({ $0.session = Array(repeating: Step(path: "/"), count: 1_001) }, "session: 1001 steps"),
            ({ $0.session = Array(repeating: Step(path: "/", repeatCount: 600_000), count: 2) }, "session: "),
            ({ $0.session[0].repeatCount = 0 }, "session[0].repeat: "),
            ({ $0.session[0].repeatCount = .min }, "session[0].repeat: "),
            ({ $0.session[0].method = "GE T" }, "session[0].method: "),
            ({ $0.session[0].path = "/a b" }, "session[0].path: "),
            ({ $0.session[0].headers = [HeaderField(name: "A", value: "\n")] }, "session[0].headers: "),
            ({ $0.session[0].pause = .every(.constant(0)) }, "session[0].every: "),
            ({ $0.session[0].pause = .think(.uniform(2_000, 1_000)) }, "session[0].think: "),
            ({ $0.session[0].pause = .think(.exponential(0)) }, "session[0].think: "),
            ({ $0.session[0].pause = .every(.constant(.max)) }, "session[0].every: "),
            ({ $0.session[0].expectStatus = 100 }, "session[0].expect.status: "),
            (
                {
                    $0.session[0].method = "HEAD"; $0.session[0].expectBytes = 1
                }, "session[0].expect.bytes: "
            ),
            (
                {
                    $0.session[0].method = "TRACE"; $0.session[0].body = [1]
                }, "session[0].body: "
            ),
            ({ $0.session[0].body = Array(repeating: 0, count: (16 << 20) + 1) }, "session[0].body: "),
            ({ $0.load.users = 0 }, "load.users: "), ({ $0.load.users = .min }, "load.users: "),
            ({ $0.load.users = 10_000_001 }, "load.users: "), ({ $0.load.hold = 0 }, "load.hold: "),
            ({ $0.load.ramp = .max }, "load.ramp: "), ({ $0.load.warmup = .max }, "load.warmup: "),
            ({ $0.load.sessions = 0 }, "load.sessions: 0 sessions"),
            ({ $0.load.sessions = 49 }, "load.sessions: 49 sessions in all for 50 users"),
            ({ $0.load.cycle = .every(.constant(0)) }, "load.every: "),
            ({ $0.http2.window = 1 }, "target.http2: "),
            (
                {
                    $0.http = .h2c; $0.http2.window = 1 << 31
                }, "target.http2.window: "
            ),
            (
                {
                    $0.http = .h2c; $0.http2.connectionWindow = 65_534
                }, "target.http2.connection_window: "
            ),
            (
                {
                    $0.http = .h2c; $0.http2.frame = 16_383
                }, "target.http2.frame: "
            ),
            ({ $0.load.silence = 0 }, "load.idle: "), ({ $0.load.silence = .max }, "load.idle: "),
            (
                {
                    $0.load.silence = 20_000_000_000; $0.load.holdGiven = true
                }, "load.hold: "
            ),
            (
                {
                    $0.load.silence = 1_000; $0.load.connection = .perRequest
                }, "load.connection: "
            ),
            (
                {
                    $0.load.isStorm = true; $0.load.ramp = 1
                }, "load.ramp: "
            ),
            (
                {
                    $0.load.isStorm = true; $0.load.warmup = 1
                }, "load.warmup: "
            ),
            ({ $0.load.cycle = .between(.exponential(0)) }, "load.between: "),
            ({ $0.timeouts.connect = 0 }, "target.timeouts.connect: "),
            ({ $0.timeouts.firstByte = 0 }, "target.timeouts.first_byte: "),
            ({ $0.timeouts.idle = .max }, "target.timeouts.idle: "),
            ({ $0.timeouts.total = 0 }, "target.timeouts.total: "),
            ({ $0.target.path = "/\r\n" }, "target.url: "),
            ({ $0.slo = Array(repeating: .fewErrors, count: 65) }, "slo: "),
        ]
        for (change, beginning) in cases {
            let found = flaws(change)
            #expect(found.count == 1 && found.first?.hasPrefix(beginning) == true, "\(beginning) in \(found)")
        }
    }

    @Test("a gap below a microsecond can only be a mistake: refused with the least possible gap, and the reason")
    func shortestGap() {
        let least = Gap.shortestNanoseconds
        for (gap, isRefused) in [
            (Gap.constant(1), true), (.constant(least - 1), true), (.constant(least), false),
            (.exponential(least - 1), true), (.exponential(least), false), (.uniform(0, least - 1), true),
            (.uniform(0, least), false), (.uniform(least - 1, 1), true),
        ] {
            let changes: [(inout Profile) -> Void] = [
                { $0.session[0].pause = .every(gap) }, { $0.session[0].pause = .think(gap) },
                { $0.load.cycle = .every(gap) }, { $0.load.cycle = .between(gap) },
            ]
            for change in changes {
                let found = flaws(change)
                #expect(found.count == (isRefused ? 1 : 0), "\(gap): \(found)")
                #expect(found.allSatisfy { $0.contains("below 1us") && $0.contains("microseconds") }, "\(found)")
            }
        }
        #expect(flaws { $0.session[0].pause = .think(.constant(0)) } == [], "no pause at all")
    }

    @Test("a session with a plan longer than its cycle is refused")
    func planLongerThanCycle() {
        let second: UInt64 = 1_000_000_000
        let ten = Step(path: "/", repeatCount: 10, pause: .every(.constant(second)))
        let found = flaws {
            $0.session = [ten]; $0.load.cycle = .every(.constant(9 * second - 1))
        }
        #expect(found.count == 1 && found[0].contains("takes 9s"))
        // The gap after the last request is the cycle's, so 9 s suffice for 10 requests.
        #expect(
            flaws {
                $0.session = [ten]; $0.load.cycle = .every(.constant(9 * second))
            } == [])
    }

    @Test("silent users are judged by what they do, not by the session that they leave out")
    func phases() {
        let minute: UInt64 = 60_000_000_000
        let windowed = SLO(
            text: "w", objective: .percentile(.response, 0.99, 1), windows: .init(share: 0.9, length: 30_000_000_000))
        // A plan makes them ask again, and the hold is as long as the silence.
        #expect(
            flaws {
                $0.load.silence = minute; $0.load.tick = 5_000_000; $0.slo = [windowed]
            } == [])
        #expect(
            flaws {
                $0.load.silence = minute; $0.load.isStorm = true; $0.slo = [windowed]; $0.load.hold = 1_000_000_000
            } == [])
        let long = flaws {
            $0.load.silence = 10 * minute; $0.load.caps.duration = 5 * minute
        }
        #expect(long.count == 1 && long[0].hasPrefix("load.max_duration: "), "\(long)")
        var second = SLO(text: "s", objective: .percentile(.response, 0.99, 1), step: "two")
        let left = flaws {
            $0.session.append(Step(path: "/2", name: "two")); $0.load.silence = minute; $0.slo = [second]
        }
        #expect(left.count == 1 && left[0].hasPrefix("slo[0]: ") && left[0].contains("first step alone"), "\(left)")
        second.step = "tow"
        let wrong = flaws {
            $0.session.append(Step(path: "/2", name: "two")); $0.load.silence = minute; $0.slo = [second]
        }
        #expect(wrong.count == 1 && wrong[0].contains("no step is"), "\(wrong)")
        #expect(flaws { $0.load.tick = 5_000_000 }.count == 1, "nothing is planned without a silence")
    }

    @Test("all flaws are reported at once")
    func together() {
        let found = flaws {
            $0.name = ""; $0.load.users = 0; $0.load.hold = 0; $0.session[0].repeatCount = 0
        }
        #expect(found.count == 4)
    }
}
