import Measure
import Target
import Testing
import Workload

@testable import Engine

/// Equal gaps by arithmetic: the same result as one by one.
@Suite struct EvenRowTests {
    private static let second: UInt64 = 1_000_000_000

    /// What a walk would count: times, and which of them begin a session.
    private func walked(_ row: EvenRow) -> [(due: UInt64, begins: Bool)] {
        (0..<row.count).map { (row.first + $0 * row.gap, (row.position + $0) % row.perSession == 0) }
    }

    @Test("a row split at any time is the requests before it and those from then on, with their sessions")
    func split() {
        for position in 0..<3 as Range<UInt64> {
            for count in 0...8 as ClosedRange<UInt64> {
                let row = EvenRow(first: 100, count: count, gap: 7, position: position, perSession: 3)
                for time in [0, 99, 100, 101, 107, 108, 121, 149, 150, 1_000] as [UInt64] {
                    let parts = row.split(at: time)
                    for (part, expected) in zip(
                        parts, [self.walked(row).filter { $0.due < time }, self.walked(row).filter { $0.due >= time }])
                    {
                        #expect(self.walked(part).map(\.due) == expected.map(\.due), "\(row) at \(time)")
                        #expect(self.walked(part).map(\.begins) == expected.map(\.begins), "\(row) at \(time)")
                        #expect(
                            self.walked(part.sessions).map(\.due) == expected.filter(\.begins).map(\.due),
                            "\(row) at \(time)")
                    }
                }
            }
        }
    }

    @Test("values one gap apart are recorded as one by one: every slot, the extremes and what overflows")
    func recorded() {
        for (lowest, gap, count) in [
            (0, 1, 5_000), (1, 7, 3_000), (12_345, 1_000, 20_000), (1_000_000_000, 999_983, 4_000),
            (5, 3_600_000_000_000, 40), (90_000_000_000_000, 1_000_000_000, 3), (17, 1, 1), (9, 9, 0),
        ] as [(UInt64, UInt64, UInt64)] {
            let (one, all) = (Histogram(), Histogram())
            for index in 0..<count { one.record(lowest + index * gap) }
            all.recorder.record(from: lowest, gap: gap, count: count)
            #expect(one.totalCount == all.totalCount && one.overflowCount == all.overflowCount)
            #expect(one.minimum == all.minimum && one.maximum == all.maximum)
            #expect((0..<one.slotCount).allSatisfy { one.count(atSlot: $0) == all.count(atSlot: $0) })
        }
    }

    @Test("until the time before some of a row were due, these have waited for nothing")
    func recordedUntil() {
        let row = EvenRow(first: 1_000, count: 10, gap: 100, position: 0, perSession: 1)
        for time in [0, 999, 1_000, 1_450, 1_900, 5_000] as [UInt64] {
            let (one, all) = (Histogram(), Histogram())
            for due in self.walked(row).map(\.due) { one.record(time - min(time, due)) }
            row.record(all.recorder, until: time)
            #expect(one.totalCount == all.totalCount && one.minimum == all.minimum && one.maximum == all.maximum)
            #expect((0..<one.slotCount).allSatisfy { one.count(atSlot: $0) == all.count(atSlot: $0) }, "\(time)")
        }
        let (one, all) = (Histogram(), Histogram())
        one.record(.max)
        all.recorder.record(.max, times: 1)
        #expect(one.overflowCount == all.overflowCount && one.maximum == all.maximum)
    }

    @Test("arithmetic over a user's plan of equal gaps finds the same due requests as a walk", arguments: [false, true])
    func sameAsWalk(_ isCounted: Bool) throws {
        let pause = Pause.every(.constant(2 * Self.second))
        let steps = [Step(path: "/", repeatCount: 3, pause: pause), Step(path: "/x", pause: pause)]
        try SessionPlanTests.withPlan(steps, sessions: isCounted ? 5 : nil) { plan in
            for (step, iteration) in [(0, 0), (0, 2), (1, 0)] as [(Int32, Int32)] {
                for stop in [11, 12, 13, 14, 30, 31] as [UInt64] {
                    var user = SessionPlanTests.user()
                    user.flags = [.onPlan, .inSession]
                    user.step = step
                    user.iteration = iteration
                    let first = 12 * Self.second
                    let row = plan.evenRow(user, from: first, before: stop * Self.second)
                    if stop <= 12 {
                        #expect(row == nil)
                        continue
                    }
                    var found: [(due: UInt64, begins: Bool)] = []
                    var due: UInt64? = first
                    while let at = due, at < stop * Self.second {
                        found.append((at, plan.isAtBegin(user)))
                        due = plan.nextUnstarted(&user, after: at)
                    }
                    let counted = try #require(row)
                    #expect(self.walked(counted).map(\.due) == found.map(\.due), "\(step) \(iteration) \(stop)")
                    #expect(self.walked(counted).map(\.begins) == found.map(\.begins))
                }
            }
        }
    }

    @Test("gaps that differ, and sessions with a plan of their own, are left to a walk")
    func leftToWalk() throws {
        let drawn = Step(path: "/", pause: .every(.uniform(1_000, 2_000)))
        try SessionPlanTests.withPlan([drawn]) {
            #expect($0.evenRow(SessionPlanTests.user(), from: 1, before: 9) == nil)
        }
        let even = Step(path: "/", pause: .every(.constant(Self.second)))
        try SessionPlanTests.withPlan([even], cycle: .every(.constant(Self.second))) {
            #expect($0.evenRow(SessionPlanTests.user(), from: 1, before: 9) == nil)
        }
    }
}

