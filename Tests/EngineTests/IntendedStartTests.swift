import Engine
import Measure
import Target
import Testing
import Workload

extension EngineLoads {
    /// Accuracy test T1 at a tenth of its length: a stall shows in a closed, paced load as in an open one.
    @Suite struct IntendedStartTests {
        private static let millisecond: UInt64 = 1_000_000
        /// The server freezes 200 ms of each second.
        private static let stall = Stall(duration: 200 * millisecond, period: 1_000 * millisecond)

        private func run(users: Int, every: UInt64) throws -> FinishedLoad {
            try Loads.withTarget({ $0.stall = Self.stall }) { server in
                let session = [Step(path: "/bytes/1000", repeatCount: 10, pause: .every(.constant(every)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = users
                    $0.hold = 4_000 * Self.millisecond
                }
                return try Loads.run(profile)
            }
        }

        /// The formula: Q(p) = S - (1 - p)·T for a server that catches up at once.
        private func expectStall(
            _ response: Histogram, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            for (percentile, expected): (Double, UInt64) in [(90, 100), (95, 150), (99, 190)] {
                let measured = response.value(atPercentile: percentile)
                // Below: half of an arrival's gap and the 2 ms that T1 allows. Above: what a busy machine adds.
                #expect(
                    measured >= (expected - 7) * Self.millisecond, comment, sourceLocation: sourceLocation)
                #expect(
                    measured <= (expected + 30) * Self.millisecond, comment, sourceLocation: sourceLocation)
            }
            let mean = response.mean / Double(Self.millisecond)
            #expect(mean > 18 && mean < 32, "S²/2T is 20 ms", sourceLocation: sourceLocation)
        }

        @Test("A stall shows in the response times of many paced users as the formula says")
        func manyUsers() throws {
            let load = try self.run(users: 40, every: 200 * Self.millisecond)
            load.expectExactAccounts("40 users every 200 ms")
            let hold = load.run.hold
            #expect(hold.counters.requestsStarted + hold.counters.neverStarted == 800)
            self.expectStall(hold.succeeded[Metric.response.rawValue], "40 users")
            #expect(hold.succeeded[Metric.sendLag.rawValue].value(atPercentile: 50) < 2 * Self.millisecond)
        }

        @Test("One user that waits for each answer shows the same stall, and its service times hide it")
        func oneUser() throws {
            let load = try self.run(users: 1, every: 5 * Self.millisecond)
            load.expectExactAccounts("1 user every 5 ms")
            let hold = load.run.hold
            #expect(hold.counters.requestsStarted + hold.counters.neverStarted == 800)
            self.expectStall(hold.succeeded[Metric.response.rawValue], "1 user")
            // One request in 200 meets each stall. A tool that stops its clock while it waits would print this.
            #expect(hold.succeeded[Metric.service.rawValue].value(atPercentile: 99) < 30 * Self.millisecond)
            #expect(hold.succeeded[Metric.service.rawValue].maximum > 150 * Self.millisecond)
            // The wait for the connection is in the send lag, so the two add up to the response.
            #expect(hold.succeeded[Metric.sendLag.rawValue].value(atPercentile: 99) > 150 * Self.millisecond)
        }

        /// A user with a request due every 50 ms and every other answer after 300 ms. Its heap entry waits for its next
        /// start, which passes before the answer comes.
        private func slow(timeout: UInt64) throws -> FinishedLoad {
            try Loads.withTarget { server in
                var timeouts = Timeouts()
                timeouts.total = timeout
                let session = ["/bytes/10", "/delay/300/bytes/10"].map {
                    Step(path: $0, pause: .every(.constant(50 * Self.millisecond)))
                }
                let profile = try Loads.profile(port: server.port, session: session, timeouts: timeouts) {
                    $0.users = 1
                    $0.hold = 1_500 * Self.millisecond
                    $0.caps.duration = 4_000 * Self.millisecond
                }
                return try Loads.run(profile)
            }
        }

        @Test("A worker sleeps while it waits for answers that come after the next start")
        func answersAfterNextStart() throws {
            let load = try self.slow(timeout: 10_000 * Self.millisecond)
            load.expectExactAccounts("answers after the next start")
            #expect(load.total.requestsFailed == 0)
            #expect(load.total.requestsOK >= 4 && load.total.requestsOK <= 28)
            #expect(load.run.hold.succeeded[Metric.service.rawValue].maximum >= 300 * Self.millisecond)
            // A wake-up each 20 ms, and a few for each request.
            let turns = load.run.health.workers.reduce(0) { $0 + $1.total.turns }
            #expect(turns < 1_000)
        }

        @Test("A time-out is found although the next start was due before it")
        func timeoutAfterNextStart() throws {
            let load = try self.slow(timeout: 120 * Self.millisecond)
            load.expectExactAccounts("time-outs after the next start")
            #expect(load.total.requestsOK > 2)
            #expect(load.total.errors[Int(ErrorClass.timeoutTotal.rawValue)] > 2)
        }
    }
}
