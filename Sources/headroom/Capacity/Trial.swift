import Capacity
import Engine
import Measure
import Report
import Workload

/// One trial of a search: a load carried out like any run, with a record of its own, and what it showed.
struct Trial {
    /// What it showed; nil where it was interrupted.
    let result: TrialResult?
    let interruption: Int32?
    /// An invariant of ours that did not hold.
    let defect: String?
    /// Something was answered.
    let wasAnswered: Bool

    /// TCP/IP over Ethernet with full segments: bytes on the link per byte of payload (1,514 / 1,448).
    private static let linkBytesPerByte = 1_514.0 / 1_448.0

    /// Makes the trial. `link`: bits per second of the link to the target, where known. `each` is called after every
    /// interval. A limit of our own is a result, not an error.
    static func carryOut(
        _ plan: TrialPlan, _ pacePlan: PacePlan, _ setting: LoadSetting, isStrict: Bool, link: Double?,
        record: RecordFolder?, each: (IntervalRow) -> Void
    ) throws(Refusal) -> Trial {
        let profile: Profile
        do {
            profile = try pacePlan.profile(of: plan)
        } catch {
            throw Refusal(sentence: error.message, code: .usage)
        }
        let load: LoadExecution
        do {
            load = try LoadExecution(profile, setting)
        } catch {
            // What this machine cannot hold is its limit and not the target's.
            if error.code != .usage { throw error }
            let limited = TrialResult(
                load: plan.load, duration: 0, objectives: [],
                validity: .generatorLimited(reason: error.sentence))
            return Trial(result: limited, interruption: nil, defect: nil, wasAnswered: true)
        }
        var seconds = TrialSeconds(profile.effectiveSLO)
        let summary = try load.carryOut(into: record) { row in
            seconds.take(load.run.intervalHold, phase: row.phase)
            each(row)
        }
        _ = load.write(summary, to: record)
        var result = Self.result(plan, pacePlan.variable, profile, summary, seconds, isStrict: isStrict)
        if load.run.isAborted, let reason = summary.stopReason {
            result.objectives.append(
                ObjectiveResult(text: reason, kind: .errors, met: false, measured: nil, exceedance: nil))
        }
        result.observation = Self.observation(summary, load.targetUsage, link: link)
        return Trial(
            result: load.run.interruption == nil ? result : nil, interruption: load.run.interruption,
            defect: load.run.defect, wasAnswered: summary.total.requestsOK > 0)
    }

    private static func result(
        _ plan: TrialPlan, _ variable: SearchGoal.Variable, _ profile: Profile, _ summary: RunSummary,
        _ seconds: TrialSeconds, isStrict: Bool
    ) -> TrialResult {
        let asked = summary.plan.usersAsked
        let held = summary.holdDuration > 0 ? min(summary.usersEstablished, summary.usersHeld.lowestSeen) : 0
        let isHeld = variable == .users
        var result = TrialResult(
            load: plan.load, duration: summary.holdDuration,
            objectives: Self.objectives(profile, summary, seconds),
            lowestHeld: isHeld ? held : 0, heldShortfall: isHeld ? asked - min(asked, held) : 0,
            refused: summary.total.failed(.refused),
            observation: TrialObservation())
        result.validity = Self.validity(
            profile, summary, variable, hasFailed: result.failed, isStrict: isStrict)
        return result
    }

    /// How the objectives went. A user that is held and has nothing due in a short trial fails nothing.
    private static func objectives(
        _ profile: Profile, _ summary: RunSummary, _ seconds: TrialSeconds
    ) -> [ObjectiveResult] {
        let started = summary.hold.counters.requestsStarted
        var results: [ObjectiveResult] = []
        // What a run adds to the objectives is about its plan being kept, and may be our fault.
        for (index, (slo, outcome)) in zip(profile.effectiveSLO, summary.slo).enumerated() {
            // Held users are counted by themselves.
            if slo.objective == .heldEqualsAsked { continue }
            let exceedance = seconds.exceedance(index)
            let hasSample = (exceedance?.total.count ?? started) > 0
            let isMet = !hasSample ? started == 0 : exceedance?.isMet ?? outcome.met
            results.append(
                ObjectiveResult(
                    text: outcome.text, kind: slo.kind == .errors ? .errors : .latency, met: isMet,
                    measured: outcome.measured.map(SLO.Measured.init), exceedance: exceedance))
        }
        return results
    }

