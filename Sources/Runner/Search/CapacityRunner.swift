import CLinux
import Capacity
import Engine
import Measure
import Record
import Report
import Workload

/// Searches pace by pace: gets the next trial from each search, carries it out, and draws the conclusions.
public final class CapacityRunner {
    private let plans: [PacePlan]
    private let settings: SearchSettings
    private var context: RunContext
    private let observer: any SearchObserver
    /// Nil without a record.
    private var record: CapacityRecord?
    /// Bits per second of the link to the target, where known.
    private let link: Double?
    /// Fields of an example answer that a proxy or balancer adds.
    private var proxyFields: [String] = []
    private var findings: [CapacityFinding] = []
    /// Number of trials of all searches.
    private var trialsMade = 0
    /// The median of a few answers before the first trial, in nanoseconds. The target must be back at it before each
    /// later trial.
    private var pulse: UInt64?
    /// When the last trial ended, and whether the target used up its recovery time since then and is not back.
    private var lastEnd: UInt64 = 0
    private var hasCooled = false
    /// The users of the trial before, still connected.
    private var users: KeptUsers?
    private var interruption: Int32?
    private var defect: String?

    /// Prepares searches of one target, a plan for each pace; nothing is sent yet. Throws why no trial could run.
    public init(
        _ plans: [PacePlan], _ settings: SearchSettings, _ context: RunContext, observer: any SearchObserver
    ) throws(CommandError) {
        self.plans = plans
        self.settings = settings
        var context = context
        context.settle = settings.settle
        self.context = context
        self.observer = observer
        self.link = settings.linkBitsPerSecond ?? context.addresses.first.flatMap(NetworkLink.bitsPerSecond)
        // A run checks this before its record; here the first trial would fail in the middle of one.
        do throws(EngineError) {
            if let profile = plans.first?.profile { try TLSContext.check(profile) }
            try Preflight.ensure(threads: context.threads)
        } catch {
            throw CommandError(engine: error)
        }
    }

    /// A name for the record, by what is searched.
    public var name: String { "capacity-\(self.plans.first?.profile.name ?? "")" }

    /// Searches at every pace. The record grows meanwhile. Throws what no trial could run without.
    public func carryOut(into folder: RecordFolder?) throws(CommandError) -> SearchEnd {
        let start = CapacityJSON.encodeStart(
            self.plans.map { ($0.pace, $0.goal, $0.profile.effectiveSLO.map(\.text)) },
            assumption: self.settings.assumption?.value, redactor: self.context.redactor)
        self.record = folder.map { CapacityRecord($0, start: start, notice: self.context.notice) }
        for plan in self.plans {
            if self.findings.isEmpty {
                let example = ExampleAnswer.ask(plan.profile, self.context)
                self.proxyFields = example.proxyFields
                // The embedded target is watched by default.
                if self.context.target == nil, let pid = example.embedded {
                    self.context.target = try? TargetWatch(.process(pid))
                }
            }
            let search = try self.search(plan)
            // Without a trial there is no conclusion.
            if !search.trials.isEmpty || self.findings.isEmpty { self.conclude(search, plan) }
            if self.interruption != nil || self.defect != nil || self.isLost { break }
        }
        return self.finish()
    }

    // MARK: One search

    private func search(_ pace: PacePlan) throws(CommandError) -> Search {
        var search = Search(pace.goal)
        self.observer.begin(pace)
        if !pace.keepsUsers { self.endUsers() }
        while case .trial(let plan) = search.step {
            // Before the first trial the runner does not wait for a missing target, unless a command just started it. A
            // target that used up its time after a failed trial and is not back gets no more time.
            let isFirst = self.trialsMade == 0
            let isPatient = self.settings.beforeTrial != nil || !(isFirst || self.hasCooled)
            let patience = isPatient ? Recovery.limit(given: self.settings.coolDown) : 0
            switch try self.prepare(pace, search, patience: patience) {
            case .lost(let reason): self.lose(reason, plan, pace, &search)
            case .interrupted: break
            case .well: try self.trial(plan, pace, &search, unrecovered: nil)
            case .behind(let unrecovered):
                self.observer.note(unrecovered)
                try self.trial(plan, pace, &search, unrecovered: unrecovered)
            }
            if self.interruption != nil || self.defect != nil { break }
        }
        search.stop()
        return search
    }

    /// A search has lost its target, so the next one would, too.
    private var isLost: Bool { self.findings.contains { $0.exit == .targetUnusable } }

    /// The state of the target before a trial.
    private enum Readiness {
        case well, interrupted
        /// It answers, but more slowly than before the first trial.
        case behind(Unrecovered)
        /// Why it does not answer.
        case lost(String)
    }

