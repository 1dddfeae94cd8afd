import Glibc
import Numerics
import Testing
import Workload

@testable import Engine

/// How planned users join, and which requests of a plan never started; on plain values.
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

    /// A user before its first request.
    private func placed(_ plan: SessionPlan, seed: UInt64, slot: Int = 0) -> User {
        var user = SessionPlanTests.user(seed)
        plan.place(&user, slot: slot)
        return user
    }

    /// The due times of these users' requests up to a time, in seconds since the load began; each request takes no
    /// time.
    private func dues(_ plan: SessionPlan, users: Int, until: Double) -> [Double] {
        var dues: [Double] = []
        for slot in 0..<users {
            var user = self.placed(plan, seed: UInt64(slot), slot: slot)
            var now = Self.origin
            while Double(user.dueAt - Self.origin) / 1e9 < until {
                dues.append(Double(user.dueAt - Self.origin) / 1e9)
                _ = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 0, slot: slot)
            }
        }
        return dues
    }

    @Test("With one gap for all, each user has its own share of the gap, and a random request of its session")
    func evenly() throws {
        let users = 40
        let gap = 10 * Self.second
        let step = Step(path: "/", repeatCount: 10, pause: .every(.constant(gap)))
        for cycle in [Cycle.none, .every(.constant(10 * gap))] {
            try SessionPlanTests.withPlan([step], cycle: cycle, start: .steady, users: users) { plan in
                #expect(plan.evenGap == gap && plan.join == Join(kind: .placed, length: gap, cycle: gap))
                var positions: Set<Int32> = []
                for slot in 0..<users {
                    var user = self.placed(plan, seed: UInt64(slot), slot: slot)
                    let first = user.dueAt
                    #expect((first - Self.origin) / (gap / UInt64(users)) == UInt64(slot))
                    positions.insert(user.iteration)
                    let isMidway = user.iteration > 0
                    var now = Self.origin
                    let isOver = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 3 * Self.second, slot: slot)
                    #expect(user.dueAt == first + gap && user.flags.contains(.onPlan))
                    #expect(user.flags.contains(.sessionJoined) == isMidway)
                    #expect(user.flags.contains(.inSession) == !isOver)
                    if cycle != .none && !isOver {
                        // The next session is due when the plan of this one ends.
                        #expect(user.nextSessionAt == user.dueAt + UInt64(10 - user.iteration) * gap)
                    }
                }
                #expect(positions.count > 7, "of 10 requests")
            }
        }
    }

    @Test("A user with a failed first request tries the next one, and joins at its own place when it is answered")
    func late() throws {
        let gap = 10 * Self.second
        let steps = [Step(path: "/", repeatCount: 2, pause: .every(.constant(gap))), Step(path: "/b", pause: .every(.constant(gap)))]
        for cycle in [Cycle.none, .every(.constant(3 * gap))] {
            try SessionPlanTests.withPlan(steps, cycle: cycle, start: .steady, users: 4) { plan in
                for wait in [1, 9, 11, 25] as [UInt64] {
                    var user = self.placed(plan, seed: wait, slot: 2)
                    let place = user.step * 2 + user.iteration
                    let end = user.dueAt + wait * Self.second
                    plan.enterSession(&user)
                    user.intended = user.dueAt
                    #expect(!plan.advance(&user, at: end))
                    #expect(user.step * 2 + user.iteration == (place + 1) % 3 && user.dueAt == end)
                    var now = user.dueAt
                    _ = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 0, slot: 2)
                    #expect(user.dueAt >= end && user.dueAt < end + gap && user.flags.contains(.onPlan))
                    #expect((user.dueAt - Self.origin) % gap / (gap / 4) == 2)
                    // Nothing after it is ever due before it.
                    if cycle != .none && user.flags.contains(.inSession) { #expect(user.nextSessionAt > user.dueAt) }
                }
            }
        }
    }

    /// A plan, how many requests/s it makes per user once it goes on, and how long its join is, in seconds.
    private struct Pace {
        let session: [Step]
        var cycle = Cycle.none
        var ramp: UInt64?
        let rate: Double
        let length: Double
    }

    private static let paces = [
        Pace(session: [Step(path: "/", pause: .every(.constant(10 * second)))], rate: 0.1, length: 10),
        Pace(session: [Step(path: "/", pause: .every(.constant(10 * second)))], ramp: 25 * second, rate: 0.1, length: 25),
        Pace(
            session: [Step(path: "/", repeatCount: 9, pause: .every(.uniform(second, 5 * second)))], rate: 1.0 / 3,
            length: 5),
        Pace(session: [Step(path: "/", pause: .every(.exponential(4 * second)))], rate: 0.25, length: 4),
        Pace(
            session: [Step(path: "/", pause: .every(.exponential(4 * second)))], ramp: 20 * second, rate: 0.25,
            length: 20),
        Pace(
            session: [Step(path: "/", repeatCount: 5, pause: .think(.constant(2 * second)))],
            cycle: .between(.constant(6 * second)), rate: 5.0 / 14, length: 6),
        Pace(session: [Step(path: "/", repeatCount: 3)], cycle: .between(.uniform(0, 8 * second)), rate: 0.75, length: 8),
        Pace(session: [Step(path: "/", repeatCount: 4)], cycle: .every(.constant(20 * second)), rate: 0.2, length: 20),
        Pace(
            session: [Step(path: "/", repeatCount: 4, pause: .think(.exponential(second)))],
            cycle: .every(.constant(20 * second)), rate: 0.2, length: 3.25),
    ]

    @Test("While users join, and afterwards, requests are never due faster than in the plan", arguments: 0..<9)
    func neverFaster(_ number: Int) throws {
        let pace = Self.paces[number]
        let users = 4_000
        try SessionPlanTests.withPlan(
            pace.session, cycle: pace.cycle, start: .steady, users: users, ramp: pace.ramp
        ) { plan in
            let length = Double(plan.join.length) / 1e9
            #expect(number == 8 || abs(length - pace.length) < 1e-6)
            let windows = 40
            let window = 2 * max(length, 4) / Double(windows)
            var counts = Array(repeating: 0, count: windows)
            for due in self.dues(plan, users: users, until: window * Double(windows)) { counts[Int(due / window)] += 1 }
            let planned = pace.rate * Double(users) * window
            for count in counts {
                // Five standard deviations of a Poisson count; up to 4 requests of a session come together.
                #expect(Double(count) <= planned + 10 * planned.squareRoot() + 1, "\(counts) for \(planned)")
            }
            // Once all are there, the load is the one that was asked for.
            let after = counts.suffix(windows / 2 - 4).reduce(0, +)
            #expect(abs(Double(after) / (planned * Double(windows / 2 - 4)) - 1) < 0.06, "\(counts) for \(planned)")
        }
    }

    @Test("All users are there when the join is over")
    func allThere() throws {
        for pace in Self.paces {
            try SessionPlanTests.withPlan(
                pace.session, cycle: pace.cycle, start: .steady, users: 500, ramp: pace.ramp
            ) { plan in
                for slot in 0..<500 {
                    let due = self.placed(plan, seed: UInt64(slot), slot: slot).dueAt
                    #expect(due >= Self.origin && due <= Self.origin + plan.join.length)
                }
            }
        }
    }

    /// A server, and users that keep it busy at a pace: one of eighteen.
    private struct Queue {
        let pace: Double
        let busy: Double
        let users: Int
        /// Requests/s that it serves.
        let rate: Double

        /// At most as many users as one address has ports; with fewer users the server is slower in proportion.
        init(_ number: Int) {
            let rate = [100.0, 500, 5_000][number / 6]
            self.pace = [1, 10, 43.2][number / 2 % 3]
            self.busy = [0.46, 0.8][number % 2]
            self.users = min(20_000, Int((rate * self.busy * self.pace).rounded()))
            self.rate = Double(self.users) / self.pace / self.busy
        }
    }

    /// Response times, first come, first served: of requests due while users join, and of those due afterwards. `work`:
    /// each service time as a multiple of the mean.
    private func serve(
        _ queue: Queue, cycles: Int, work: () -> Double
    ) throws -> (join: [Double], hold: [Double]) {
        let step = Step(path: "/", repeatCount: 10, pause: .every(.constant(UInt64(queue.pace * 1e9))))
        var times: (join: [Double], hold: [Double]) = ([], [])
        try SessionPlanTests.withPlan([step], start: .steady, users: queue.users) { plan in
            var free = 0.0
            for due in self.dues(plan, users: queue.users, until: Double(cycles) * queue.pace).sorted() {
                free = max(free, due) + work() / queue.rate
                if due < queue.pace { times.join.append(free - due) } else { times.hold.append(free - due) }
            }
        }
        return times
    }

    private func p99(_ values: [Double]) -> Double { values.sorted()[Int(0.99 * Double(values.count - 1))] }

    @Test("First come, first served: users wait no longer while they join than in the steady state", arguments: 0..<18)
    func noQueue(_ number: Int) throws {
        let queue = Queue(number)
        let times = try self.serve(queue, cycles: 3) { 1 }
        #expect(times.join.count == queue.users && times.hold.count == 2 * queue.users)
        #expect(self.p99(times.join) <= 1.1 * self.p99(times.hold) + 0.002)
        #expect(self.p99(times.hold) < 0.5)
    }

    @Test("With exponential service the p99 of joined users is D/M/1's formula", arguments: 0..<18)
    func formula(_ number: Int) throws {
        let queue = Queue(number)
        // p99 = ln 100 / (μ (1 - σ)), σ = exp(-(1 - σ) / ρ) (Kleinrock, Queueing Systems 1, 6.4).
        var sigma = 0.5
        for _ in 0..<200 { sigma = exp(-(1 - sigma) / queue.busy) }
        let truth = log(100) / (queue.rate * (1 - sigma))
        var random = RandomGenerator(seed: UInt64(number) + 1)
        let times = try self.serve(queue, cycles: 2 + 200_000 / queue.users) {
            Double(Gap.exponential(1_000_000_000).draw(using: &random)) / 1e9
        }
        let p99 = self.p99(times.hold)
        #expect(abs(p99 - truth) <= max(0.1 * truth, 0.002), "\(p99) for \(truth)")
    }

    @Test("A shorter ramp spreads the first requests over it, and the plan begins with its end")
    func shortRamp() throws {
        let gap = 10 * Self.second
        let step = Step(path: "/", pause: .every(.constant(gap)))
        try SessionPlanTests.withPlan([step], start: .steady, users: 100, ramp: Self.second) { plan in
            #expect(plan.join == Join(kind: .spread, length: Self.second, cycle: gap, burst: 10))
            for slot in 0..<100 {
                var user = self.placed(plan, seed: UInt64(slot), slot: slot)
                let share = UInt64(slot) * Self.second / 100
                #expect(user.dueAt >= Self.origin + share && user.dueAt < Self.origin + share + Self.second / 100)
                var now = Self.origin
                _ = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 0, slot: slot)
                #expect(user.dueAt >= Self.origin + Self.second && user.dueAt <= Self.origin + Self.second + gap)
                #expect((user.dueAt - Self.origin) % gap / (gap / 100) == UInt64(slot), "at its own place")
            }
        }
    }

    @Test("With a number of sessions each one is whole: users begin theirs within a gap of the plan")
    func whole() throws {
        let step = Step(path: "/", repeatCount: 3, pause: .every(.constant(2 * Self.second)))
        try SessionPlanTests.withPlan([step], start: .steady, sessions: 50, users: 50) { plan in
            #expect(plan.join == Join(kind: .whole, length: 2 * Self.second, cycle: 2 * Self.second))
            for slot in 0..<50 {
                var user = self.placed(plan, seed: UInt64(slot), slot: slot)
                let first = user.dueAt
                #expect((first - Self.origin) / (2 * Self.second / 50) == UInt64(slot))
                var now = Self.origin
                for request in 1...3 {
                    let isLast = SessionPlanTests.makeRequest(&user, plan, now: &now, answer: 5, slot: slot)
                    #expect(isLast == (request == 3) && user.dueAt == first + UInt64(request) * 2 * Self.second)
                    #expect(!user.flags.contains(.sessionJoined))
                }
            }
        }
    }

    @Test("If sessions have a plan, a user joins one of a random age, and both it and the next follow the plan")
    func cycles() throws {
        let cycle = 100 * Self.second
        let step = Step(path: "/", repeatCount: 4, pause: .every(.constant(10 * Self.second)))
        try SessionPlanTests.withPlan([step], cycle: .every(.constant(cycle)), start: .steady) { plan in
            #expect(plan.evenGap == 0)
            var between = 0
            let users = 2_000
            for seed in 0..<UInt64(users) {
                let user = self.placed(plan, seed: seed)
                #expect(user.dueAt >= Self.origin)
                if user.iteration > 0 {
                    #expect(user.dueAt <= Self.origin + 10 * Self.second)
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

    /// Seconds since the load began at which requests were due before the stop and did not start.
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

    @Test("Never started is each planned request from the next one to the stop; one in flight did start")
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

    @Test("Requests due only after an answer are not among them: after `think`, between sessions, past the last one")
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

    @Test("In an open load no request of the user's own follows a session")
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

    @Test("Between two sessions, with no other left to begin, there is nothing that never started")
    func noneLeft() throws {
        try SessionPlanTests.withPlan([Step(path: "/", pause: .every(.constant(Self.second)))]) { plan in
            let user = self.joined(plan, seed: 1, end: Self.origin)
            #expect(!user.flags.contains(.inSession))
            #expect(self.unstarted(user, plan, until: 3) == [1, 2])
            #expect(self.unstarted(user, plan, until: 3, hasSessions: false) == [])
        }
    }
}