    private static func observation(
        _ summary: RunSummary, _ usage: TargetUsage?, link: Double?
    ) -> TrialObservation {
        let response = summary.hold.succeeded[Metric.response.rawValue]
        let counters = summary.hold.counters
        let seconds = Double(summary.holdDuration) / 1e9
        func rate(_ count: UInt64) -> Double? { seconds > 0 ? Double(count) / seconds : nil }
        let ended = counters.requestsOK &+ counters.requestsFailed
        return TrialObservation(
            p50: response.supportedValue(atPercentile: 50), p99: response.supportedValue(atPercentile: 99),
            errorFraction: ended == 0 ? nil : Double(counters.requestsFailed) / Double(ended),
            requestsPerSecond: rate(counters.requestsOK), sessionsPerSecond: rate(counters.sessionsCompleted),
            bitsPerSecond: rate(counters.receivedSocket).map { $0 * 8 * Self.linkBytesPerByte },
            linkBitsPerSecond: link, targetCPU: usage?.cpu, targetBusiestCore: usage?.busiestCore,
            longestSilence: max(summary.longestSilence, summary.longestPause))
    }
}

extension Trial {
    /// The CPU share of a worker's busiest second from which missed starts are put down to a lack of CPU.
    private static let busyWorker = 0.8

    /// Whether the trial says something about the target: the claims that it rests on must not be INVALID. Fewer starts
    /// than planned are a smaller load than asked: what failed under it fails under the whole, too. And what only
    /// lengthened latencies cannot make an objective met that is not: with it, the trial passed.
    private static func validity(
        _ profile: Profile, _ summary: RunSummary, _ variable: SearchGoal.Variable, hasFailed: Bool,
        isStrict: Bool
    ) -> TrialValidity {
        guard let validity = summary.validity else { return .valid }
        let claims = RunValidity.claimsInUse(
            objectives: profile.effectiveSLO.map(\.kind),
            assumed: variable == .users ? [.held] : [.throughput])
        let isBusy = (summary.health?.worstWorkerCPU ?? 0) >= Self.busyWorker
        let worst: Credibility = isStrict ? .suspect : .invalid
        let reasons = Claim.allCases.filter { claims.contains($0) }.flatMap { validity[$0].reasons }
            .filter { $0.verdict >= worst && $0.finding != .holdNotReached }
            .filter { isBusy || !hasFailed || $0.finding.rule != "starts_missed" }
            .filter { hasFailed || !$0.finding.onlyLengthens(isPlanned: summary.plan.isPlanned) }
        guard let first = reasons.first else { return .valid }
        if let own = reasons.first(where: { $0.finding.isOwnLimit(isBusy: isBusy) }) {
            return .generatorLimited(reason: own.finding.sentence)
        }
        return .void(reason: first.finding.sentence)
    }
}

extension ValidityFinding {
    /// A limit of the generator that a higher load meets again, and no accident that a repetition may be spared.
    /// `isBusy`: a worker had no time left; starts that were missed by one that had are an accident.
    fileprivate func isOwnLimit(isBusy: Bool) -> Bool {
        switch self {
        case .ownFailures, .usersLimited, .headroom, .generatorLimited, .workerBusy: true
        case .startsMissed: isBusy
        default: false
        }
    }
}

extension SLO.Measured {
    /// The report's value as the judge has it.
    init(_ measured: MeasuredValue) {
        switch measured {
        case .nanoseconds(let value): self = .nanoseconds(value)
        case .fraction(let value): self = .fraction(value)
        case .count(let value): self = .count(value)
        case .rate(let value), .bitsPerSecond(let value): self = .count(UInt64(clamping: Int64(value)))
        }
    }
}
