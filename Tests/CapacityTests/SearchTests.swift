import Capacity
import Testing

/// A target that holds so many users and loses or refuses the others: T15's.
struct HardTarget {
    var capacity: UInt64
    /// The users that remain when one too many comes; nil: the capacity itself.
    var heldWhenOver: UInt64?

    func run(_ plan: TrialPlan) -> TrialResult {
        let asked = UInt64(plan.load)
        let held = asked <= self.capacity ? asked : (self.heldWhenOver ?? self.capacity)
        return TrialResult(
            load: plan.load, duration: plan.duration, objectives: [], lowestHeld: held, heldShortfall: asked - held)
    }
}

extension Search {
    /// Runs to the end, which every search reaches.
    mutating func finish(_ run: (TrialPlan) -> TrialResult) -> SearchOutcome {
        for _ in 0...SearchGoal.trialLimit {
            switch self.step {
            case .trial(let plan): self.record(run(plan))
            case .finished(let outcome): return outcome
            }
        }
        Issue.record("a search made more trials than its limit")
        return .belowRange(0)
    }
}

@Suite struct SearchTests {
    static func goal(_ maximum: Double = 1e6, minimum: Double = 1) throws -> SearchGoal {
        try SearchGoal(variable: .users, minimum: minimum, maximum: maximum)
    }

    static func passed(_ plan: TrialPlan) -> TrialResult {
        TrialResult(load: plan.load, duration: plan.duration, objectives: [])
    }

    @Test(
        "A hard limit is found exactly, or to half a percent beyond 10,000, in 2 log2(C) + 6 trials",
        arguments: [1, 7, 200, 907, 2_000, 2_001, 10_000, 100_000], [true, false])
    func hardLimit(capacity: UInt64, holdsWhatItCan: Bool) throws {
        var search = Search(try Self.goal())
        let target = HardTarget(capacity: capacity, heldWhenOver: holdsWhatItCan ? nil : 0)
        guard case .converged(let bracket) = search.finish(target.run) else {
            Issue.record("no bracket: \(search.step)")
            return
        }
        let exact = Double(capacity)
        if capacity <= 10_000 {
            #expect(bracket.lower == exact)
            #expect(bracket.upper == exact + 1)
        } else {
            #expect(bracket.lower <= exact && exact < bracket.upper)
            #expect(bracket.lower >= exact * 0.995)
        }
        #expect(bracket.kind == .hard)
        #expect(bracket.widthReached && bracket.isConfirmed && bracket.isRetested)
        #expect(bracket.violations.isEmpty)
        var doublings = 0.0
        while (1 << Int(doublings + 1)) <= capacity { doublings += 1 }
        #expect(Double(search.trials.count) <= 2 * doublings + 6, "\(search.trials.count) trials")
        #expect(search.spent <= search.goal.durationSum)
    }

    @Test("The confirmation at the lower end is longer than any other trial, and the upper end fails twice")
    func confirmation() throws {
        var search = Search(try Self.goal())
        _ = search.finish(HardTarget(capacity: 200).run)
        let longest = try #require(search.trials.max { $0.plan.duration < $1.plan.duration })
        #expect(longest.plan.purpose == .confirmation)
        #expect(longest.plan.load == 200)
        #expect(search.trials.count { $0.plan.load == 201 && $0.result.failed } == 2)
    }

    @Test("A capacity below the smallest load is reported as below the range, without a number")
    func belowRange() throws {
        var search = Search(try Self.goal(minimum: 100))
        #expect(search.finish(HardTarget(capacity: 99).run) == .belowRange(100))
        #expect(search.trials.count == 2)
    }

    @Test("A capacity above the largest load is reported as above the range, after a confirmation there")
    func aboveRange() throws {
        var search = Search(try Self.goal(3_000))
        #expect(search.finish(HardTarget(capacity: 3_000).run) == .aboveRange(3_000))
        #expect(search.trials.last?.plan.purpose == .confirmation)
    }

    @Test("A generator that meets its own limit ends the search with at least what passed, never with a capacity")
    func generatorLimited() throws {
        var search = Search(try Self.goal())
        let outcome = search.finish { plan in
            var result = Self.passed(plan)
            if plan.load > 1_000 { result.validity = .generatorLimited(reason: "fd_limit") }
            return result
        }
        #expect(outcome == .generatorLimited(atLeast: 512, reason: "fd_limit"))
        let answer = try #require(CapacityAnswer(search, pace: "back to back", plannedRequestsPerUser: nil))
        #expect(answer.limitedBy == .generator)
    }

