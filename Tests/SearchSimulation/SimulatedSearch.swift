import Capacity
import Measure

/// Searches against simulated servers, and the rule to compare them with.
public enum SimulatedSearch {
    /// The first load of Nighthawk's rule and the smallest of headroom's, and the largest load allowed.
    public static let range = 100.0...100_000.0
    static let allowed = 0.01
    /// Answers that a trial needs for a p99.
    static let samples = 1_000.0

    /// The result of a whole search.
    public struct Answer: Sendable {
        public var estimate: Double
        public var lower: Double
        public var upper: Double
        /// Seconds of all trials.
        public var seconds: Double
        public var trials: Int
        public var isConfirmed: Bool
    }

    /// headroom's search, in at most `total` nanoseconds of trials; nil if it found no bracket. Every
    /// `leavesQueueEach`th trial begins before the target has recovered.
    public static func run(
        _ kind: QueueServer.Kind, seed: UInt64, total: UInt64? = nil, leavesQueueEach: Int? = nil
    ) throws(SearchGoalError) -> Answer? {
        var goal = try SearchGoal(
            variable: .sessionsPerSecond, minimum: Self.range.lowerBound, maximum: Self.range.upperBound,
            durationSum: total)
        goal.samples = SearchGoal.Samples(needed: Self.samples, perLoad: 1)
        goal.arrivalIrregularity = 1
        return Self.answer(Self.finish(goal, kind, seed: seed, leavesQueueEach: leavesQueueEach))
    }

    /// A search of sessions of several requests each, with trials of 5 s.
    public static func run(_ given: SessionServer) throws(SearchGoalError) -> Search {
        var server = given
        var goal = try SearchGoal(
            variable: .sessionsPerSecond, minimum: 0.1, maximum: Self.range.upperBound, trial: 5_000_000_000)
        goal.samples = SearchGoal.Samples(needed: Self.samples, perLoad: Double(server.requestsPerSession))
        goal.arrivalIrregularity = server.isPoisson ? 1 : 0
        var search = Search(goal)
        while case .trial(let plan) = search.step {
            let seconds = max(1, Int((Double(plan.duration) / 1e9).rounded(.up)))
            search.record(Self.result(plan, server.serve(sessions: plan.load, seconds: seconds), limit: server.limit))
        }
        return search
    }

    /// The result of a search that tests an assumption.
    public struct Verdict: Sendable {
        public var judgement: Judgement
        public var trials: Int
        public var seconds: Double
    }

    /// A search for a verdict alone; nil if it did not end.
    public static func verdict(
        _ kind: QueueServer.Kind, assumption: Double, seed: UInt64
    ) throws(SearchGoalError) -> Verdict? {
        var goal = try SearchGoal(
            variable: .sessionsPerSecond, minimum: 1, maximum: Self.range.upperBound, trial: 5_000_000_000)
        goal.assumption = assumption
        goal.isVerdictOnly = true
        goal.samples = SearchGoal.Samples(needed: Self.samples, perLoad: 1)
        goal.arrivalIrregularity = 1
        let search = Self.finish(goal, kind, seed: seed)
        guard let answer = CapacityAnswer(search, pace: "", plannedRequestsPerUser: nil) else { return nil }
        return Verdict(
            judgement: Judgement(Assumption(value: assumption), answer), trials: search.trials.count,
            seconds: Double(search.spent) / 1e9)
    }

    private static func finish(
        _ goal: SearchGoal, _ kind: QueueServer.Kind, seed: UInt64, leavesQueueEach: Int? = nil
    ) -> Search {
        var search = Search(goal)
        var server = QueueServer(kind, seed: seed)
        while case .trial(let plan) = search.step {
            let seconds = max(1, Int((Double(plan.duration) / 1e9).rounded(.up)))
            let isBehind = leavesQueueEach.map { search.trials.count % $0 == $0 - 1 } ?? false
            let seen = server.serve(rate: plan.load, seconds: seconds, left: isBehind ? Self.left : 0)
            var result = Self.result(plan, seen, limit: Double(kind.limit) / 1e9)
            if isBehind { result.began(Unrecovered(now: UInt64(Self.left * 1e9), first: 1_000_000, waited: 0)) }
            search.record(result)
        }
        return search
    }

