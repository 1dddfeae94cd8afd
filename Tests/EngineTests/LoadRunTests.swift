import Engine
import Measure
import Target
import Testing
import Workload

extension EngineLoads {
    /// A load, the server it runs against, and what is expected beyond exact accounts.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        var threads = 1
        var session: [Step] = [Step(path: "/bytes/50000", repeatCount: 10)]
        var options: @Sendable (inout TargetOptions) -> Void = { _ in }
        var load: @Sendable (inout Load) -> Void
        /// Every user was held all the time, and none lost.
        var isHeld = true
        /// The scenario itself makes requests fail.
        var hasFailures = false
        var testDescription: String { self.name }

        static let millisecond: UInt64 = 1_000_000

        static let all: [Scenario] = [
            Scenario(name: "back to back on two threads", threads: 2, load: { $0.users = 8 }),
            Scenario(
                name: "a constant plan",
                session: [Step(path: "/bytes/1000", pause: .every(.constant(20 * millisecond)))],
                load: { $0.users = 20 }),
            Scenario(
                name: "think time", threads: 2,
                session: [
                    Step(path: "/bytes/1000", repeatCount: 3, pause: .think(.constant(5 * millisecond)))
                ],
                load: { $0.users = 10 }),
            Scenario(
                name: "uniform gaps",
                session: [
                    Step(
                        path: "/bytes/100", repeatCount: 4,
                        pause: .every(.uniform(5 * millisecond, 30 * millisecond)))
                ],
                load: { $0.users = 10 }),
            Scenario(
                name: "exponential gaps, several steps", threads: 2,
                session: [
                    Step(path: "/bytes/100", repeatCount: 2, pause: .every(.exponential(10 * millisecond))),
                    Step(path: "/chunked/5000", pause: .every(.exponential(20 * millisecond))),
                    Step(method: "HEAD", path: "/bytes/7"),
                ],
                load: { $0.users = 10 }),
            Scenario(
                name: "ramp and warm-up",
                load: {
                    $0.users = 10
                    $0.ramp = 200 * millisecond
                    $0.warmup = 150 * millisecond
                }),
            Scenario(
                name: "a connection per session", threads: 2,
                load: {
                    $0.users = 6
                    $0.connection = .perSession
                }),
            Scenario(
                name: "a connection per request", session: [Step(path: "/bytes/500", repeatCount: 5)],
                load: {
                    $0.users = 6
                    $0.connection = .perRequest
                }),
            Scenario(
                name: "the server ends each connection as announced",
                session: [Step(path: "/close", repeatCount: 3)],
                load: { $0.users = 5 }),
            Scenario(
                name: "a keep-alive limit of the server", threads: 2, options: { $0.keepAliveRequests = 3 },
                load: { $0.users = 6 }),
            Scenario(
                name: "half of the answers are 500", session: [Step(path: "/half-500", repeatCount: 4)],
                load: { $0.users = 4 }, hasFailures: true),
            Scenario(
                name: "a body that ends with its connection", session: [Step(path: "/close-delimited/3000")],
                load: { $0.users = 3 }),
            Scenario(
                name: "truncated bodies", session: [Step(path: "/truncate")], load: { $0.users = 3 },
                isHeld: false,
                hasFailures: true),
            Scenario(
                name: "posted bodies, sessions apart", threads: 2,
                session: [
                    Step(method: "POST", path: "/bytes/10", body: Array(repeating: 120, count: 30_000))
                ],
                load: {
                    $0.users = 5
                    $0.cycle = .between(.uniform(0, 10 * millisecond))
                }),
            Scenario(
                name: "sessions on a plan, back to back inside",
                session: [Step(path: "/bytes/20000", repeatCount: 3)],
                load: {
                    $0.users = 8
                    $0.cycle = .every(.constant(40 * millisecond))
                }),
        ]
    }

    @Suite struct LoadRunTests {
        @Test(
            "Accounts are exact in total and in every row, and equal to the server's", arguments: Scenario.all
        )
        func exactAccounts(_ scenario: Scenario) throws {
            try Loads.withTarget(scenario.options) { server in
                let profile = try Loads.profile(port: server.port, session: scenario.session, scenario.load)
                let load = try Loads.run(profile, threads: scenario.threads)
                let comment = Comment(rawValue: scenario.name)
                load.expectExactAccounts(comment)
                if scenario.name == "truncated bodies" {
                    #expect(load.total.failed(.truncated) == load.total.requestsFailed)
                    #expect(load.run.outcome.usersEstablished == 0)
                    return
                }
                load.expectSameAsServer(server, comment)
                #expect(load.total.requestsOK > 0)
                #expect(load.run.hold.counters.requestsStarted > 0)
                #expect((load.total.requestsFailed > 0) == scenario.hasFailures, comment)
                #expect(load.run.outcome.usersEstablished == load.run.usersAsked)
                #expect(load.run.outcome.usersHeld.lowestSeen == load.run.usersAsked, comment)
                #expect(load.run.outcome.usersHeld.highest == load.run.usersAsked, comment)
                #expect(load.total.holdsLost == 0, comment)
            }
        }

        @Test("A number of sessions is made exactly, whatever the number of threads", arguments: [1, 3])
        func sessionsInAll(threads: Int) throws {
            try Loads.withTarget { server in
                let session = [Step(path: "/bytes/5000", repeatCount: 4)]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 5
                    $0.sessions = 37
                }
                let load = try Loads.run(profile, threads: threads)
                load.expectExactAccounts("37 sessions")
                load.expectSameAsServer(server, "37 sessions")
                #expect(load.total.sessionsCompleted == 37)
                #expect(load.total.requestsOK == 37 * 4)
                #expect(load.run.hold.counters == load.total)
                #expect(load.samples(.session) == 37)
                #expect(load.run.outcome.usersHeld.lowestSeen == 5)
                #expect(load.run.endedAt - load.run.startedAt < 5_000_000_000)
            }
        }

        @Test("With fewer sessions than users, only as many users as sessions make requests")
        func fewerSessionsThanUsers() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/10")]) {
                    $0.users = 50
                    $0.sessions = 3
                }
                let load = try Loads.run(profile, threads: 8)
                load.expectExactAccounts("3 sessions")
                #expect(load.run.usersAsked == 3)
                #expect(load.total.sessionsCompleted == 3)
                #expect(server.counts().connectionsAccepted == 3)
            }
        }

        @Test("The last session ends the run, not the idle users' next planned one")
        func sessionsEndPromptly() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/10")]) {
                    $0.users = 4
                    $0.sessions = 4
                    $0.cycle = .every(.constant(60_000_000_000))
                    $0.start = .cold
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("4 sessions a minute apart")
                #expect(load.total.sessionsCompleted == 4)
                #expect(load.run.outcome.stopReason == nil)
                #expect(load.run.endedAt - load.run.startedAt < 5_000_000_000)
            }
        }

        @Test("Beyond the server's limit users fail by name, and a number of sessions still ends")
        func connectionLimit() throws {
            try Loads.withTarget({ $0.connectionLimit = 3 }) { server in
                let session = [Step(path: "/bytes/100", repeatCount: 2, pause: .every(.constant(10_000_000)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 6
                    $0.sessions = 30
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a limit of 3")
                let total = load.total
                #expect(total.sessionsStarted == 30)
                #expect(total.sessionsFailed > 0 && total.sessionsCompleted > 0)
                #expect(total.failed(.reset) + total.failed(.truncated) == total.requestsFailed)
                #expect(load.run.outcome.usersEstablished == 3)
                #expect(load.run.outcome.usersHeld.lowestSeen <= 3)
                #expect(
                    total.connectionsOpened <= server.counts().connectionsAccepted
                        + server.counts().connectionsRefused)
            }
        }

        @Test("Nothing starts after the stop; requests in flight are drained and counted")
        func drain() throws {
            try Loads.withTarget({ $0.serviceTime = .constant(250_000_000) }) { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/1000")]) {
                    $0.users = 6
                    $0.hold = 100_000_000
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a slow server")
                load.expectSameAsServer(server, "a slow server")
                let drained = load.rows.filter { $0.phase == .drain }
                #expect(drained.reduce(0) { $0 + $1.counters.requestsStarted } == 0)
                #expect(drained.reduce(0) { $0 + $1.counters.requestsOK } == 6)
            }
        }

        @Test("A request that is not answered within the drain is left in flight, two seconds after the stop")
        func drainEnds() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(
                    port: server.port, session: [Step(path: "/bytes/10"), Step(path: "/silent")]
                ) {
                    $0.users = 3
                    $0.hold = 100_000_000
                }
                let load = try Loads.run(profile, threads: 2)
                load.expectExactAccounts("a server that falls silent")
                #expect(load.requestsLeft == 3)
                #expect(load.sessionsLeft == 3)
                let stop = try #require(load.run.stopAt)
                #expect(load.run.endedAt - stop >= LoadRun.drainLimit)
                #expect(load.run.endedAt - stop < LoadRun.drainLimit + 1_000_000_000)
                #expect(load.run.outcome.longestSilence ?? 0 >= 50_000_000)
            }
        }

        @Test("A run that is dropped half-way ends its threads")
        func abandoned() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/10")]) {
                    $0.users = 4
                    $0.hold = 60_000_000_000
                }
                let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                let program = try RequestProgram(profile: profile, userAgent: "headroom-tests")
                var run: LoadRun? = try LoadRun(
                    profile: profile, program: program, addresses: addresses, threads: 2)
                try run?.start()
                _ = run?.nextInterval()
                #expect(WorkerThreads.count == 2)
                run = nil
                #expect(WorkerThreads.count == 0)
            }
        }
    }
}
