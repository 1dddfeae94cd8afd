import Capacity
import Engine
import Judge
import Measure
import Record
import Report
import Units
import Workload

/// One trial of a search: a load carried out like any run, with a record of its own, and its result.
struct Trial {
    /// The result; nil where it was interrupted.
    let result: TrialResult?
    let interruption: Int32?
    /// A broken invariant of headroom.
    let defect: String?
    /// At least one request was answered.
    let wasAnswered: Bool
    /// The users that stay connected for the next trial.
    private(set) var kept: KeptUsers?

    /// TCP/IP over Ethernet with full segments: bytes on the link per byte of payload (1,514 / 1,448).
    private static let linkBytesPerByte = 1_514.0 / 1_448.0

    /// Carries out the trial. `link`: bits per second of the link to the target, where known. `users`: those of the
    /// trial before; surplus users leave. `each` is called after every interval. A limit of our own is a result, not an
    /// error.
    static func carryOut(
        _ plan: TrialPlan, _ pacePlan: PacePlan, _ context: RunContext, link: Double?, users: KeptUsers?,
        record: RecordFolder?, each: (IntervalRow) -> Void
    ) throws(CommandError) -> Trial {
        let profile: Profile
        do {
            profile = try pacePlan.profile(of: plan, isWarm: users != nil)
        } catch {
            throw CommandError(sentence: error.message, code: .usage)
        }
        let load: RunRecorder
        do {
            load = try RunRecorder(profile, context, kept: users)
        } catch {
            // A load that this machine cannot hold shows its own limit, not the target's.
            if error.code != .usage { throw error }
            let limited = TrialResult(
                load: plan.load, duration: 0, objectives: [],
                validity: .generatorLimited(reason: error.sentence))
            return Trial(result: limited, interruption: nil, defect: nil, wasAnswered: true)
        }
        load.run.keepsUsers = pacePlan.keepsUsers
        var seconds = TrialSeconds(profile.effectiveSLO)
        var completions = TrialCompletions()
        let summary = try load.carryOut(into: record) { row in
            seconds.take(load.run.intervalHold, phase: row.phase)
            if row.phase == .hold { completions.take(row.counters.requestsOK, duration: row.end &- row.start) }
            each(row)
        }
        _ = load.write(summary, to: record)
        var result = Self.result(plan, pacePlan.variable, profile, summary, seconds)
        if load.run.outcome.isAborted, let reason = summary.outcome.stopReason {
            result.objectives.append(
                ObjectiveResult(text: reason, kind: .errors, met: false, measured: nil, exceedance: nil))
        }
        let answered = RunRecord.ownObjectiveTexts.answered
        if summary.slo.contains(where: { $0.text == answered }) {
            result.objectives.append(
                ObjectiveResult(text: answered, kind: .errors, met: false, measured: nil, exceedance: nil))
        }
        result.observation = Self.observation(summary, load.targetUsage, link: link)
        result.observation.completions = completions
        var trial = Trial(
            result: load.run.outcome.signal == nil ? result : nil, interruption: load.run.outcome.signal,
            defect: load.run.defect, wasAnswered: summary.total.requestsOK > 0)
        trial.kept = load.run.takeKept()
        return trial
    }

    private static func result(
        _ plan: TrialPlan, _ variable: SearchGoal.Variable, _ profile: Profile, _ summary: RunRecord,
        _ seconds: TrialSeconds
    ) -> TrialResult {
        let asked = summary.plan.usersAsked
        let held = summary.usersHeldThroughout
        let isHeld = variable == .users
        var result = TrialResult(
            load: plan.load, duration: summary.outcome.holdDuration,
            objectives: Self.objectives(profile, summary, seconds),
            lowestHeld: isHeld ? held : 0, heldShortfall: isHeld ? asked - min(asked, held) : 0,
            refused: summary.total.failed(.refused),
            observation: TrialObservation())
        if summary.plan.pace.isConstant, profile.load.silence == nil {
            result.growth = TrialGrowth(
                summary.outcome.steadiness, seconds: Double(summary.outcome.holdDuration) / 1e9,
                isPlanned: summary.plan.pace.isPlanned, isOpen: summary.plan.isOpen)
        }
        // If users were lost, and not through the generator's fault, the trial failed, whatever else is unknown.
        let isLost = summary.slo.contains { $0.text == SLO.heldEqualsAsked.text && $0.verdict == .fail }
        result.validity = Self.validity(
            summary, hasFailed: isLost || result.isGrowing || result.objectives.contains { !$0.met })
        let isAsked = !profile.load.isStorm && profile.load.silence == nil
        if result.passed, isAsked, summary.hold.counters.requestsStarted == 0 {
            result.validity = .void(reason: "no request was due in it")
        }
        return result
    }

