import SearchSimulation
import Testing

@testable import Capacity

/// Searches for a limit that is statistical. The full table over 400 seeds is `scripts/accuracy simulation`'s.
@Suite struct LineSearchTests {
    @Test("p99 of M/M/1 is found within 3 % in 150 s, and the bracket holds the truth (T16, 16 seeds)")
    func exponential() throws {
        var (near, covered, errors) = (0, 0, 0.0)
        let truth = QueueServer.Kind.exponential.truth
        #expect(abs(truth - 907.9) < 0.05)
        for seed in UInt64(1_001)...1_016 {
            let answer = try #require(try SimulatedSearch.run(.exponential, seed: seed, total: 150_000_000_000))
            if abs(answer.estimate / truth - 1) <= 0.03 { near += 1 }
            if answer.lower <= truth && truth <= answer.upper { covered += 1 }
            errors += answer.estimate / truth - 1
            #expect(answer.seconds <= 150)
        }
        #expect(near >= 14)
        #expect(covered >= 14)
        #expect(abs(errors / 16) <= 0.01)
    }

    @Test("Every other server is found too, closer than Nighthawk's rule finds it in the same time (16 seeds each)")
    func others() throws {
        for kind in [QueueServer.Kind.pauses, .bimodal, .drifting] {
            var (ours, theirs, covered) = (0.0, 0.0, 0)
            for seed in UInt64(2_001)...2_016 {
                let answer = try #require(try SimulatedSearch.run(kind, seed: seed, total: 150_000_000_000))
                let other = SimulatedSearch.nighthawk(kind, seed: seed, seconds: answer.seconds)
                let (error, theirError) = (answer.estimate / kind.truth - 1, other.estimate / kind.truth - 1)
                ours += error * error
                theirs += theirError * theirError
                if answer.lower <= kind.truth && kind.truth <= answer.upper { covered += 1 }
            }
            #expect(ours < theirs, "\(kind)")
            #expect(covered >= 13, "\(kind)")
        }
    }

    /// A target whose requests fail with a share that depends on the load, spread evenly.
    static func failing(_ plan: TrialPlan, share: Double) -> TrialResult {
        let seconds = Int(max(1, plan.duration / 1_000_000_000))
        var owed = 0.0
        let batches = (0..<seconds).map { _ -> Exceedance.Batch in
            owed += 10_000 * share
            let beyond = owed.rounded(.down)
            owed -= beyond
            return Exceedance.Batch(count: 10_000, beyond: UInt64(beyond))
        }
        let objective = ObjectiveResult(
            text: "errors < 1%", kind: .errors, met: share < 0.01, measured: nil,
            exceedance: Exceedance(allowed: 0.01, batches: batches))
        return TrialResult(load: plan.load, duration: plan.duration, objectives: [objective])
    }

    @Test("A share that grows with the square of the load is bracketed in whole users, and the limit is errors")
    func errors() throws {
        var search = Search(try SearchGoal(variable: .users, maximum: 1e6))
        let outcome = search.finish { Self.failing($0, share: min(1, 0.01 * ($0.load / 640) * ($0.load / 640))) }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.lower <= 640 && bracket.upper >= 640)
        #expect(abs(bracket.estimate / 640 - 1) < 0.03, "\(bracket)")
        #expect(bracket.lower == bracket.lower.rounded() && bracket.upper == bracket.upper.rounded())
        let answer = try #require(CapacityAnswer(search, pace: "every 1s", plannedRequestsPerUser: 1))
        #expect(answer.limitedBy == .errors)
    }

    @Test("A trial is brief by its length; if the shortest are as long as the others, none is")
    func brief() throws {
        for (shortest, expected) in [(UInt64(1), true), (10_000_000_000, false)] {
            var search = Search(
                try SearchGoal(variable: .users, maximum: 1e6, trial: 10_000_000_000, shortestTrial: shortest))
            guard case .trial(let plan) = search.step else { return #expect(Bool(false), "no trial") }
            search.record(Self.failing(plan, share: 0))
            let first = try #require(search.trials.first)
            #expect(first.plan.purpose == .growth && search.isBrief(first) == expected)
        }
    }

    @Test("A cliff is bracketed between what passed and what failed")
    func cliff() throws {
        var search = Search(try SearchGoal(variable: .sessionsPerSecond, minimum: 10, maximum: 1e6))
        let outcome = search.finish { Self.failing($0, share: $0.load < 333 ? 0 : 0.9) }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.lower <= 333 && bracket.upper >= 333)
        #expect(bracket.upper / bracket.lower < 1.1, "\(bracket)")
    }

    /// A link that carries 110 users with one request a second each. The requests of more users wait ever longer.
    static func growingQueue(_ plan: TrialPlan) -> TrialResult {
        let seconds = Int(max(1, plan.duration / 1_000_000_000))
        let growth = max(0, plan.load / 110 - 1)
        let batches = (0..<seconds).map { second -> Exceedance.Batch in
            // Requests of this second that waited for a second or more.
            let late = growth == 0 ? 0 : min(1, max(0, Double(second + 1) - 1 / growth))
            return Exceedance.Batch(count: UInt64(plan.load), beyond: UInt64(plan.load * late))
        }
        let exceedance = Exceedance(allowed: 0.01, batches: batches)
        let objective = ObjectiveResult(
            text: "p99 < 1s", kind: .latency, met: exceedance.isMet, measured: nil, exceedance: exceedance)
        return TrialResult(load: plan.load, duration: plan.duration, objectives: [objective])
    }

    @Test("A queue that only grows is found by the longer trials, although brief ones passed far above it")
    func growingQueue() throws {
        var search = Search(try SearchGoal(variable: .users, maximum: 1e6))
        let outcome = search.finish(Self.growingQueue)
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        let brief = search.trials.filter { [.growth, .approach].contains($0.plan.purpose) && $0.result.passed }
        #expect(brief.contains { $0.plan.load > 121 }, "no brief trial passed above it")
        // A trial of 10 s sees a second of delay from 121 users on.
        #expect(bracket.estimate >= 108 && bracket.estimate <= 122, "\(bracket)")
        #expect(bracket.upper < 126, "\(bracket)")
    }

    @Test("A mean has no share: bisection narrows its limit down to the width that was asked for")
    func plain() throws {
        var search = Search(try SearchGoal(variable: .sessionsPerSecond, minimum: 10, maximum: 1e6))
        let outcome = search.finish { plan in
            let objective = ObjectiveResult(
                text: "mean < 10ms", kind: .latency, met: plan.load < 700, measured: nil, exceedance: nil)
            return TrialResult(load: plan.load, duration: plan.duration, objectives: [objective])
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.kind == .plain)
        #expect(bracket.lower < 700 && bracket.upper >= 700)
        #expect(bracket.upper / bracket.lower <= 1.02)
    }

    @Test("Users are lost before the line is reached: the hard limit is the answer")
    func hardBeforeLine() throws {
        var search = Search(try SearchGoal(variable: .users, maximum: 1e6))
        let outcome = search.finish { plan in
            var result = Self.failing(plan, share: min(1, 0.01 * plan.load / 5_000))
            let hard = HardTarget(capacity: 200).run(plan)
            result.lowestHeld = hard.lowestHeld
            result.heldShortfall = hard.heldShortfall
            return result
        }
        guard case .converged(let bracket) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(bracket.lower == 200 && bracket.upper == 201)
    }
}
