import Testing
import Workload

@testable import Engine

/// How planned users join, and what of a plan was never started; on values.
@Suite struct SessionPlanJoinTests {
    private static let second = SessionPlanTests.second
    private static let origin = SessionPlanTests.origin

    /// A user right after the request that established it, which ended at `end`.
    private func joined(_ plan: SessionPlan, seed: UInt64, slot: Int = 0, end: UInt64) -> User {
        var user = SessionPlanTests.user(seed)
        var now = end
        _ = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 0, slot: slot)
        return user
    }

    @Test("With one gap for all, each user has a share of it of its own, and a random request of its session")
    func evenly() throws {
        let users = 40
        let gap = 10 * Self.second
        let step = Step(path: "/", repeatCount: 10, pause: .every(.constant(gap)))
        for cycle in [Cycle.none, .every(.constant(10 * gap))] {
            try SessionPlanTests.withPlan([step], cycle: cycle, start: .steady, users: users) { plan in
                #expect(plan.evenGap == gap)
                let end = Self.origin + 3 * Self.second
                var positions: Set<Int32> = []
                for slot in 0..<users {
                    let user = self.joined(plan, seed: UInt64(slot), slot: slot, end: end)
                    #expect(user.dueAt > end && user.dueAt <= end + gap)
                    let share = (user.dueAt - Self.origin) % gap / (gap / UInt64(users))
                    #expect(share == UInt64(slot))
                    positions.insert(user.iteration)
                    #expect(user.flags.contains(.onPlan) && user.flags.contains(.sessionJoined))
                    if cycle != .none && user.flags.contains(.inSession) {
                        // The session that follows is due where the plan of this one ends.
                        #expect(user.nextSessionAt == user.dueAt + UInt64(10 - user.iteration) * gap)
                    }
                }
                #expect(positions.count > 7, "of 10 requests")
            }
        }
    }

    @Test("The wait for a joining user's next request is a random moment's in a plan that goes on for ever")
    func stationary() throws {
        // Feller: the mean residual is E[X²] / 2E[X]; exponential 1 s, uniform [0, 2 s] 2/3 s, 1 s here.
        for (gap, mean) in [(Gap.exponential(Self.second), 1.0), (.uniform(0, 2 * Self.second), 2.0 / 3)] {
            let step = Step(path: "/", repeatCount: 5, pause: .every(gap))
            try SessionPlanTests.withPlan([step], start: .steady) { plan in
                let users: UInt64 = 4_000
                let sum = (0..<users).reduce(0.0) { sum, seed in
                    sum + Double(self.joined(plan, seed: seed, end: Self.origin).dueAt - Self.origin) / 1e9
                }
                #expect(abs(sum / Double(users) - mean) < 0.06)
            }
        }
    }

    @Test("Where sessions have a plan, a user joins one of a random age, and both it and the next go on by the plan")
    func cycles() throws {
        let cycle = 100 * Self.second
        let step = Step(path: "/", repeatCount: 4, pause: .every(.constant(10 * Self.second)))
        try SessionPlanTests.withPlan([step], cycle: .every(.constant(cycle)), start: .steady) { plan in
            #expect(plan.evenGap == 0)
            var between = 0
            let users = 2_000
            for seed in 0..<UInt64(users) {
                let user = self.joined(plan, seed: seed, end: Self.origin)
                #expect(user.dueAt >= Self.origin)
                if user.flags.contains(.inSession) {
                    #expect(user.iteration > 0 && user.dueAt <= Self.origin + 10 * Self.second)
                    #expect(user.nextSessionAt > user.dueAt && user.nextSessionAt <= Self.origin + cycle)
                } else {
                    between += 1
                    #expect(user.dueAt <= Self.origin + cycle - 30 * Self.second)
                    #expect(user.nextSessionAt == user.dueAt + cycle)
                }
            }
            // Requests are due in the first 30 of 100 s: 70 % join after them. One standard deviation is 1 %.
            #expect(abs(Double(between) / Double(users) - 0.7) < 0.05)
        }
    }

    @Test("Cold, a user goes on from where it is")
    func cold() throws {
        let step = Step(path: "/", repeatCount: 2, pause: .every(.constant(Self.second)))
        try SessionPlanTests.withPlan([step], cycle: .every(.constant(9 * Self.second))) { plan in
            let user = self.joined(plan, seed: 1, end: Self.origin + 50)
            #expect(user.iteration == 1 && user.dueAt == Self.origin + Self.second)
            #expect(user.nextSessionAt == Self.origin + 9 * Self.second)
            #expect(!user.flags.contains(.sessionJoined))
        }
    }

    /// Seconds since the load began at which requests were due before the stop and never started.
    private func unstarted(
        _ user: User, _ plan: SessionPlan, until stop: UInt64, hasSessions: Bool = true
    ) -> [UInt64] {
        var user = user
        var found: [UInt64] = []
        var due = plan.firstUnstarted(&user, hasSessions: hasSessions)
        while let at = due, at < Self.origin + stop * Self.second, found.count < 100 {
            found.append((at - Self.origin) / Self.second)
            due = plan.nextUnstarted(&user, after: at)
        }
        return found
    }

    @Test("Never started is each planned request from the next one to the stop; one in flight was started")
    func neverStarted() throws {
        let step = Step(path: "/", repeatCount: 3, pause: .every(.constant(2 * Self.second)))
        try SessionPlanTests.withPlan([step]) { plan in
            var user = self.joined(plan, seed: 1, end: Self.origin)
            #expect(self.unstarted(user, plan, until: 9) == [2, 4, 6, 8])
            #expect(self.unstarted(user, plan, until: 2) == [])
            user.intended = user.dueAt
            user.request = .sent
            #expect(self.unstarted(user, plan, until: 9) == [4, 6, 8])
            user.flags.remove(.onPlan)
            #expect(self.unstarted(user, plan, until: 9) == [], "not yet on its plan")
        }
    }

    @Test("What takes an answer to be due is none of them: after `think`, between sessions, past a number of them")
    func unknowable() throws {
        let every = Pause.every(.constant(2 * Self.second))
        let end = Self.origin
        try SessionPlanTests.withPlan([Step(path: "/", pause: every), Step(path: "/", pause: .think(.constant(1)))]) {
            #expect(self.unstarted(self.joined($0, seed: 1, end: end), $0, until: 99) == [2])
        }
        let three = Step(path: "/", repeatCount: 3, pause: every)
        try SessionPlanTests.withPlan([three], cycle: .between(.constant(1_000))) {
            #expect(self.unstarted(self.joined($0, seed: 1, end: end), $0, until: 99) == [2, 4])
        }
        try SessionPlanTests.withPlan([three], sessions: 5) {
            #expect(self.unstarted(self.joined($0, seed: 1, end: end), $0, until: 99) == [2, 4])
        }
        try SessionPlanTests.withPlan([three], cycle: .every(.constant(10 * Self.second))) {
            let found = self.unstarted(self.joined($0, seed: 1, end: end), $0, until: 25)
            #expect(found == [2, 4, 10, 12, 14, 20, 22, 24])
        }
    }

    @Test("In an open load nothing of the user's own follows a session")
    func open() throws {
        let step = Step(path: "/", repeatCount: 3, pause: .every(.constant(2 * Self.second)))
        try SessionPlanTests.withPlan([step], isOpen: true) { plan in
            var user = SessionPlanTests.user()
            user.flags = .onPlan
            var now = Self.origin
            for request in 0..<3 {
                let isLast = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 5)
                #expect(isLast == (request == 2))
                if request == 0 { #expect(self.unstarted(user, plan, until: 99) == [2, 4]) }
            }
            #expect(user.dueAt == DeadlineHeap.never)
        }
    }

    @Test("Between two sessions, and no other left to begin: nothing was never started")
    func noneLeft() throws {
        try SessionPlanTests.withPlan([Step(path: "/", pause: .every(.constant(Self.second)))]) { plan in
            let user = self.joined(plan, seed: 1, end: Self.origin)
            #expect(!user.flags.contains(.inSession))
            #expect(self.unstarted(user, plan, until: 3) == [1, 2])
            #expect(self.unstarted(user, plan, until: 3, hasSessions: false) == [])
        }
    }
}