    /// Runs the command before a trial and waits until the target is back. `patience` in nanoseconds.
    private func prepare(
        _ pace: PacePlan, _ search: Search, patience: UInt64
    ) throws(CommandError) -> Readiness {
        if let command = self.settings.beforeTrial {
            self.observer.show(search, doing: "before the trial: \(command)", elapsed: 0)
            switch ShellCommand(text: command).run(self.context.signals) {
            case .done: break
            case .failed(let reason):
                throw CommandError(sentence: "--before-trial '\(command)': \(reason)", code: .usage)
            case .interrupted(let signal):
                self.interruption = signal
                return .interrupted
            }
        }
        return try self.coolDown(pace, search, limit: patience)
    }

    /// Waits until the target is back at its first value.
    private func coolDown(_ pace: PacePlan, _ search: Search, limit: UInt64) throws(CommandError) -> Readiness {
        self.observer.show(search, doing: "cool-down", elapsed: 0)
        var coolDown = CoolDown(profile: pace.profile, context: self.context, pulse: self.pulse)
        var outcome = try coolDown.wait(limit: self.users == nil ? limit : 0)
        if self.users != nil, !outcome.isHealthy {
            // It does not recover beside them. So all of them leave, and the target gets its time.
            self.endUsers()
            outcome = try coolDown.wait(limit: limit)
        }
        self.context = coolDown.context
        switch outcome {
        case .healthy(let pulse):
            self.pulse = self.pulse ?? pulse
            return .well
        case .slow(let now, let first):
            return .behind(Unrecovered(now: now, first: first, waited: MonotonicClock.now() &- self.lastEnd))
        case .unhealthy(let reason): return .lost(reason)
        case .interrupted(let signal):
            self.interruption = signal
            return .interrupted
        }
    }

    /// All users leave.
    private func endUsers() {
        self.users?.end()
        self.users = nil
    }

    /// Waits until there are local ports for a trial's users: the kernel keeps those of earlier trials for a minute
    /// after we closed them. If ports are still missing then, the trial reports it.
    private func awaitPorts(_ plan: TrialPlan, _ pace: PacePlan, _ search: Search) {
        let connections = self.context.spoken(pace.profile).connections(ofUsers: Int(plan.load))
        // Some users connect more than once.
        let needed =
            Int((Double(connections) * Self.portsPerUser).rounded(.up)) - (self.users?.connections ?? 0)
        let begin = MonotonicClock.now()
        while let (free, waiting) = Preflight.freePorts(for: self.context.addresses), free < needed, waiting > 0 {
            // If even all the waiting ports are not enough for that, one port per connection will do.
            if free + waiting < needed && free >= connections - (self.users?.connections ?? 0) { return }
            let elapsed = MonotonicClock.now() &- begin
            if elapsed > Preflight.timeWait + Self.portGrace { return }
            self.observer.show(
                search, doing: "waiting for local ports, \(free) of \(needed) are free", elapsed: elapsed)
            if let signal = self.context.signals.wait(nanoseconds: Self.portPause) {
                self.interruption = signal
                return
            }
        }
    }

    private static let portsPerUser = 1.5
    /// Nanoseconds between two checks, and the extra time beyond the minute.
    private static let portPause: UInt64 = 500_000_000
    private static let portGrace: UInt64 = 5_000_000_000

    /// Carries out a trial. `unrecovered`: the target was not back when it began.
    private func trial(
        _ plan: TrialPlan, _ pace: PacePlan, _ search: inout Search, unrecovered: Unrecovered?
    ) throws(CommandError) {
        if pace.variable == .users { self.awaitPorts(plan, pace, search) }
        if self.interruption != nil { return }
        let folder = self.record?.beginTrial()
        let now = search
        let doing =
            "trial \(self.trialsMade + 1): \(UInt64(plan.load.rounded(.up))) \(plan.purpose.rawValue)"
        let begin = MonotonicClock.now()
        let trial = try Trial.carryOut(
            plan, pace, self.context, link: self.link, users: self.users, record: folder
        ) { row in
            self.observer.show(now, doing: doing, elapsed: row.end)
        }
        self.users = trial.kept
        self.defect = trial.defect
        self.interruption = self.interruption ?? trial.interruption
        self.lastEnd = MonotonicClock.now()
        guard var result = trial.result else { return }
        let hasFailed = result.failed
        result.began(unrecovered)
        self.hasCooled = false
        if hasFailed {
            // The next trial should begin with a target that has recovered.
            let limit = Recovery.limit(given: self.settings.coolDown, afterTrial: self.lastEnd &- begin)
            switch try self.coolDown(pace, search, limit: limit) {
            case .lost(let reason): result.validity = .targetLost(reason: reason)
            case .behind: self.hasCooled = true
            case .well, .interrupted: break
            }
        }
        self.take(result, pace, &search, record: folder)
    }