    /// The results of the objectives. An UNKNOWN one does not fail the trial: if nothing else fails, the trial is void.
    private static func objectives(
        _ profile: Profile, _ summary: RunRecord, _ seconds: TrialSeconds
    ) -> [ObjectiveResult] {
        var results: [ObjectiveResult] = []
        // Objectives that a run adds check that its plan was kept, which may be the generator's fault.
        for (index, (slo, outcome)) in zip(profile.effectiveSLO, summary.slo).enumerated() {
            // Held users have a count of their own.
            if slo.objective == .heldEqualsAsked { continue }
            let exceedance = seconds.exceedance(index)
            var isMet = outcome.verdict != .fail
            // With few samples the search decides by their share, which it sums over trials.
            if case .tooFewSamples = outcome.reason { isMet = exceedance?.isMet ?? false }
            if slo.kind == .errors, outcome.verdict == .fail, let exceedance { isMet = exceedance.isMet }
            results.append(
                ObjectiveResult(
                    text: outcome.text, kind: slo.kind == .errors ? .errors : .latency, met: isMet,
                    measured: outcome.measured, exceedance: exceedance))
        }
        return results
    }

    private static func observation(
        _ summary: RunRecord, _ usage: TargetUsage?, link: Double?
    ) -> TrialObservation {
        let response = summary.hold.succeeded[Metric.response.rawValue]
        let counters = summary.hold.counters
        let seconds = Double(summary.outcome.holdDuration) / 1e9
        func rate(_ count: UInt64) -> Double? { seconds > 0 ? Double(count) / seconds : nil }
        let ended = counters.requestsOK &+ counters.requestsFailed
        return TrialObservation(
            p50: response.supportedValue(atPercentile: 50), p99: response.supportedValue(atPercentile: 99),
            errorFraction: ended == 0 ? nil : Double(counters.requestsFailed) / Double(ended),
            requestsPerSecond: rate(counters.requestsOK),
            sessionsPerSecond: rate(summary.outcome.holdSessionsCompleted),
            bitsPerSecond: rate(counters.receivedSocket).map { $0 * 8 * Self.linkBytesPerByte },
            linkBitsPerSecond: link, targetCPU: usage?.cpu, targetBusiestCore: usage?.busiestCore,
            longestSilence: [summary.outcome.longestSilence, summary.outcome.longestPause].compactMap { $0 }.max(),
            fewerConnections: summary.fewerConnections, detours: summary.detours)
    }
}

extension Trial {
    /// From this CPU share of a worker's busiest second on, missed starts count as a lack of CPU.
    private static let busyWorker = 0.8

    /// Whether the trial proves something about the target. A failure does, an UNKNOWN does not. A held user without a
    /// request in a short trial leaves nothing unknown.
    private static func validity(_ summary: RunRecord, hasFailed: Bool) -> TrialValidity {
        if hasFailed { return .valid }
        let started = summary.hold.counters.requestsStarted
        let isBusy = (summary.outcome.health?.worstWorkerCPU ?? 0) >= Self.busyWorker
        for outcome in summary.slo where outcome.verdict == .unknown {
            guard let reason = outcome.reason else { continue }
            switch reason {
            case .tooFewSamples: continue
            case .nothingMeasured where started == 0: continue
            // For a search, growth is a failure.
            case .notSteady: continue
            case .ownErrors, .ownLimit, .workerBusy: return .generatorLimited(reason: outcome.why ?? "")
            case .startsMissed where isBusy: return .generatorLimited(reason: outcome.why ?? "")
            default: return .void(reason: outcome.why ?? "")
            }
        }
        if let verdict = summary.verdict, case .suspect = verdict.basis { return .void(reason: verdict.sentence) }
        return .valid
    }
}
