import Engine
import Measure
import Target
import TestSupport
import Testing
import Workload

extension EngineLoads {
    /// Sessions that arrive by a plan, whatever the server does.
    @Suite struct OpenLoadTests {
        private static let millisecond: UInt64 = 1_000_000

        private func profile(
            _ server: TargetServer, rate: Double, hold: UInt64, session: [Step] = [Step(path: "/bytes/100")],
            maxUsers: Int? = nil, _ change: (inout Load) -> Void = { _ in }
        ) throws -> Profile {
            let plan = try ArrivalPlan.constant(rate)
            return try Loads.profile(port: server.port, session: session) {
                $0.open = OpenLoad(plan: plan, maxUsers: maxUsers)
                $0.hold = hold * Self.millisecond
                $0.holdGiven = true
                change(&$0)
            }
        }

        @Test("As many sessions start as the plan has, one more or less", arguments: [1, 2])
        func everyStart(threads: Int) throws {
            try Loads.withTarget { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 1000, hold: 2_000) { $0.connection = .perUser },
                    threads: threads)
                load.expectExactAccounts("1,000 sessions/s")
                load.expectSameAsServer(server, "1,000 sessions/s")
                let hold = load.run.hold.counters
                #expect(load.run.outside.counters.requestsStarted == 0)
                #expect((1_999...2_001).contains(hold.sessionsStarted + hold.neverStarted))
                #expect(hold.neverStarted <= 2)
                #expect(load.run.phase == .over && load.rows.allSatisfy { [.hold, .drain].contains($0.phase) })
                // Users are made when they are needed: here far fewer than there could be.
                #expect(load.run.usersAsked == load.run.outcome.usersEstablished)
                #expect(load.run.usersAsked < 1_000)
                #expect(load.run.outcome.usersHeld.mean < Double(load.run.usersAsked) + 1)
            }
        }

        @Test("Requests due before the hold are warm-up: counted, not measured")
        func warmup() throws {
            try Loads.withTarget { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 400, hold: 500) { $0.warmup = 250 * Self.millisecond })
                load.expectExactAccounts("warm-up")
                #expect((99...101).contains(load.run.outside.counters.sessionsStarted))
                let hold = load.run.hold.counters
                #expect((199...201).contains(hold.sessionsStarted + hold.neverStarted))
                #expect(load.rows.first?.phase == .warmup)
            }
        }

        @Test("Per session, each session has a connection of its own; per user, an idle one is used")
        func connections() throws {
            let session = [Step(path: "/bytes/100", repeatCount: 3)]
            try Loads.withTarget { server in
                let load = try Loads.run(try self.profile(server, rate: 300, hold: 500, session: session))
                load.expectExactAccounts("per session")
                load.expectSameAsServer(server, "per session")
                #expect(load.total.connectionsOpened == load.total.sessionsStarted)
                #expect(load.total.reconnects == 0)
                #expect(load.total.sessionsCompleted >= 148)
            }
            try Loads.withTarget { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 300, hold: 500, session: session) {
                        $0.connection = .perUser
                    })
                load.expectExactAccounts("per user")
                load.expectSameAsServer(server, "per user")
                #expect(load.total.connectionsOpened == load.run.usersAsked)
                #expect(load.total.connectionsOpened < load.total.sessionsStarted)
            }
        }

        @Test("Above 2,000 visitors a second one of every sixteen is sampled, whichever slots serve them")
        func visitorsLookedAt() throws {
            // While the server stalls, many are in session, in slots that are otherwise idle.
            let stall = Stall(duration: 40 * Self.millisecond, period: 150 * Self.millisecond)
            try Loads.withTarget({ $0.stall = stall }) { server in
                let load = try Loads.run(try self.profile(server, rate: 2_500, hold: 600), threads: 1)
                load.expectExactAccounts("visitors")
                let total = load.total
                #expect(total.requestsFailed == 0 && total.requestsOK > 1_000)
                let looked = [load.run.outside, load.run.hold].reduce(UInt64(0)) {
                    $0 + ($1.lower(.response)?.totalCount ?? 0)
                }
                // One of each block of 16; the last block may be incomplete.
                let expected = Int(total.sessionsStarted) / 16
                #expect(abs(Int(looked) - expected) <= 1, "\(looked) of \(total.sessionsStarted)")
                #expect(load.run.usersAsked > 32, "more slots than one was used")
            }
        }

        @Test("A server that stalls meets every session that was due during the stall, as the formula has it")
        func stall() throws {
            let stall = Stall(duration: 200 * Self.millisecond, period: 1_000 * Self.millisecond)
            try Loads.withTarget({ $0.stall = stall }) { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 200, hold: 3_000) { $0.connection = .perUser })
                load.expectExactAccounts("a stall")
                let hold = load.run.hold
                let due = hold.counters.requestsStarted + hold.counters.neverStarted
                #expect((599...601).contains(due))
                let response = hold.succeeded[Metric.response.rawValue]
                for (percentile, least): (Double, UInt64) in [(90, 93), (95, 143), (99, 183)] {
                    #expect(response.value(atPercentile: percentile) >= least * Self.millisecond)
                }
            }
        }

        @Test("With one user a slow server makes the response times grow, and nothing due is lost")
        func oneUser() throws {
            try Loads.withTarget({ $0.serviceTime = .constant(50_000_000) }) { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 50, hold: 1_000, maxUsers: 1) { $0.connection = .perUser },
                    threads: 2)
                load.expectExactAccounts("one user")
                let hold = load.run.hold
                #expect(load.run.threadCount == 1 && load.run.usersAsked == 1)
                #expect((49...51).contains(hold.counters.requestsStarted + hold.counters.neverStarted))
                // 20 of 50 can be served in a second; each later one waited for all the earlier ones.
                #expect(hold.counters.requestsStarted <= 21)
                #expect(hold.succeeded[Metric.response.rawValue].maximum > 500 * Self.millisecond)
                #expect(hold.counters.lateServer + 2 >= hold.counters.requestsStarted)
                // What never started waited too: a lower bound, and marked.
                #expect(hold.counters.requestsCensored == hold.counters.neverStarted)
                #expect(hold.counters.sessionsCensored == hold.counters.neverStarted)
                #expect(
                    hold.failed[Metric.session.rawValue].totalCount == hold.counters.neverStarted)
                #expect(load.run.outcome.usersHeld.highest == 1)
            }
        }

        @Test("A planned pause inside a session counts from the due time, and is counted if it never came")
        func plannedInside() throws {
            try Loads.withTarget { server in
                let session = [
                    Step(path: "/bytes/100", repeatCount: 4, pause: .every(.constant(100 * Self.millisecond)))
                ]
                let load = try Loads.run(try self.profile(server, rate: 100, hold: 1_000, session: session))
                load.expectExactAccounts("planned inside")
                let hold = load.run.hold.counters
                // Of 100 sessions the last 30 are cut off: by 1, 2 and 3 requests, ten each.
                let due: UInt64 = hold.requestsStarted + hold.neverStarted
                #expect(due >= 336 && due <= 344)
                #expect(load.run.outcome.usersHeld.highest >= 25)
            }
        }

        @Test("A number of sessions ends an open load exactly, divided among threads", arguments: [1, 3])
        func sessionsInAll(threads: Int) throws {
            try Loads.withTarget { server in
                let load = try Loads.run(
                    try self.profile(server, rate: 500, hold: 0) {
                        $0.sessions = 101
                        $0.holdGiven = false
                    }, threads: threads)
                load.expectExactAccounts("101 sessions")
                load.expectSameAsServer(server, "101 sessions")
                #expect(load.total.sessionsCompleted == 101)
                #expect(load.run.hold.counters == load.total)
            }
        }

        @Test("Answers that never come are in flight at the end, lower bounds of every attempt")
        func censoredAtTheEnd() throws {
            let server = try ScriptedServer { connection, number in
                // T13 at a small scale: from session 100 on there are no answers.
                while connection.readHead() != nil {
                    if number >= 100 { continue }
                    if !connection.answer() { return }
                }
            }
            defer { server.stop() }
            let plan = try ArrivalPlan.constant(100)
            let profile = try Loads.profile(port: server.port, session: [Step(path: "/")]) {
                $0.open = OpenLoad(plan: plan)
                $0.hold = 1_400 * Self.millisecond
                $0.holdGiven = true
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("no answers")
            let hold = load.run.hold
            #expect((139...141).contains(hold.counters.requestsStarted + hold.counters.neverStarted))
            #expect((39...41).contains(load.requestsLeft))
            #expect(hold.counters.requestsFailed == 0)
            #expect(hold.counters.requestsCensored == load.requestsLeft + hold.counters.neverStarted)
            #expect(hold.counters.sessionsCensored == hold.counters.requestsCensored)
            // (1 - 0.72) of all waited at least for the drain: the 75th percentile is among them.
            let all = hold.all(.response)
            #expect(all.totalCount == hold.counters.requestsStarted + hold.counters.neverStarted)
            #expect(all.value(atPercentile: 75) >= LoadRun.drainLimit)
            #expect(hold.succeeded[Metric.response.rawValue].maximum < LoadRun.drainLimit)
            let stop = try #require(load.run.stopAt)
            #expect(load.run.endedAt - stop < LoadRun.drainLimit + 1_000_000_000)
        }

        @Test("A request that is never answered times out as a lower bound of every attempt, and of no success")
        func lostAnswers() throws {
            let server = try ScriptedServer { connection, number in
                while connection.readHead() != nil {
                    if number % 20 == 7 { continue }
                    if !connection.answer() { return }
                }
            }
            defer { server.stop() }
            let plan = try ArrivalPlan.constant(100)
            var timeouts = Timeouts()
            timeouts.firstByte = 300 * Self.millisecond
            let profile = try Loads.profile(
                port: server.port, session: [Step(path: "/")], timeouts: timeouts
            ) {
                $0.open = OpenLoad(plan: plan)
                $0.hold = 1_000 * Self.millisecond
                $0.holdGiven = true
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("1 of 20 is never answered")
            let counters = load.run.hold.counters
            #expect(counters.failed(.timeoutFirstByte) == 5)
            #expect(counters.requestsCensored == counters.requestsFailed + counters.neverStarted)
            let failed = load.run.hold.failed[Metric.response.rawValue]
            #expect(failed.value(atPercentile: 99) >= timeouts.firstByte)
        }

        @Test("Nothing listens: every session that was due fails by name, and none waits for another")
        func deadServer() throws {
            let plan = try ArrivalPlan.constant(200)
            let dead = try DeadPort()
            defer { withExtendedLifetime(dead) {} }
            let profile = try Loads.profile(port: dead.number, session: [Step(path: "/")]) {
                $0.open = OpenLoad(plan: plan, maxUsers: 3)
                $0.hold = 500 * Self.millisecond
                $0.holdGiven = true
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("nothing listens")
            #expect(load.total.requestsOK == 0)
            #expect(load.total.failed(.refused) >= 98)
            #expect((99...101).contains(load.total.requestsStarted + load.total.neverStarted))
        }

        @Test("A stop cuts the plan at once")
        func stops() throws {
            try Loads.withTarget { server in
                let profile = try self.profile(server, rate: 200, hold: 60_000) { $0.connection = .perUser }
                var stopped: UInt64 = 0
                let load = try Loads.run(profile) { run, row in
                    if row.phase == .hold && stopped == 0 {
                        stopped = MonotonicClock.now()
                        run.stop(reason: "enough")
                    }
                }
                load.expectExactAccounts("stopped")
                #expect(load.run.outcome.stopReason == "enough")
                let stop = try #require(load.run.stopAt)
                #expect(stop >= stopped && stop - stopped < 100 * Self.millisecond)
                #expect(load.run.endedAt - stop < 1_000 * Self.millisecond)
            }
        }
    }
}
