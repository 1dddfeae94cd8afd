import Measure
import SearchSimulation
import Testing

@testable import Capacity

/// Before each trial the target must be back at its first value. A trial that began before that refutes nothing.
@Suite struct RecoveryTests {
    private static let behind = Unrecovered(now: 210_000_000, first: 1_200_000, waited: 30_000_000_000)

    private static func goal(isVerdictOnly: Bool = true) throws -> SearchGoal {
        var goal = try SearchGoal(variable: .users, maximum: 100_000, trial: 5_000_000_000)
        goal.assumption = 2_000
        goal.isVerdictOnly = isVerdictOnly
        return goal
    }

    @Test("A median is back up to half and 2 ms above the first one")
    func isBack() {
        #expect(Recovery.isBack(2_150_000, first: 100_000) && !Recovery.isBack(2_150_001, first: 100_000))
        #expect(Recovery.isBack(302_000_000, first: 200_000_000) && !Recovery.isBack(302_000_001, first: 200_000_000))
    }

    @Test("A cool-down is at least as long as the trial before, and 30 s; a chosen length is kept")
    func limit() {
        #expect(Recovery.limit(given: nil) == 30_000_000_000)
        #expect(Recovery.limit(given: nil, afterTrial: 5_000_000_000) == 30_000_000_000)
        #expect(Recovery.limit(given: nil, afterTrial: 86_400_000_000) == 86_400_000_000)
        #expect(Recovery.limit(given: 100_000_000, afterTrial: 86_400_000_000) == 100_000_000)
    }

    @Test("Failures in a target that has not recovered refute nothing: repeated once, then undecided")
    func undecided() throws {
        var search = Search(try Self.goal())
        var isFirst = true
        let outcome = search.finish { plan in
            var result = HardTarget(capacity: 1_000).run(plan)
            if !isFirst { result.began(Self.behind) }
            isFirst = false
            return result
        }
        #expect(outcome == .doomed(.unrecovered(load: 2_000, times: 2, last: Self.behind)))
        #expect(search.trials.map(\.plan.purpose) == [.assumption, .repetition, .repetition])
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        let judgement = Judgement(Assumption(value: 2_000), answer)
        #expect(judgement.verdict == .undecided && ExitCode(answer, judgement) == .undecided)
        #expect(ExitCode(answer, nil) == .undecided)
    }

    @Test("A trial that passes in a target that has not recovered counts, and so does a failure once it has")
    func counted() throws {
        var search = Search(try Self.goal())
        #expect(
            search.finish { plan in
                var result = HardTarget(capacity: 5_000).run(plan)
                result.began(Self.behind)
                return result
            } == .decided(load: 2_000, isHeld: true))
        search = Search(try Self.goal())
        var trials = 0
        let outcome = search.finish { plan in
            trials += 1
            var result = HardTarget(capacity: 1_000).run(plan)
            // One more cool-down was enough.
            if trials == 2 { result.began(Self.behind) }
            return result
        }
        #expect(outcome == .decided(load: 2_000, isHeld: false))
        #expect(search.trials.count == 3)
    }

    @Test("A bracket that was found before the target stayed slow is kept")
    func kept() throws {
        var search = Search(try Self.goal(isVerdictOnly: false))
        var hasFailed = false
        let outcome = search.finish { plan in
            var result = HardTarget(capacity: 5_000).run(plan)
            // Slow for good since its first failure.
            if result.failed, hasFailed { result.began(Self.behind) }
            hasFailed = hasFailed || plan.load > 5_000
            return result
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.lower <= 5_000 && bracket.upper > 5_000 && !bracket.widthReached, "\(bracket)")
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        let last = try #require(search.trials.last)
        #expect(
            Caution.all(answer, Caution.Circumstances(), assumption: nil)
                == [.unrecovered(load: last.plan.load, Self.behind)])
    }

    @Test("Void trials in between do not restart the count of unrecovered ones")
    func interleaved() throws {
        var search = Search(try Self.goal())
        var trials = 0
        let outcome = search.finish { plan in
            trials += 1
            var result = HardTarget(capacity: 1_000).run(plan)
            if trials > 1 { result.began(Self.behind) }
            if trials == 3 { result.validity = .void(reason: "steal") }
            return result
        }
        #expect(outcome == .doomed(.unrecovered(load: 2_000, times: 2, last: Self.behind)))
        #expect(search.trials.count == 4)
    }

    @Test("The queue that a trial leaves in a simulated server does not move the capacity (20 seeds)")
    func simulated() throws {
        var near = 0
        for seed in UInt64(1)...20 {
            let kind = QueueServer.Kind.exponential
            let answer = try #require(
                try SimulatedSearch.run(kind, seed: seed, total: 300_000_000_000, leavesQueueEach: 3))
            if abs(answer.estimate / kind.truth - 1) <= 0.03 { near += 1 }
        }
        #expect(near >= 18, "\(near) of 20 within 3 %")
    }
}
