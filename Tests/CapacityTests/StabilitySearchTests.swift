import Glibc
import SearchSimulation
import Testing

@testable import Capacity

/// The end of stability, and what a search makes of it. The full table is `scripts/accuracy simulation`'s.
@Suite struct StabilitySearchTests {
    private static func goal(each: Double = 1) throws -> SearchGoal {
        var goal = try SearchGoal(variable: .sessionsPerSecond, minimum: 1, maximum: 100_000)
        goal.samples = SearchGoal.Samples(needed: 1_000, perLoad: each)
        goal.arrivalIrregularity = 1
        return goal
    }

    /// Takes the trials that a search asks for, with one given rate of completed requests each. Too large a load fails
    /// by growth.
    private static func search(_ goal: SearchGoal, completes: (Double) -> Double, until trials: Int) -> Search {
        var search = Search(goal)
        let each = goal.samples?.perLoad ?? 1
        while case .trial(let plan) = search.step, search.trials.count < trials {
            let completed = completes(plan.load * each)
            let isOver = completed < plan.load * each
            search.record(Self.result(plan, completed: completed, isOver: isOver))
        }
        return search
    }

    private static func result(_ plan: TrialPlan, completed: Double, isOver: Bool) -> TrialResult {
        let batches = (0..<max(1, Int(plan.duration / 1_000_000_000))).map { _ in
            Exceedance.Batch(count: UInt64(completed), beyond: isOver ? UInt64(completed / 2) : 0)
        }
        var completions = TrialCompletions()
        for _ in batches { completions.take(UInt64(completed), duration: 1_000_000_000) }
        let exceedance = Exceedance(allowed: 0.01, batches: batches, limit: 50_000_000)
        return TrialResult(
            load: plan.load, duration: plan.duration,
            objectives: [
                ObjectiveResult(
                    text: "p99 < 50ms", kind: .latency, met: !isOver, measured: nil, exceedance: exceedance)
            ],
            observation: TrialObservation(completions: completions),
            growth: isOver ? .growing("more in flight") : .none)
    }

    @Test("A pass beyond the end of stability was too short, and is not shown as an end of the bracket")
    func briefPass() throws {
        var search = Self.search(try Self.goal(), completes: { min($0, 1_000) }, until: 4)
        var isBeyond = false
        while !isBeyond, search.trials.count < 30, case .trial(let plan) = search.step {
            isBeyond = plan.load > 1_010
            let completed = min(plan.load, 1_000)
            search.record(Self.result(plan, completed: completed, isOver: plan.load > 1_000 && !isBeyond))
        }
        try #require(isBeyond)
        let end = try #require(search.stability)
        let passed = try #require(search.ends.passed)
        #expect(passed <= end.most && passed > 0)
        #expect((search.ends.failed ?? 0) > 1_000)
    }

    @Test("What an overloaded target completes is the end of stability, in sessions where each has ten requests")
    func measured() throws {
        for each in [1.0, 10] {
            let search = Self.search(try Self.goal(each: each), completes: { min($0, 1_000) }, until: 6)
            let stability = try #require(search.stability)
            #expect(abs(stability.load * each / 1_000 - 1) < 0.01, "\(stability)")
            #expect(stability.requestsPerLoad == each)
            // All seconds are alike: the service does not vary, so a few thousand requests are a good estimate.
            #expect(stability.error / stability.load < 0.01)
        }
    }

    @Test("Nothing overloaded, or no count of requests, leaves the end unknown")
    func unknown() throws {
        #expect(Self.search(try Self.goal(), completes: { $0 }, until: 4).stability == nil)
        var goal = try Self.goal()
        goal.samples = nil
        #expect(Self.search(goal, completes: { min($0, 1_000) }, until: 6).stability == nil)
    }

    @Test("The smallest overload places the end of a target that breaks down, not what it completes under a larger one")
    func breaksDown() throws {
        let search = Self.search(
            try Self.goal(), completes: { $0 <= 1_000 ? $0 : $0 < 1_300 ? 1_000 : 400 }, until: 40)
        let stability = try #require(search.stability)
        #expect(abs(stability.load / 1_000 - 1) < 0.02, "\(stability)")
    }

    @Test("The gap, the memory and the filling of M/M/1 are those of its formulas")
    func formulas() {
        let queue = Stability(
            load: 1_000, error: 5, requestsPerLoad: 1, irregularity: 1, walk: 1, completions: 40_000)
        // ln(100) / 50 ms; 4 μ / (μ - λ)²; t μ / (μ - λ).
        #expect(abs(queue.gap(allowed: 0.01, limit: 50_000_000) - 92.103) < 0.001)
        #expect(abs(queue.memory(at: 900) - 0.4) < 1e-9)
        #expect(abs(queue.filling(at: 900, limit: 50_000_000) - 0.5) < 1e-9)
        #expect(queue.memory(at: 1_000) == .infinity && queue.filling(at: 1_001, limit: 1) == .infinity)
        // Ten requests a session: the same queue in sessions.
        let sessions = Stability(
            load: 100, error: 0.5, requestsPerLoad: 10, irregularity: 1, walk: 1, completions: 40_000)
        #expect(abs(sessions.gap(allowed: 0.01, limit: 50_000_000) - 9.2103) < 0.0001)
        #expect(abs(sessions.memory(at: 90) - 0.4) < 1e-9)
    }

