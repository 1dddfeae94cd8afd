import Measure
import Target
import Testing
import Workload

@testable import Engine

extension EngineLoads {
    /// What a run gives to its objectives.
    @Suite struct ObjectiveTests {
        private static let millisecond: UInt64 = 1_000_000

        private func load(
            _ server: TargetServer, slo: [String], threads: Int = 1, _ change: (inout Load) -> Void = { _ in }
        ) throws -> FinishedLoad {
            var profile = try Loads.profile(
                port: server.port,
                session: [
                    Step(path: "/bytes/100", repeatCount: 2, pause: .every(.constant(10 * Self.millisecond))),
                    Step(path: "/delay/20", pause: .every(.constant(10 * Self.millisecond))),
                    Step(path: "/status/503", pause: .every(.constant(10 * Self.millisecond)), name: "broken"),
                ]
            ) {
                $0.users = 4
                $0.warmup = 100 * Self.millisecond
                $0.hold = 600 * Self.millisecond
                change(&$0)
            }
            profile.slo = try slo.map(SLO.parse)
            return try Loads.run(profile, threads: threads)
        }

        @Test("each step is recorded apart, in the hold, with its failures", arguments: [1, 2])
        func steps(threads: Int) throws {
            try Loads.withTarget { server in
                let load = try self.load(
                    server, slo: ["p99 < 5s for GET /delay/20", "errors < 1% for broken"], threads: threads)
                load.expectExactAccounts("steps apart")
                let hold = load.run.hold
                #expect(hold.steps.map(\.number) == [1, 2, 3])
                let (slow, broken) = (hold.steps[1], hold.steps[2])
                #expect(slow.response.totalCount > 0)
                #expect(slow.response.totalCount == slow.service.totalCount)
                #expect(slow.response.totalCount == slow.firstByte.totalCount)
                #expect(slow.service.minimum >= 20 * Self.millisecond)
                #expect(slow.failed.isEmpty)
                #expect(broken.response.isEmpty && broken.service.isEmpty && broken.firstByte.isEmpty)
                #expect(broken.failed.totalCount == hold.counters.requestsFailed)
                #expect(slow.response.totalCount < hold.counters.requestsOK)
                #expect(load.run.outside.steps.isEmpty)
                #expect(load.run.outside.counters.requestsOK > 0)
            }
        }

        @Test("requests that never started count among a step's requests that have not ended")
        func neverStarted() throws {
            try Loads.withTarget { server in
                let pause = Pause.every(.constant(50 * Self.millisecond))
                var profile = try Loads.profile(
                    port: server.port,
                    session: [Step(path: "/bytes/100", pause: pause), Step(path: "/silent", pause: pause)]
                ) {
                    $0.users = 1
                    $0.start = .cold
                    $0.hold = 600 * Self.millisecond
                }
                profile.slo = [try SLO.parse("p99 < 100ms for GET /bytes/100")]
                let load = try Loads.run(profile)
                load.expectExactAccounts("a step that blocks the next")
                let hold = load.run.hold
                let unended = hold.steps.map { $0.bounds[0].unended.totalCount }
                // The first step is always answered, so none of its requests are in flight.
                #expect(unended.count == 2 && unended[0] >= 4 && unended[1] >= 4, "\(unended)")
                #expect(hold.counters.neverStarted >= 8)
                #expect(unended.reduce(0, +) == hold.unended(.response)?.totalCount)
            }
        }

        @Test("steps are recorded apart without an objective that names them")
        func unnamed() throws {
            try Loads.withTarget { server in
                let load = try self.load(server, slo: ["p99 < 5s", "errors < 100%"])
                #expect(load.run.hold.steps.map(\.number) == [1, 2, 3])
            }
        }

        private func autoWarmup(_ profile: Profile, longest: Int) throws -> FinishedLoad {
            try Loads.run(profile, before: { $0.warmUp = WarmUpWatch(longest: longest) })
        }

        @Test("an automatic warm-up leads to the hold, closed and open, and the accounts are exact", arguments: [false, true])
        func warmup(isOpen: Bool) throws {
            try Loads.withTarget { server in
                let plan = try ArrivalPlan.constant(200)
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/100")]) {
                    $0.warmupIsAuto = true
                    if isOpen {
                        $0.open = OpenLoad(plan: plan, maxUsers: 50)
                        $0.holdGiven = true
                    } else {
                        $0.users = 4
                    }
                }
                let load = try self.autoWarmup(profile, longest: 1)
                load.expectExactAccounts("automatic warm-up")
                let warm = load.rows.filter { $0.phase == .warmup }
                let found = try #require(load.run.warmUpFound)
                #expect(!found.isSteady)
                #expect(found.length == warm.reduce(0) { $0 + $1.end - $1.start })
                // The second that was judged, and the second in which the decision fell.
                #expect(found.length >= 2_000 * Self.millisecond)
                let hold = load.rows.filter { $0.hold.duration > 0 }
                #expect(hold.reduce(0) { $0 + $1.hold.duration } == 300 * Self.millisecond)
                #expect(hold.first?.start == warm.last?.end)
                #expect(warm.allSatisfy { $0.hold.duration == 0 })
                #expect(load.run.hold.counters.requestsStarted > 0)
                #expect(load.run.outside.counters.requestsStarted > 0)
            }
        }

        @Test("an automatic warm-up leaves half of a plan that ends for the measurement")
        func shortPlan() throws {
            try Loads.withTarget { server in
                let plan = try ArrivalPlan.stages([.constant(rate: 200, length: 3_000 * Self.millisecond)])
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/100")]) {
                    $0.warmupIsAuto = true
                    $0.open = OpenLoad(plan: plan, maxUsers: 50)
                }
                let load = try self.autoWarmup(profile, longest: 100)
                load.expectExactAccounts("a plan of 3 s")
                #expect(load.run.warmUpFound?.isSteady == false)
                let hold = load.rows.reduce(0) { $0 + $1.hold.duration }
                #expect(hold > 0 && hold <= 1_500 * Self.millisecond)
            }
        }
    }
}
