import Measure
import Workload

extension RunRecord {
    /// Draws the conclusions from all counts and measurements: confidence, validity, the verdict on each objective, and
    /// the exit code. Call it after everything else is filled in. `series`: the seconds of the run; nil for a union,
    /// whose rows are those of several runs.
    public mutating func conclude(
        _ objectives: [SLO], windows: [String: SLOOutcome.Windows], series: ObjectiveSeries?
    ) {
        if let series {
            if self.outcome.holdDuration > 0 { self.confidence = LatencyConfidence(of: series.response) }
            self.validity = Validity.judge(Evidence(self, series: series.response))
        }
        var judge = Judge(whole: ScopeEvidence(self))
        judge.steps = { [self] in ScopeEvidence(steps: self.plan.steps(named: $0), of: self) }
        judge.windows = { windows[$0.text] }
        judge.users = UsersEvidence(self)
        judge.isHoldReached = self.outcome.holdDuration > 0
        judge.missedStarts = self.missedStarts
        if !self.plan.pace.isPlanned { judge.ownLimit = self.outcome.strain?.limit(reached: self.requestRate) }
        if self.plan.pace.isConstant, let steadiness = self.outcome.steadiness, steadiness.word == .growing {
            judge.notSteady = .notSteady(steadiness)
        }
        judge.interval = { [self] in series?.interval(of: $0, in: self) }
        self.slo = judge.judge(objectives) + self.ownObjectives
        self.verdict = self.concluded(objectives.map(\.kind))
    }

    /// Requests answered as expected per second of the hold.
    private var requestRate: Double {
        let duration = self.outcome.holdDuration
        return duration == 0 ? 0 : Double(self.hold.counters.requestsOK) / Double(duration) * 1e9
    }

    /// Missing starts that are the generator's fault, if they are too many.
    private var missedStarts: VerdictReason? {
        guard self.plan.pace.isPlanned else { return nil }
        let counters = self.hold.counters
        // Without the causes of late starts any start that is missing may be the generator's.
        let missing = self.knowsLateness ? counters.startsMissedByGenerator : Double(counters.neverStarted)
        let limit = ValidityThresholds().achievedShare
        guard counters.plannedStarts > 0, missing > (1 - limit) * Double(counters.plannedStarts) else { return nil }
        return .startsMissed(
            started: counters.requestsStarted, planned: counters.plannedStarts, reached: self.requestRate)
    }
}

// MARK: Objectives that always apply

extension RunRecord {
    /// Planned requests that were due in the hold and never started may be this share of all that were due. Above it
    /// the plan was not kept, and the run did not measure what was asked for.
    static let neverStartedLimit = 0.1

    /// Texts of the objectives that always apply; they cannot be asked for.
    public static let ownObjectiveTexts = (
        neverStarted: "never started < 10%", sessions: "sessions = asked", answered: "some answer is 2xx"
    )

    /// Objectives that always apply, and are printed only where they do not hold.
    private var ownObjectives: [SLOOutcome] {
        var broken: [SLOOutcome] = []
        let counters = self.hold.counters
        let (never, due) = (counters.neverStarted, counters.plannedStarts)
        if due > 0, Double(never) > Self.neverStartedLimit * Double(due) {
            broken.append(
                SLOOutcome(
                    text: Self.ownObjectiveTexts.neverStarted, verdict: self.missedStarts == nil ? .fail : .unknown,
                    measured: .fraction(Double(never) / Double(due)), reason: self.missedStarts))
        }
        if let asked = self.plan.sessions, self.sessionsMade < asked {
            let isCut = self.state != .complete
            broken.append(
                SLOOutcome(
                    text: Self.ownObjectiveTexts.sessions, verdict: isCut ? .unknown : .fail,
                    measured: .count(self.sessionsMade), reason: isCut ? .cutOff : nil))
        }
        if self.isAllRedirected {
            broken.append(SLOOutcome(text: Self.ownObjectiveTexts.answered, verdict: .fail, measured: .count(0)))
        }
        return broken
    }

    /// For example a login page in place of the application: the run did not measure what was asked for.
    private var isAllRedirected: Bool { self.total.requestsRedirected > 0 && self.total.status[1] == 0 }

    /// Sessions that ended, well or not.
    public var sessionsMade: UInt64 { self.total.sessionsCompleted &+ self.total.sessionsFailed }
}

// MARK: The verdict on the whole

extension RunRecord {
    /// The verdict on all objectives, what it rests on, and the exit code.
    private func concluded(_ kinds: [ObjectiveKind]) -> RunVerdict {
        var codes: Set<ExitCode> = []
        var verdict = RunVerdict(word: Verdict.union(self.slo.map(\.verdict)), basis: self.basis, exit: .success)
        if let doubt = self.strictDoubt(kinds) {
            codes.insert(.unknown)
            if verdict.word == .pass { (verdict.word, verdict.basis) = (.unknown, doubt) }
        }
        if verdict.word == .unknown { codes.insert(.unknown) }
        if self.outcome.isAborted {
            verdict.word = .fail
            verdict.basis = .aborted(self.outcome.stopReason ?? "stopped")
        }
        if verdict.word == .fail { codes.insert(.objectiveNotMet) }
        if self.total.requestsOK == 0, self.total.requestsFailed > 0 || self.state == .complete {
            let answers = self.total.statusCounts
            verdict.basis = answers.isEmpty ? .targetUnusable : .noneExpected(answers)
            // A server that redirects every request works: its objective fails.
            if !self.isAllRedirected { codes.insert(.targetUnusable) }
        }
        if let signal = self.outcome.signal {
            codes.insert(signal == Self.terminationSignal ? .terminated : .interrupted)
            if self.outcome.holdDuration == 0, verdict.word == .unknown { verdict.basis = .interrupted }
        }
        verdict.exit = ExitCode.first(of: codes)
        return verdict
    }

    /// SIGTERM; any other signal that ends a run is an interruption.
    private static let terminationSignal: Int32 = 15

    /// The objective that decides, the first of the worst ones; if all hold, what was held.
    private var basis: RunVerdict.Basis {
        for word in [Verdict.fail, .unknown] {
            let such = self.slo.filter { $0.verdict == word }
            if let first = such.first { return .objective(first, others: such.count - 1) }
        }
        return .held(
            users: self.plan.isOpen ? nil : self.usersHeldThroughout,
            asked: self.plan.usersAsked, requestsPerSecond: self.requestRate, on: self.fewerConnections)
    }

    /// With `--strict`: the first claim that an objective rests on and that is not VALID.
    private func strictDoubt(_ kinds: [ObjectiveKind]) -> RunVerdict.Basis? {
        guard self.plan.isStrict, let validity else { return nil }
        let used = RunValidity.claimsInUse(objectives: kinds)
        for claim in Claim.allCases where used.contains(claim) {
            let worst = validity[claim].verdict
            if let reason = validity[claim].reasons.first(where: { $0.verdict == worst }) {
                return .suspect(claim, reason.finding)
            }
        }
        return nil
    }
}

extension SLO {
    /// What it is about.
    public var kind: ObjectiveKind {
        switch self.objective {
        case .percentile, .mean, .maximum: .latency
        case .errors, .resent: .errors
        case .heldEqualsAsked, .connectionsEqualAsked: .held
        case .rate, .throughput: .throughput
        }
    }
}