    /// Seconds of work in the queue of a target that has not recovered.
    private static let left = 1.0

    /// The bracket of a search; nil if it found none.
    public static func answer(_ search: Search) -> Answer? {
        guard case .finished(.converged(let bracket)) = search.step else { return nil }
        return Answer(
            estimate: bracket.estimate, lower: bracket.lower, upper: bracket.upper,
            seconds: Double(search.spent) / 1e9, trials: search.trials.count,
            isConfirmed: bracket.isConfirmed)
    }

    private static func result(_ plan: TrialPlan, _ seen: SeenTrial, limit: Double) -> TrialResult {
        let exceedance = Exceedance(allowed: Self.allowed, batches: seen.batches, limit: UInt64(limit * 1e9))
        let objective = ObjectiveResult(
            text: "p99", kind: .latency, met: exceedance.isMet, measured: nil, exceedance: exceedance)
        return TrialResult(
            load: plan.load, duration: plan.duration, objectives: [objective],
            observation: TrialObservation(
                requestsPerSecond: seen.answered, sessionsPerSecond: seen.completed, completions: seen.completions),
            growth: TrialGrowth(
                seen.steadiness, seconds: Double(seen.batches.count), isPlanned: true, isOpen: true))
    }

    private static func share(_ batches: [Exceedance.Batch]) -> Double {
        let count = batches.reduce(0) { $0 + $1.count }
        return Double(batches.reduce(0) { $0 + $1.beyond }) / Double(max(1, count))
    }

    /// Nighthawk's rule: twice the load until the first failure, then bisection until a step is below 1 %, with one
    /// trial each. The answer is the highest load that passed. `seconds` are divided evenly among the trials that it
    /// will need.
    public static func nighthawk(_ kind: QueueServer.Kind, seed: UInt64, seconds: Double) -> Answer {
        // 100 to 1,600 by doubling, then 800 to 1,600 in seven halvings. That is the number of trials for a capacity
        // between 800 and 1,600, as every server here has.
        let each = max(1, Int((seconds / 12).rounded()))
        var server = QueueServer(kind, seed: seed)
        var (lower, upper, spent, trials) = (0.0, 0.0, 0, 0)
        var load = Self.range.lowerBound
        while upper == 0 || (upper - lower) / lower >= 0.01 {
            let passes = Self.share(server.serve(rate: load, seconds: each).batches) <= Self.allowed
            (spent, trials) = (spent + each, trials + 1)
            if passes { lower = load } else { upper = load }
            if upper > 0, lower == 0 { break }
            load = upper == 0 ? load * 2 : (lower + upper) / 2
        }
        return Answer(
            estimate: lower, lower: lower, upper: upper, seconds: Double(spent), trials: trials, isConfirmed: false)
    }

    /// The load at which the share beyond the limit reaches the allowed one, from runs of `seconds` with the same
    /// draws.
    public static func measuredTruth(_ kind: QueueServer.Kind, seconds: Int) -> Double {
        var (lower, upper) = (500.0, 1_000.0)
        for _ in 0..<13 {
            let middle = (lower + upper) / 2
            var server = QueueServer(kind, seed: 4_242)
            let passes = Self.share(server.serve(rate: middle, seconds: seconds).batches) < Self.allowed
            if passes { lower = middle } else { upper = middle }
        }
        return (lower + upper) / 2
    }

    /// The same for a server of sessions, in sessions per second. It never exceeds the server's capacity.
    public static func measuredTruth(_ given: SessionServer, seconds: Int) -> Double {
        let most = given.rate / Double(given.requestsPerSession)
        var (lower, upper) = (most / 2, most)
        for _ in 0..<11 {
            let middle = (lower + upper) / 2
            var server = given
            let passes = Self.share(server.serve(sessions: middle, seconds: seconds).batches) < Self.allowed
            if passes { lower = middle } else { upper = middle }
        }
        return (lower + upper) / 2
    }
}
