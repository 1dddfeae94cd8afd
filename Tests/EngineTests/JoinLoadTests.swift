import Measure
import Target
import Testing
import Workload

@testable import Engine

extension EngineLoads {
    /// How a load begins, in real runs.
    @Suite struct JoinLoadTests {
        private static let millisecond: UInt64 = 1_000_000

        @Test("Users join over one cycle, at the planned rate, and the hold begins when all are there")
        func atThePace() throws {
            // Served one after the other, 80 ms each: the 10 requests of a second take 0.8 s.
            try Loads.withTarget {
                $0.serviceTime = .constant(80 * Self.millisecond)
                $0.concurrency = 1
            } _: { server in
                let session = [Step(path: "/bytes/10", repeatCount: 5, pause: .every(.constant(1_000 * Self.millisecond)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 10
                    $0.hold = 1_000 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a join")
                load.expectSameAsServer(server, "a join")
                let join = load.rows.filter { $0.phase == .ramp }
                #expect(join.reduce(0) { $0 + $1.counters.requestsStarted } == 10)
                #expect(join.last.map { $0.end } == 1_000 * Self.millisecond)
                let begin = try #require(load.run.holdStart)
                #expect(begin - load.run.startedAt >= 1_000 * Self.millisecond)
                #expect(load.run.outcome.usersHeld.lowestSeen == 10 && load.run.outcome.settleShortfall == 0)
                #expect(load.run.hold.counters.requestsStarted == 10)
                // If all joined at once, they would wait for each other, the last one for 0.8 s.
                #expect(load.run.outside.succeeded[Metric.response.rawValue].value(atPercentile: 50) < 320 * Self.millisecond)
            }
        }

        @Test("Silent users join with at most 64 first requests unanswered")
        func inTurn() throws {
            try Loads.withTarget { server in
                var profile = try Loads.profile(port: server.port, session: [Step(path: "/delay/100/bytes/10")]) {
                    $0.users = 200
                    $0.silence = 1_500 * Self.millisecond
                }
                profile = profile.unfolded()
                let load = try Loads.run(profile, threads: 2)
                load.expectExactAccounts("in turn")
                #expect(load.total.requestsOK == 400 && load.run.outcome.usersHeld.lowestSeen == 200)
                // Four rounds of 100 ms: 64, 64, 64 and 8.
                #expect((load.run.outcome.heldAfter ?? 0) >= 390 * Self.millisecond)
                #expect(server.counts().connectionsAccepted == 200)
            }
        }

        @Test("After a burst the hold waits a whole cycle, however long that is; after a join at the pace at most 10 s")
        func longestWait() {
            let cycle: UInt64 = 43_200 * Self.millisecond
            func wait(_ cycle: UInt64, burst: Double?) -> UInt64 {
                LoadRun.longestWait(after: Join(kind: .spread, length: 400 * Self.millisecond, cycle: cycle, burst: burst))
            }
            #expect(wait(cycle, burst: 108) == cycle)
            #expect(wait(cycle, burst: nil) == 10_000 * Self.millisecond)
            #expect(wait(2_000 * Self.millisecond, burst: nil) == 2_000 * Self.millisecond)
        }

        @Test("The hold does not measure the queue that a short ramp left")
        func burst() throws {
            // 40 requests at once are 0.6 s of work, and each second brings 0.3 s.
            try Loads.withTarget {
                $0.serviceTime = .constant(15 * Self.millisecond)
                $0.concurrency = 1
            } _: { server in
                let session = [Step(path: "/bytes/10", pause: .every(.constant(2_000 * Self.millisecond)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 40
                    $0.rampGiven = true
                    $0.hold = 1_000 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a burst")
                #expect(load.run.outside.succeeded[Metric.response.rawValue].maximum > 500 * Self.millisecond)
                #expect(load.run.hold.succeeded[Metric.response.rawValue].value(atPercentile: 50) < 250 * Self.millisecond)
            }
        }
    }
}
