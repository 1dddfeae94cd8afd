import Measure

/// A finished search with everything that is reported of it: one row of a frontier.
public struct CapacityAnswer: Sendable, Equatable {
    /// How often a user sends requests: `every 43.2s`, `think 2s`, `back to back`.
    public var pace: String
    /// Requests per second that one user plans; nil for back to back, where the server's speed decides.
    public var plannedRequestsPerUser: Double?
    public var variable: SearchGoal.Variable
    public var outcome: SearchOutcome
    /// What limits; nil where that was not found out.
    public var limitedBy: LimitedBy?
    /// All trials in their order, void ones included.
    public var trials: [Search.Trial]

    /// The answer of a search at a pace; nil while it has not ended.
    public init?(_ search: Search, pace: String, plannedRequestsPerUser: Double?) {
        guard case .finished(let outcome) = search.step else { return nil }
        self.pace = pace
        self.plannedRequestsPerUser = plannedRequestsPerUser
        self.variable = search.goal.variable
        self.outcome = outcome
        self.limitedBy = LimitedBy.decided(outcome, trials: search.trials)
        self.trials = search.trials
    }

    /// The bracket, if the search found one.
    public var bracket: Bracket? {
        if case .converged(let bracket) = self.outcome { return bracket }
        return nil
    }

    /// Conditional throughput: measured in the longest passed trial at the highest load up to the lower end of the
    /// bracket (or up to the highest load reached). Nil where no trial passed.
    public var conditional: Search.Trial? {
        let lower = self.bracket?.lower ?? .infinity
        let passed = self.trials.filter { $0.result.passed && $0.plan.load <= lower }
        return passed.max { ($0.plan.load, $0.plan.duration) < ($1.plan.load, $1.plan.duration) }
    }

    /// What was sent again, redirected, and where the requests went, in all trials.
    public var detours: Detours { Detours.sum(self.trials.compactMap(\.result.observation.detours)) }

    /// Where the users of the answer were held on fewer connections than they are.
    public var fewerConnections: FewerConnections? { self.conditional?.result.observation.fewerConnections }

    /// The longest passed trial at exactly this load; nil where none passed there.
    func passedTrial(at load: Double) -> Search.Trial? {
        self.trials.filter { $0.result.passed && $0.plan.load == load }.max { $0.plan.duration < $1.plan.duration }
    }

    /// Requests per second of one user at the answer: planned, or measured where the pace plans none.
    public var requestsPerUser: Double? {
        if let planned = self.plannedRequestsPerUser { return planned }
        guard self.variable == .users, let trial = self.conditional, trial.plan.load > 0 else { return nil }
        return trial.result.observation.requestsPerSecond.map { $0 / trial.plan.load }
    }
}

/// Capacities at several paces, in the order of the request.
public struct Frontier: Sendable, Equatable {
    public var answers: [CapacityAnswer]
    /// Most paces of one frontier.
    public static let limit = 32

    /// A frontier of at most `limit` answers; more are left out.
    public init(_ answers: [CapacityAnswer]) { self.answers = Array(answers.prefix(Self.limit)) }
}
