import Capacity

/// Searches against simulated servers, and the rule that they are compared with.
public enum SimulatedSearch {
    /// The first load of both rules, and the largest that may be tried.
    public static let range = 100.0...100_000.0
    static let allowed = 0.01

    /// What a whole search came to.
    public struct Answer: Sendable {
        public var estimate: Double
        public var lower: Double
        public var upper: Double
        /// Seconds of all trials.
        public var seconds: Double
        public var trials: Int
        public var isConfirmed: Bool
    }

    /// headroom's search; nil where it found no bracket.
    public static func run(_ kind: QueueServer.Kind, seed: UInt64) throws(SearchGoalError) -> Answer? {
        let goal = try SearchGoal(
            variable: .sessionsPerSecond, minimum: Self.range.lowerBound, maximum: Self.range.upperBound)
        var search = Search(goal)
        var server = QueueServer(kind, seed: seed)
        while case .trial(let plan) = search.step {
            let seconds = Int(plan.duration / 1_000_000_000)
            let batches = server.serve(rate: plan.load, seconds: seconds)
            search.record(Self.result(plan, batches))
        }
        guard case .finished(.converged(let bracket)) = search.step else { return nil }
        return Answer(
            estimate: bracket.estimate, lower: bracket.lower, upper: bracket.upper,
            seconds: Double(search.spent) / 1e9, trials: search.trials.count,
            isConfirmed: bracket.isConfirmed)
    }

    private static func result(_ plan: TrialPlan, _ batches: [Exceedance.Batch]) -> TrialResult {
        let objective = ObjectiveResult(
            text: "p99", kind: .latency, met: Self.share(batches) < Self.allowed, measured: nil,
            exceedance: Exceedance(allowed: Self.allowed, batches: batches))
        return TrialResult(load: plan.load, duration: plan.duration, objectives: [objective])
    }

    private static func share(_ batches: [Exceedance.Batch]) -> Double {
        let count = batches.reduce(0) { $0 + $1.count }
        return Double(batches.reduce(0) { $0 + $1.beyond }) / Double(max(1, count))
    }

    /// Nighthawk's rule: twice the load until the first failure, then bisection until a step is below 1 %, one trial
    /// each; the answer is the highest load that passed. `seconds` are shared evenly among the trials it will need.
    public static func nighthawk(_ kind: QueueServer.Kind, seed: UInt64, seconds: Double) -> Answer {
        // 100 to 1,600 by doubling, then 800 to 1,600 in seven halvings: as many as there are for a capacity between
        // 800 and 1,600, which every server here has.
        let each = max(1, Int((seconds / 12).rounded()))
        var server = QueueServer(kind, seed: seed)
        var (lower, upper, spent, trials) = (0.0, 0.0, 0, 0)
        var load = Self.range.lowerBound
        while upper == 0 || (upper - lower) / lower >= 0.01 {
            let passes = Self.share(server.serve(rate: load, seconds: each)) <= Self.allowed
            (spent, trials) = (spent + each, trials + 1)
            if passes { lower = load } else { upper = load }
            if upper > 0, lower == 0 { break }
            load = upper == 0 ? load * 2 : (lower + upper) / 2
        }
        return Answer(
            estimate: lower, lower: lower, upper: upper, seconds: Double(spent), trials: trials, isConfirmed: false)
    }

    /// The load at which the share beyond the limit reaches what is allowed, from runs of `seconds` at the same draws.
    public static func measuredTruth(_ kind: QueueServer.Kind, seconds: Int) -> Double {
        var (lower, upper) = (500.0, 1_000.0)
        for _ in 0..<13 {
            let middle = (lower + upper) / 2
            var server = QueueServer(kind, seed: 4_242)
            let passes = Self.share(server.serve(rate: middle, seconds: seconds)) < Self.allowed
            if passes { lower = middle } else { upper = middle }
        }
        return (lower + upper) / 2
    }
}
