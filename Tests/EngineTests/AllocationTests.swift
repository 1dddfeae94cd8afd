import CMallocCount
import Engine
import Measure
import Target
import Testing
import Workload

extension EngineLoads {
    /// After warm-up a request allocates nothing.
    @Suite struct AllocationTests {
        private func allocations(
            sessions: Int, session: [Step], http: HTTPChoice = .auto, streams: Int = 1
        ) throws -> (count: UInt64, load: FinishedLoad) {
            try Loads.withTarget { server in
                var profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 4
                    $0.sessions = sessions
                }
                profile.http = http
                profile.streams = streams
                malloc_count_begin("worker-")
                let load = try Loads.run(profile)
                return (malloc_count_end(), load)
            }
        }

        @Test(
            "Ten times as many requests make no more allocations",
            arguments: [
                [Step(path: "/bytes/50000", repeatCount: 10)],
                [
                    Step(path: "/close-delimited/20000", repeatCount: 5),
                    Step(method: "POST", path: "/bytes/9", body: [1, 2]),
                ],
                [Step(path: "/bytes/100", repeatCount: 10, pause: .think(.exponential(100_000)))],
                [Step(path: "/bytes/100", repeatCount: 3), Step(path: "/close")],
                [Step(path: "/status/404")],
            ])
        func none(_ session: [Step]) throws {
            // What the runtime allocates once, at the first use of a type, does not belong to a request.
            _ = try self.allocations(sessions: 20, session: session)
            let few = try self.allocations(sessions: 20, session: session)
            let many = try self.allocations(sessions: 200, session: session)
            many.load.expectExactAccounts("counted allocations")
            #expect(many.load.total.requestsStarted == few.load.total.requestsStarted * 10)
            #expect(many.count <= few.count)
        }

        @Test("Nor over HTTP/2, on a connection of its own or on a shared one", arguments: [1, 2, 4])
        func multiplexed(streams: Int) throws {
            let session = [
                Step(path: "/bytes/50000", repeatCount: 8), Step(method: "POST", path: "/bytes/9", body: [1, 2]),
                Step(path: "/status/404"),
            ]
            func run(_ sessions: Int) throws -> (count: UInt64, load: FinishedLoad) {
                try self.allocations(sessions: sessions, session: session, http: .h2c, streams: streams)
            }
            _ = try run(20)
            let few = try run(20)
            let many = try run(200)
            many.load.expectExactAccounts("counted allocations over HTTP/2", isFramed: true)
            #expect(many.load.total.requestsStarted == few.load.total.requestsStarted * 10)
            #expect(many.count <= few.count, "\(few.count) allocations, and \(many.count) of ten times as much")
        }

        @Test("An open load allocates nothing for a session, whether its user is new or reused")
        func openLoad() throws {
            func allocations(sessions: Int) throws -> UInt64 {
                try Loads.withTarget { server in
                    let plan = try ArrivalPlan.constant(2_000, process: .poisson)
                    let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/100")]) {
                        $0.open = OpenLoad(plan: plan, maxUsers: 50)
                        $0.sessions = sessions
                        $0.connection = .perUser
                    }
                    malloc_count_begin("worker-")
                    let load = try Loads.run(profile)
                    let count = malloc_count_end()
                    load.expectExactAccounts("counted allocations of an open load")
                    #expect(load.total.sessionsCompleted == UInt64(sessions))
                    return count
                }
            }
            _ = try allocations(sessions: 100)
            let few = try allocations(sessions: 100)
            #expect(try allocations(sessions: 1_000) <= few)
        }

        @Test("The counter counts what a worker allocates")
        func counterCounts() throws {
            let failing = try self.allocations(sessions: 4, session: [Step(path: "/status/500")])
            let well = try self.allocations(sessions: 4, session: [Step(path: "/status/200")])
            // The example of an error is kept once.
            #expect(failing.count > well.count)
        }
    }
}