extension EngineLoads {
    /// A plan far beyond what any machine starts.
    @Suite struct NeverStartedTests {
        /// A load of 1 s on one worker whose users each ask ten times a session, with gaps of a microsecond.
        private func run(_ gap: Gap, users: Int, slack: UInt64) throws -> FinishedLoad {
            try Loads.withTarget { server in
                let session = [Step(path: "/bytes/10", repeatCount: 10, pause: .every(gap))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = users
                    $0.hold = 1_000_000_000
                }
                let load = try Loads.run(profile, threads: 1)
                load.expectExactAccounts("a plan of \(users) million requests")
                let stopAt = try #require(load.run.stopAt)
                #expect(load.run.endedAt - stopAt < LoadRun.drainLimit + slack)
                return load
            }
        }

        @Test("for a user that waits for an answer at the stop, the server delayed everything due since")
        func waited() throws {
            let server = try ScriptedServer { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.answer()
                while connection.readHead() != nil {}
            }
            defer { server.stop() }
            let profile = try Loads.profile(
                port: server.port, session: [Step(path: "/", pause: .every(.constant(20_000_000)))]
            ) {
                $0.users = 2
                $0.hold = 300_000_000
            }
            let load = try Loads.run(profile, threads: 1)
            load.expectExactAccounts("one answer each")
            #expect(load.total.neverStarted >= 2 * 10)
            #expect(load.total.neverStartedServer == load.total.neverStarted)
        }

        @Test("everything that equal gaps had due is counted, however much it is, and the run ends at once", .timeLimit(.minutes(1)))
        func even() throws {
            let load = try self.run(.constant(1_000), users: 200, slack: 3_000_000_000)
            let hold = load.run.hold.counters
            let due = hold.requestsStarted + hold.neverStarted
            #expect(due == 200 * 1_000_000, "each user's share of the hold, to the request")
            #expect(!load.run.outcome.neverStartedIsBound)
            // Each is among those that have not ended. Their ages count in every percentile.
            #expect((load.run.hold.unended(.response)?.totalCount ?? 0) >= hold.neverStarted)
        }

        @Test("if gaps are drawn, the count ends in time, and is marked as a lower bound", .timeLimit(.minutes(1)))
        func drawn() throws {
            let load = try self.run(.exponential(1_000), users: 400, slack: 5_000_000_000)
            #expect(load.run.outcome.neverStartedIsBound)
            #expect(load.total.neverStarted > 100_000)
        }
    }
}
