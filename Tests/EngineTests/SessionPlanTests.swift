import Numerics
import Testing
import Workload

@testable import Engine

/// Sessions on a virtual clock: which request comes next, and when it is due.
@Suite struct SessionPlanTests {
    static let second: UInt64 = 1_000_000_000
    /// The time at which the load begins.
    static let origin: UInt64 = 1_000 * second

    /// Calls `body` with the plan of these steps; the plan lives as long as its program.
    static func withPlan<Result>(
        _ session: [Step], cycle: Cycle = .none, start: StartMode = .cold, sessions: Int? = nil, users: Int = 1,
        isOpen: Bool = false, ramp: UInt64? = nil,
        _ body: (SessionPlan) throws -> Result
    ) throws -> Result {
        var load = Load()
        load.cycle = cycle
        load.sessions = sessions
        load.start = start
        load.ramp = ramp ?? 0
        load.rampGiven = ramp != nil
        let profile = Profile(
            name: "t", target: TargetURL(scheme: .http, host: "h", port: 80, path: "/"), session: session, load: load)
        let program = try RequestProgram(profile: profile, userAgent: "t")
        return try withExtendedLifetime(program) {
            try body(
                SessionPlan(
                    program, join: profile.join, isCounted: sessions != nil, isOpen: isOpen, startedAt: Self.origin,
                    totalUsers: users))
        }
    }

    static func user(_ seed: UInt64 = 1) -> User {
        var user = User(random: RandomGenerator(seed: seed, stream: 0))
        user.dueAt = Self.origin
        return user
    }

    /// One request on the virtual clock. It starts when it is due or when the one before is over, and is answered after
    /// `answer`. Returns true if it was the last of its session.
    static func makeRequest(
        _ user: inout User, _ plan: SessionPlan, now: inout UInt64, answer: UInt64, slot: Int = 0
    ) -> Bool {
        if !user.flags.contains(.inSession) { plan.enterSession(&user) }
        user.intended = user.dueAt
        now = max(now, user.dueAt) + answer
        user.flags.insert(.established)
        return plan.mustJoin(user.flags)
            ? plan.goOnByPlan(&user, slot: slot, at: now) : plan.advance(&user, at: now)
    }

    /// The due time of each request, in seconds since the load began, and whether it began a session.
    private func walk(_ plan: SessionPlan, count: Int, answer: UInt64, seed: UInt64 = 1) -> [(due: Double, first: Bool)]
    {
        var user = Self.user(seed)
        var now = Self.origin
        var walked: [(due: Double, first: Bool)] = []
        for _ in 0..<count {
            walked.append((Double(user.dueAt - Self.origin) / 1e9, !user.flags.contains(.inSession)))
            _ = Self.makeRequest(&user, plan, now: &now, answer: answer)
        }
        return walked
    }