    @Test("A void trial is repeated twice at its load; the third one dooms the search")
    func void() throws {
        var search = Search(try Self.goal())
        let outcome = search.finish { plan in
            var result = Self.passed(plan)
            if plan.load == 4 { result.validity = .void(reason: "starved") }
            return result
        }
        #expect(outcome == .doomed(.void(load: 4, times: 3, reason: "starved")))
        #expect(search.trials.count == 5)
    }

    @Test("A void trial that goes well when it is repeated costs nothing but its time")
    func voidOnce() throws {
        var search = Search(try Self.goal())
        var voided = false
        let outcome = search.finish { plan in
            var result = HardTarget(capacity: 200).run(plan)
            if plan.load == 128, !voided {
                voided = true
                result.validity = .void(reason: "starved")
            }
            return result
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.lower == 200)
    }

    @Test("A target that dies during the search ends it, with the trials kept")
    func targetLost() throws {
        var search = Search(try Self.goal())
        let outcome = search.finish { plan in
            var result = Self.passed(plan)
            if plan.load == 8 { result.validity = .targetLost(reason: "refused") }
            return result
        }
        #expect(outcome == .doomed(.targetLost(reason: "refused")))
        #expect(search.trials.count == 4)
    }

    @Test("A first failure that only a cold target made costs nothing: the same load is tried again, warm")
    func coldFailure() throws {
        var search = Search(try Self.goal())
        var failures = 0
        let outcome = search.finish { plan in
            if plan.load == 64, failures < 1 {
                failures += 1
                return HardTarget(capacity: 0).run(plan)
            }
            return HardTarget(capacity: 200).run(plan)
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(failures == 1 && search.trials.count { $0.plan.load == 64 } == 2)
        #expect(bracket.violations.isEmpty)
        #expect(bracket.lower == 200)
    }

    @Test("A load that passes though it failed before is reported as a violation of monotonicity")
    func violation() throws {
        var search = Search(try Self.goal())
        var failures = 0
        let outcome = search.finish { plan in
            // Not the first failure of the search, which is that of the limit itself.
            if plan.load == 200, failures < 1 {
                failures += 1
                return HardTarget(capacity: 0).run(plan)
            }
            return HardTarget(capacity: 200).run(plan)
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(failures == 1)
        #expect(
            bracket.violations.contains(MonotonicityViolation(failed: 200, passed: 200)),
            "\(bracket), \(search.trials.map { ($0.plan.load, $0.result.passed) })")
    }

    @Test("The same results lead to the same steps")
    func pure() throws {
        var first = Search(try Self.goal())
        var second = first
        #expect(first.finish(HardTarget(capacity: 777).run) == second.finish(HardTarget(capacity: 777).run))
        #expect(first.trials == second.trials)
    }

    @Test("No search takes longer than its duration sum, and it reports where it stopped")
    func durationSum() throws {
        let goal = try SearchGoal(
            variable: .users, maximum: 1e6, trial: 2_000_000_000, durationSum: 14_000_000_000)
        var search = Search(goal)
        guard case .converged(let bracket) = search.finish(HardTarget(capacity: 300, heldWhenOver: 0).run) else {
            Issue.record("no bracket: \(search.step)")
            return
        }
        #expect(search.spent <= goal.durationSum)
        #expect(bracket.lower <= 300 && bracket.upper > 300)
        #expect(!bracket.widthReached && !bracket.isConfirmed)

        var short = Search(
            try SearchGoal(variable: .users, maximum: 1e6, trial: 2_000_000_000, durationSum: 4_000_000_000))
        #expect(
            short.finish(HardTarget(capacity: 300).run) == .doomed(.limits(spent: 4_000_000_000, trials: 4)))
    }

    @Test("A goal that allows no search is refused by name")
    func badGoals() {
        #expect(throws: SearchGoalError.range(minimum: 10, maximum: 1)) {
            try SearchGoal(variable: .users, minimum: 10, maximum: 1)
        }
        #expect(throws: SearchGoalError.partialUsers) {
            try SearchGoal(variable: .users, minimum: 1.5, maximum: 10)
        }
        #expect(throws: SearchGoalError.self) { try SearchGoal(variable: .users, maximum: .nan) }
        #expect(throws: SearchGoalError.self) { try SearchGoal(variable: .users, maximum: .infinity) }
        #expect(throws: SearchGoalError.width(0)) { try SearchGoal(variable: .users, maximum: 9, width: 0) }
        #expect(throws: SearchGoalError.trialDuration(0)) { try SearchGoal(variable: .users, maximum: 9, trial: 0) }
    }
}
