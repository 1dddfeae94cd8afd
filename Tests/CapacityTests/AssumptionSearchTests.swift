import Measure
import SearchSimulation
import Testing

@testable import Capacity

/// Searches that have a number to test. The full table over 400 seeds is `scripts/accuracy simulation`'s.
@Suite struct AssumptionSearchTests {
    private static func goal(_ assumption: Double, isVerdictOnly: Bool = true) throws -> SearchGoal {
        var goal = try SearchGoal(variable: .users, maximum: 100_000, trial: 5_000_000_000)
        goal.assumption = assumption
        goal.isVerdictOnly = isVerdictOnly
        return goal
    }

    @Test("The first trial is at the assumption, and a pass is confirmed at once: two trials and 15 s")
    func supported() throws {
        var search = Search(try Self.goal(2_000))
        #expect(search.finish(HardTarget(capacity: 5_000).run) == .decided(load: 2_000, isHeld: true))
        #expect(search.trials.map(\.plan.load) == [2_000, 2_000])
        #expect(search.trials.map(\.plan.purpose) == [.assumption, .confirmation])
        #expect(search.spent == 15_000_000_000)
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        let judgement = Judgement(Assumption(value: 2_000), answer)
        #expect(judgement.verdict == .supported && judgement.lowerRatio == 1 && judgement.upperRatio == nil)
        #expect(ExitCode(answer, judgement) == .success)
    }

    @Test("A first failure is repeated warm before it refutes")
    func refuted() throws {
        var search = Search(try Self.goal(2_000))
        #expect(search.finish(HardTarget(capacity: 1_000).run) == .decided(load: 2_000, isHeld: false))
        #expect(search.trials.map(\.plan.purpose) == [.assumption, .repetition])
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        let judgement = Judgement(Assumption(value: 2_000), answer)
        #expect(judgement.verdict == .refuted && judgement.upperRatio == 1)
        #expect(ExitCode(answer, judgement) == .refuted)
        #expect(answer.limitedBy == .connections)
    }

    @Test("A failure that occurs only while the target is cold does not refute")
    func cold() throws {
        var search = Search(try Self.goal(2_000))
        var isCold = true
        let outcome = search.finish { plan in
            defer { isCold = false }
            return HardTarget(capacity: isCold ? 10 : 5_000).run(plan)
        }
        #expect(outcome == .decided(load: 2_000, isHeld: true))
        #expect(search.trials.map(\.plan.purpose) == [.assumption, .repetition, .confirmation])
    }

    @Test("A search that does not end at a verdict goes on to the capacity, up or down", arguments: [900, 5_000])
    func goesOn(capacity: UInt64) throws {
        var search = Search(try Self.goal(2_000, isVerdictOnly: false))
        guard case .converged(let bracket) = search.finish(HardTarget(capacity: capacity).run) else {
            return #expect(Bool(false), "\(search.step)")
        }
        #expect(bracket.lower == Double(capacity) && bracket.upper == Double(capacity + 1))
        #expect(search.trials.first?.plan.load == 2_000)
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        #expect(Judgement(Assumption(value: 2_000), answer).verdict == (capacity > 2_000 ? .supported : .refuted))
    }

    @Test("After an assumption that is too much for the generator, smaller loads are tried")
    func generator() throws {
        var search = Search(try Self.goal(2_000))
        let outcome = search.finish { plan in
            var result = SearchTests.passed(plan)
            if plan.load > 600 { result.validity = .generatorLimited(reason: "ports") }
            return result
        }
        guard case .generatorLimited(let least, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(least == 500)
    }

    @Test("Half and twice the assumption get the right verdict every time, in at most 4 trials and 40 s (20 seeds each)")
    func clear() throws {
        for kind in QueueServer.Kind.allCases {
            for (ratio, expected) in [(0.5, AssumptionVerdict.refuted), (2, .supported)] {
                for seed in UInt64(1)...20 {
                    let found = try #require(
                        try SimulatedSearch.verdict(kind, assumption: kind.truth / ratio, seed: seed))
                    #expect(found.judgement.verdict == expected, "\(kind) \(ratio) \(seed)")
                    #expect(found.trials <= 4 && found.seconds <= 40)
                }
            }
        }
    }

