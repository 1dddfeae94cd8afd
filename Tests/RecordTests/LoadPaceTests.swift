import Measure
import Testing
import Workload

@testable import Record

@Suite("The pace as values")
struct LoadPaceTests {
    private static let second: UInt64 = 1_000_000_000

    /// Every kind of pace that a profile can have.
    private static func profiles() throws -> [Profile] {
        let s = Self.second
        let pauses: [Pause] = [.none, .every(.constant(s)), .every(.exponential(s)), .think(.uniform(s, 2 * s))]
        let cycles: [Cycle] = [.none, .every(.constant(10 * s)), .between(.constant(5 * s))]
        var profiles: [Profile] = []
        for first in pauses {
            for second in [nil] + pauses.map(Optional.some) {
                for cycle in cycles {
                    for isStorm in [false, true] {
                        var load = Load()
                        load.cycle = cycle
                        load.isStorm = isStorm
                        var steps = [Step(path: "/a", repeatCount: second == nil ? 1 : 3, pause: first)]
                        if let second { steps.append(Step(path: "/b", repeatCount: 1, pause: second)) }
                        profiles.append(Self.profile(steps, load))
                    }
                }
            }
        }
        for isStorm in [false, true] {
            var load = Load()
            load.silence = 10 * s
            load.isStorm = isStorm
            profiles.append(Self.profile([Step(path: "/a", repeatCount: 1)], load))
        }
        for process in [ArrivalPlan.Process.even, .poisson] {
            var load = Load()
            load.open = OpenLoad(plan: try .constant(200, process: process))
            profiles.append(Self.profile([Step(path: "/a", repeatCount: 2)], load))
        }
        return profiles
    }

    private static func profile(_ steps: [Step], _ load: Load) -> Profile {
        let target = TargetURL(scheme: .http, host: "h", port: 80, path: "/")
        return Profile(name: "n", target: target, session: steps, load: load)
    }

    @Test("The values that rules need agree with the words of older records, for every kind of pace")
    func agreesWithWords() throws {
        let profiles = try Self.profiles()
        #expect(profiles.count > 100)
        for profile in profiles {
            let pace = RunRecord.Plan(profile: profile, threads: 1, asked: 10).pace
            var older = OlderRecord.pace(profile.paceText, isOpen: profile.load.open != nil)
            (older.requestsPerSecond, older.arrivals) = (pace.requestsPerSecond, pace.arrivals)
            #expect(pace == older, "\(profile.paceText)")
        }
    }

    @Test(
        "By the words of an older record, a load is planned if every request of it is",
        arguments: [
            ("every 1s", true), ("idle 10s", true), ("all at once, idle 10s", true), ("all at once, every 1s", true),
            ("sessions every 10s, every 1s inside", true), ("sessions every 10s, back to back inside", false),
            ("every 1s and think 2s", false), ("think 2s", false), ("back to back", false),
            ("all at once, back to back", false), ("sessions 5s apart, every 1s inside", false),
        ])
    func words(pace: String, isPlanned: Bool) {
        #expect(OlderRecord.pace(pace, isOpen: false).isPlanned == isPlanned)
    }

    @Test("An open load is constant if the words of an older record name one rate")
    func open() {
        for (pace, isConstant) in [
            ("200 sessions/s, constant, back to back inside", true), ("33.3 sessions/s, Poisson", true),
            ("10 to 200 sessions/s over 60s, constant", false), ("trace of 9 sessions over 60s", false),
        ] {
            let found = OlderRecord.pace(pace, isOpen: true)
            #expect(found.isPlanned && found.isConstant == isConstant, "\(pace)")
        }
    }
}