    @Test("Back to back, a request is due when the one before was answered")
    func backToBack() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 2), Step(path: "/b")]) { plan in
            let walked = self.walk(plan, count: 7, answer: Self.second)
            #expect(walked.map(\.due) == [0, 1, 2, 3, 4, 5, 6])
            #expect(walked.map(\.first) == [true, false, false, true, false, false, true])
        }
    }

    @Test("`every` is a plan: requests are due at its multiples, across sessions, however long the answers take")
    func every() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 3, pause: .every(.constant(2 * Self.second)))]) { plan in
            for answer in [0, Self.second, 5 * Self.second] {
                let walked = self.walk(plan, count: 7, answer: answer)
                #expect(walked.map(\.due) == [0, 2, 4, 6, 8, 10, 12], "\(answer)")
                #expect(walked.map(\.first) == [true, false, false, true, false, false, true])
            }
        }
    }

    @Test("The seed decides a drawn plan, not the server")
    func drawn() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 5, pause: .every(.exponential(Self.second)))]) { plan in
            let quick = self.walk(plan, count: 50, answer: 0).map(\.due)
            #expect(quick == self.walk(plan, count: 50, answer: 3 * Self.second).map(\.due))
            #expect(quick != self.walk(plan, count: 50, answer: 0, seed: 2).map(\.due))
        }
    }

    @Test("`think` is a pause after an answer, and there is none after the last of a session")
    func think() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 3, pause: .think(.constant(10 * Self.second)))]) { plan in
            #expect(self.walk(plan, count: 5, answer: Self.second).map(\.due) == [0, 11, 22, 23, 34])
        }
    }

    @Test("`between` is a pause after the end of a session")
    func between() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 2)], cycle: .between(.constant(10 * Self.second))) { plan in
            let walked = self.walk(plan, count: 5, answer: Self.second)
            #expect(walked.map(\.due) == [0, 1, 12, 13, 24])
            #expect(walked.map(\.first) == [true, false, true, false, true])
        }
    }

    @Test(
        "Sessions with a plan begin at its multiples; one that takes longer makes the next one late, but not due later")
    func cycle() throws {
        try Self.withPlan([Step(path: "/", repeatCount: 2)], cycle: .every(.constant(10 * Self.second))) { plan in
            let quick = self.walk(plan, count: 6, answer: Self.second)
            #expect(quick.map(\.due) == [0, 1, 10, 11, 20, 21])
            let slow = self.walk(plan, count: 6, answer: 8 * Self.second)
            #expect(slow.map(\.due) == [0, 8, 10, 24, 20, 40])
        }
    }

    @Test("A session's idle time is the time in which its user wanted nothing")
    func idle() throws {
        let every = Step(path: "/", repeatCount: 4, pause: .every(.constant(10 * Self.second)))
        let think = Step(path: "/", repeatCount: 4, pause: .think(.constant(3 * Self.second)))
        for (step, answer, seconds) in [(every, 2, 24), (every, 15, 0), (think, 2, 9)] as [(Step, UInt64, UInt64)] {
            try Self.withPlan([step]) { plan in
                var user = Self.user()
                var now = Self.origin
                for request in 0..<4 {
                    let isLast = Self.makeRequest(&user, plan, now: &now, answer: answer * Self.second)
                    #expect(isLast == (request == 3))
                }
                #expect(user.sessionIdle == seconds * Self.second)
                #expect(user.sessionIntended == Self.origin)
            }
        }
    }

    @Test("A user that was never answered repeats its first request; with a number of sessions each one ends")
    func neverAnswered() throws {
        let session = [Step(path: "/", repeatCount: 2, pause: .every(.constant(Self.second)))]
        for sessions in [nil, 5] as [Int?] {
            try Self.withPlan(session, sessions: sessions) { plan in
                var user = Self.user()
                plan.enterSession(&user)
                user.intended = user.dueAt
                let end = Self.origin + 300
                #expect(!plan.advance(&user, at: end))
                #expect(user.iteration == (sessions == nil ? 0 : 1))
                #expect(user.dueAt == (sessions == nil ? end : Self.origin + Self.second))
            }
        }
    }

    @Test("A due time is planned after `every`, and not planned after an answer")
    func plannedDue() throws {
        let every = Pause.every(.constant(Self.second))
        let steps = [Step(path: "/", pause: every), Step(path: "/", pause: .think(.constant(1))), Step(path: "/")]
        for (cycle, afterSession) in [
            (Cycle.none, false), (.every(.constant(9 * Self.second)), true), (.between(.constant(9)), false),
        ] {
            try Self.withPlan(steps, cycle: cycle) { plan in
                var user = Self.user()
                var now = Self.origin
                #expect(!plan.isPlannedDue(user), "the first request of all")
                for expected in [true, false, false] {
                    let isLast = Self.makeRequest(&user, plan, now: &now, answer: 5)
                    #expect(plan.isPlannedDue(user) == (isLast ? afterSession : expected))
                }
                #expect(!user.flags.contains(.inSession))
            }
        }
    }
}