    @Test("A tenth more or less gets the right verdict, or none, in 19 of 20 searches")
    func near() throws {
        for (ratio, wrong) in [(0.9, AssumptionVerdict.supported), (1.1, .refuted)] {
            let mistakes = try (UInt64(1)...20).count { seed in
                let found = try SimulatedSearch.verdict(
                    .exponential, assumption: QueueServer.Kind.exponential.truth / ratio, seed: seed)
                return found?.judgement.verdict == wrong
            }
            #expect(mistakes <= 1)
        }
    }

    @Test("Without an assumption the first load is the smallest with enough samples in an ordinary trial")
    func samples() throws {
        var goal = try SearchGoal(variable: .users, maximum: 100_000)
        goal.samples = SearchGoal.Samples(needed: 1_000, perLoad: 0.1)
        #expect(goal.start == 1_000)
        #expect(goal.first == TrialPlan(load: 1_000, duration: 10_000_000_000, purpose: .growth))
        // Users who join hold for two cycles of their pace, so fewer of them have enough samples.
        goal.firstHold = 20_000_000_000
        #expect(goal.start == 500 && goal.first.duration == 20_000_000_000)
        goal.firstHold = 0
        // A smaller load is held for longer, unless the user chose the length.
        #expect(goal.duration(of: .growth, at: 500) == 20_000_000_000)
        goal.isTrialGiven = true
        #expect(goal.start == 1_000 && goal.first.duration == 10_000_000_000)
        #expect(goal.duration(of: .growth, at: 500) == 5_000_000_000)
        #expect(goal.least == 20)
    }
}

extension AssumptionSearchTests {
    /// A target that keeps every objective and lets a queue grow above 200 sessions/s.
    private static func growing(_ plan: TrialPlan) -> TrialResult {
        let batches = (0..<max(1, Int(plan.duration / 1_000_000_000))).map { _ in
            Exceedance.Batch(count: UInt64(plan.load), beyond: 0)
        }
        let objective = ObjectiveResult(
            text: "p99 < 1s", kind: .latency, met: true, measured: nil,
            exceedance: Exceedance(allowed: 0.01, batches: batches))
        return TrialResult(
            load: plan.load, duration: plan.duration, objectives: [objective],
            growth: plan.load > 200 ? .growing("40 more in flight at the end than at the beginning") : .none)
    }

    @Test("A load that is not sustained fails although it keeps every objective, and the bracket lies at stability")
    func growth() throws {
        var search = Search(try SearchGoal(variable: .sessionsPerSecond, minimum: 10, maximum: 1e5))
        guard case .converged(let bracket) = search.finish(Self.growing) else {
            return #expect(Bool(false), "\(search.step)")
        }
        #expect(bracket.lower <= 200 && bracket.upper >= 200 && bracket.upper <= 210, "\(bracket)")
    }

    @Test("A trial that is too short to show whether a queue grows is repeated for longer, and does not count itself")
    func tooShort() throws {
        var goal = try SearchGoal(variable: .sessionsPerSecond, minimum: 10, maximum: 1e5)
        goal.assumption = 100
        goal.isVerdictOnly = true
        var search = Search(goal)
        let outcome = search.finish { plan in
            var result = Self.growing(plan)
            if plan.duration < 30_000_000_000 { result.growth = .tooShort(needed: 30_000_000_000) }
            return result
        }
        #expect(outcome == .decided(load: 100, isHeld: true))
        #expect(search.trials[0].plan.duration == 10_000_000_000 && search.trials[1].plan.duration == 30_000_000_000)
        // The load passed twice, the second time for as long as a confirmation: a third trial shows nothing more.
        #expect(search.trials.map(\.plan.purpose) == [.assumption, .confirmation])
    }

    @Test("A trial that only finds out where to look is not repeated for being too short")
    func tooShortToLook() throws {
        var goal = try SearchGoal(variable: .users, maximum: 100_000, trial: 10_000_000_000)
        goal.samples = SearchGoal.Samples(needed: 1_000, perLoad: 1)
        var search = Search(goal)
        _ = search.finish { plan in
            var result = HardTarget(capacity: 1_000).run(plan)
            if result.passed, plan.purpose == .growth { result.growth = .tooShort(needed: 30_000_000_000) }
            return result
        }
        let looks = search.trials.filter { $0.plan.purpose == .growth }
        #expect(looks.count > 1 && Set(looks.map(\.plan.load)).count == looks.count)
    }
}
