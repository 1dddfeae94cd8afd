import Engine
import Measure
import Numerics
import Target
import Testing
import Workload

extension EngineLoads {
    /// A load does what its plan says: no more, no less, and the same again.
    @Suite struct PlanTests {
        private static let millisecond: UInt64 = 1_000_000

        @Test(
            "A constant plan makes users times hold by pace requests, including those that came too late",
            arguments: [1, 2])
        func constantPlan(threads: Int) throws {
            try Loads.withTarget { server in
                let session = [
                    Step(path: "/bytes/100", repeatCount: 10, pause: .every(.constant(25 * Self.millisecond)))
                ]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 40
                    $0.hold = 500 * Self.millisecond
                }
                let load = try Loads.run(profile, threads: threads)
                load.expectExactAccounts("a constant plan")
                let hold = load.run.hold.counters
                #expect(hold.requestsStarted + hold.neverStarted == 40 * 20)
                // Only requests due in the last instants, or behind a late answer, can be missing.
                #expect(hold.neverStarted <= 40)
            }
        }

        @Test("On a tick nothing planned is lost or starts early, and most starts wait for the tick")
        func tick() throws {
            try Loads.withTarget { server in
                let session = [
                    Step(path: "/bytes/100", repeatCount: 10, pause: .every(.constant(25 * Self.millisecond)))
                ]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 40
                    $0.hold = 500 * Self.millisecond
                    $0.tick = 10 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a plan on a tick")
                let hold = load.run.hold
                #expect(hold.counters.requestsStarted + hold.counters.neverStarted == 40 * 20)
                #expect(hold.counters.neverStarted <= 40)
                // Requests are due at any point of a tick, so half of them wait for 5 ms or more, and a busy machine
                // adds to that.
                #expect(hold.succeeded[Metric.sendLag.rawValue].value(atPercentile: 60) > 4 * Self.millisecond)
            }
        }

        @Test("On a tick that ends after the stop, what arrives before the stop still starts")
        func lastTick() throws {
            try Loads.withTarget { server in
                let plan = try ArrivalPlan.constant(200)
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/100")]) {
                    $0.open = OpenLoad(plan: plan)
                    $0.hold = 495 * Self.millisecond
                    $0.holdGiven = true
                    $0.tick = 10 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("arrivals on a tick")
                // Every 5 ms from the beginning: the last of them come after the last tick.
                #expect((98...100).contains(load.run.hold.counters.sessionsStarted))
                #expect(load.run.hold.counters.neverStarted == 0)
            }
        }

        @Test("A plan of sessions makes users times hold by pace sessions, give or take one per user")
        func sessionPlan() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(
                    port: server.port, session: [Step(path: "/bytes/100", repeatCount: 3)]
                ) {
                    $0.users = 30
                    $0.cycle = .every(.constant(50 * Self.millisecond))
                    $0.hold = 520 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a plan of sessions")
                let hold = load.run.hold.counters
                #expect(hold.sessionsStarted + hold.neverStarted >= 30 * 10)
                #expect(hold.sessionsStarted <= 30 * 11)
                #expect(hold.sessionsStarted >= 30 * 9)
            }
        }

        @Test("If a server is slower than the pace, planned requests stay unstarted, and each is counted")
        func slowerThanThePlan() throws {
            try Loads.withTarget({ $0.serviceTime = .constant(100_000_000) }) { server in
                let session = [Step(path: "/bytes/100", pause: .every(.constant(20 * Self.millisecond)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 5
                    $0.hold = 1_000 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("slower than the plan")
                let hold = load.run.hold.counters
                #expect(hold.requestsStarted + hold.neverStarted == 5 * 50)
                #expect(hold.neverStarted > 5 * 35)
                // The last request that started was due by the plan long before it was sent.
                #expect(load.run.hold.succeeded[Metric.response.rawValue].maximum > 700 * Self.millisecond)
                #expect(
                    load.run.hold.succeeded[Metric.service.rawValue].value(atPercentile: 50) < 300
                        * Self.millisecond)
            }
        }

        /// Requests that users with these gaps have due in the hold, if all start at 0.
        private func planned(_ gap: Gap, users: Int, hold: UInt64, seed: UInt64) -> UInt64 {
            var count: UInt64 = 0
            for user in 0..<users {
                var random = RandomGenerator(seed: seed, stream: UInt64(user))
                var due: UInt64 = 0
                while due < hold {
                    count += 1
                    due += gap.draw(using: &random)
                }
            }
            return count
        }

        @Test(
            "The seed alone decides what is due: not the threads, not the server",
            arguments: [
                Gap.exponential(20_000_000), .uniform(1_000_000, 60_000_000),
            ], [1, 2])
        func seeds(_ gap: Gap, threads: Int) throws {
            let hold: UInt64 = 400_000_000
            var counts: [UInt64] = []
            for seed: UInt64 in [1, 2] {
                try Loads.withTarget { server in
                    let session = [Step(path: "/bytes/100", repeatCount: 1_000_000, pause: .every(gap))]
                    let profile = try Loads.profile(port: server.port, session: session) {
                        $0.users = 20
                        $0.sessions = 20
                        $0.start = .cold
                        $0.seed = seed
                        $0.hold = hold
                        $0.holdGiven = true
                    }
                    let load = try Loads.run(profile, threads: threads)
                    load.expectExactAccounts("a seeded plan")
                    let total = load.total.requestsStarted + load.total.neverStarted
                    #expect(total == self.planned(gap, users: 20, hold: hold, seed: seed))
                    counts.append(total)
                }
            }
            #expect(Set(counts).count == 2)
        }

        @Test("A random plan keeps its rate from the first second")
        func stationaryRate() throws {
            try Loads.withTarget { server in
                let session = [
                    Step(
                        path: "/bytes/100", repeatCount: 5, pause: .every(.exponential(40 * Self.millisecond))
                    )
                ]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 40
                    $0.hold = 1_000 * Self.millisecond
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("an exponential plan")
                // 1,000 expected; 32 is one standard deviation of a Poisson count.
                let count = load.run.hold.counters.requestsStarted + load.run.hold.counters.neverStarted
                #expect(count > 1_000 - 4 * 32 && count < 1_000 + 4 * 32)
            }
        }
    }
}