    @Test("The part of a limit left for a queue excludes an idle target's answer time, and is at least half of it")
    func waiting() throws {
        for (p50, left) in [(UInt64(20), UInt64(30)), (49, 25), (0, 50)] {
            var search = Search(try Self.goal())
            guard case .trial(let plan) = search.step else { return #expect(Bool(false), "no trial") }
            search.record(
                TrialResult(
                    load: plan.load, duration: plan.duration, objectives: [],
                    observation: TrialObservation(p50: p50 * 1_000_000)))
            #expect(search.waiting(within: 50_000_000) == left * 1_000_000)
        }
    }

    @Test("A line is expected at the gap below the end, with the slope of a queue there, and hardly above the end")
    func prior() throws {
        let prior = ExceedanceFit.Prior(end: 1_000, error: 1, gap: 92.1, rise: log(100))
        let atLine = prior.surprise(log(907.9))
        for other in [600.0, 800, 880, 940, 990, 1_010] { #expect(prior.surprise(log(other)) > atLine) }
        #expect(prior.surprise(log(1_010)) > atLine + 5)
        // ln(100) λ / (μ - λ).
        #expect(abs(try #require(prior.slope(at: log(907.9))) - 45.4) < 0.1)
        let noLimit = ExceedanceFit.Prior(end: 1_000, error: 1, gap: nil, rise: log(100))
        #expect(noLimit.slope(at: log(907.9)) == nil)
        #expect(abs(noLimit.surprise(log(500)) - noLimit.surprise(log(990))) < 1e-9)
        #expect(noLimit.surprise(log(1_010)) > noLimit.surprise(log(990)) + 5)
    }

    @Test("Measured shares overrule what is expected of a queue if the target is not one")
    func overruled() throws {
        // A share that grows with the tenth power of the load, and is 1 % at 500, far below the end.
        let points = [420.0, 460, 480, 500, 520, 540, 580].map { load in
            let share = 0.01 * pow(load / 500, 10)
            let batches = (0..<50).map { _ in
                Exceedance.Batch(count: 5_000, beyond: UInt64((5_000 * share).rounded()))
            }
            return ExceedanceFit.Point(load: load, exceedance: Exceedance(allowed: 0.01, batches: batches))
        }
        let fit = try #require(
            ExceedanceFit.fit(
                points, allowed: 0.01, range: log(1)...log(1_000), confidence: 0.95,
                prior: ExceedanceFit.Prior(end: 1_000, error: 5, gap: 92.1, rise: log(100))))
        #expect(abs(fit.line / 500 - 1) < 0.02, "\(fit)")
        #expect(fit.lowest <= fit.lower && fit.highest >= fit.upper)
    }

    @Test("A confirmation that fails by chance below all others, with no time left, leaves the bracket of the fit")
    func lastFails() throws {
        let search = try SimulatedSearch.run(
            SessionServer(
                rate: 20, requestsPerSession: 5, isPoisson: true, isExponential: true, limit: 2, seed: 29))
        let last = try #require(search.trials.last)
        #expect(last.plan.purpose == .confirmation && last.result.failed)
        #expect(search.trials.allSatisfy { $0.result.failed || $0.plan.load > last.plan.load })
        let answer = try #require(SimulatedSearch.answer(search))
        // 20/5 - ln(100) / (2 s · 5).
        #expect(abs(answer.estimate / 3.54 - 1) <= 0.03 && !answer.isConfirmed, "\(answer)")
    }

    @Test("If no share is informative, the interval comes from the end and the gap, not from the whole range", arguments: [10, 80])
    func fewDegrees(seed: UInt64) throws {
        let search = try SimulatedSearch.run(
            SessionServer(
                rate: 50, requestsPerSession: 10, isPoisson: true, isExponential: true, limit: 2, seed: seed))
        let answer = try #require(SimulatedSearch.answer(search))
        #expect(answer.lower > 3.5 && answer.upper < 5.25, "\(answer)")
    }

    @Test(
        "Searches of rates with trials of 5 s are within 3 %, and end at most 5 % above stability (6 seeds each)",
        arguments: [50.0, 500], [1, 10])
    func rates(rate: Double, each: Int) throws {
        let limit = rate < 100 ? 2.0 : 0.5
        let stable = rate / Double(each)
        for (isPoisson, isExponential) in [(false, false), (true, true)] {
            let truth = isExponential ? stable - log(100) / limit / Double(each) : stable
            for seed in UInt64(3_001)...3_006 {
                let search = try SimulatedSearch.run(
                    SessionServer(
                        rate: rate, requestsPerSession: each, isPoisson: isPoisson, isExponential: isExponential,
                        limit: limit, seed: seed))
                let answer = try #require(SimulatedSearch.answer(search))
                #expect(abs(answer.estimate / truth - 1) <= 0.03, "\(rate) \(each) \(isPoisson) \(seed)")
                #expect(answer.upper <= stable * 1.05)
                // The end is known from the first failure on: no trial of minutes is needed to see a queue grow.
                #expect(answer.seconds <= 30 * 1_000 / rate + 150)
            }
        }
    }
}