    /// The target was lost between two trials.
    private func lose(_ reason: String, _ plan: TrialPlan, _ pace: PacePlan, _ search: inout Search) {
        let result = TrialResult(
            load: plan.load, duration: 0, objectives: [], validity: .targetLost(reason: reason))
        self.record?.skipTrial()
        self.take(result, pace, &search, record: nil)
    }

    private func take(
        _ result: TrialResult, _ pace: PacePlan, _ search: inout Search, record folder: RecordFolder?
    ) {
        search.record(result)
        self.trialsMade += 1
        guard let trial = search.trials.last else { return }
        self.record?.endTrial(
            TrialsCSV.row(
                search.trials.count - 1, trial, pace: pace.pace, redactor: self.context.redactor),
            record: folder)
        self.observer.end(self.trialsMade, search)
    }

    // MARK: The end

    private func conclude(_ search: Search, _ pace: PacePlan) {
        let planned = pace.variable == .users ? pace.profile.plannedRequestsPerSecondPerUser : nil
        guard var answer = CapacityAnswer(search, pace: pace.pace, plannedRequestsPerUser: planned) else {
            return
        }
        if case .aboveRange(let most) = answer.outcome, let reason = self.settings.ownLimit {
            answer.outcome = .generatorLimited(atLeast: most, reason: reason)
            answer.limitedBy = .generator
        }
        var circumstances = Caution.Circumstances(
            proxyFields: self.proxyFields,
            addresses: self.context.addresses.count,
            newConnectionsPerSecond: Self.newConnections(answer, pace.profile),
            shortTrial: pace.needed.map { Caution.ShortTrial(held: pace.goal.trial, needed: $0) })
        if pace.goal.isTrialGiven {
            (circumstances.samples, circumstances.trial) = (pace.goal.samples, pace.goal.trial)
        }
        self.findings.append(
            CapacityFinding(
                answer, assumption: self.settings.assumption,
                hardware: TargetHardware.measured(self.context),
                circumstances: circumstances,
                p99Limit: Self.p99Limit(pace.profile.effectiveSLO)))
    }

    private func finish() -> SearchEnd {
        let state: RunState = self.interruption == nil ? .complete : .interrupted
        var exits: Set<ExitCode> = []
        if let defect {
            self.context.notice("a defect of headroom, please report it: \(defect)")
            exits.insert(.defect)
        }
        if let interruption { exits.insert(interruption == SIGTERM ? .terminated : .interrupted) }
        if let reason = self.findings.lazy.compactMap(\.lossReason).first {
            self.context.notice("the target is unusable: \(reason)")
        }
        exits.formUnion(self.findings.map(\.exit))
        var verdict = CapacityVerdict(self.findings, exit: ExitCode.first(of: exits))
        let json =
            CapacityJSON.encode(self.findings, verdict: verdict, state: state, redactor: self.context.redactor) ?? []
        self.record?.end(json, self.findings, redactor: self.context.redactor)
        let hasFailed = self.record?.hasFailed ?? false
        if hasFailed {
            exits.insert(.outputFailed)
            verdict = CapacityVerdict(self.findings, exit: ExitCode.first(of: exits))
        }
        return SearchEnd(
            findings: self.findings, verdict: verdict, json: json, recordPath: hasFailed ? nil : self.record?.path,
            exits: exits)
    }

    /// New connections per second at the answer, if each session or request makes one.
    private static func newConnections(_ answer: CapacityAnswer, _ profile: Profile) -> Double? {
        let observed = answer.conditional?.result.observation
        switch profile.load.connection {
        case .perUser: return nil
        case .perSession: return observed?.sessionsPerSecond
        case .perRequest: return observed?.requestsPerSecond
        }
    }

    private static func p99Limit(_ objectives: [SLO]) -> UInt64? {
        for slo in objectives where slo.windows == nil && slo.step == nil {
            if case .percentile(.response, let quantile, let limit) = slo.objective,
                abs(quantile - 0.99) < 1e-9
            {
                return limit
            }
        }
        return nil
    }
}

extension CapacityFinding {
    /// Why the target was lost; nil where it was not.
    fileprivate var lossReason: String? {
        if case .doomed(.targetLost(let reason)) = self.answer.outcome { return reason }
        return nil
    }
}
