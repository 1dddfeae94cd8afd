import CLinux
import Engine
import Measure
import Workload

extension RunSummary {
    /// Fills in what a run that is over has to tell.
    mutating func complete(
        from run: LoadRun, profile: Profile, windows: [String: SLO.WindowTally]
    ) {
        self.state = run.interruption == nil ? .complete : .interrupted
        self.total = run.outside.counters
        self.total.add(run.hold.counters)
        self.requestsInFlightAtEnd = run.requestsLeft.outside + run.requestsLeft.hold
        self.sessionsInFlightAtEnd = run.sessionsLeft.outside + run.sessionsLeft.hold
        self.holdRequestsInFlightAtEnd = run.requestsLeft.hold
        self.holdSessionsInFlightAtEnd = run.sessionsLeft.hold
        self.duration = run.endedAt > run.startedAt ? run.endedAt - run.startedAt : 0
        if let start = run.holdStart, let stop = run.stopAt, stop > start { self.holdDuration = stop - start }
        self.usersEstablished = run.established
        self.settleShortfall = run.settleShortfall
        self.settled = run.settled
        self.holdSessionsDue = run.holdSessionsDue
        self.holdSessionsCompleted = run.holdSessionsCompleted
        self.plan.usersAsked = run.usersAsked
        self.usersHeld = run.usersHeld
        self.connectionsHeld = run.connectionsHeld
        self.longestSilence = run.longestSilence
        self.longestPause = run.longestPause
        self.heldAfter = run.heldAfter
        self.neverStartedIsBound = run.neverStartedIsBound
        self.examples = run.examples
        self.resentExamples = run.resentExamples
        self.health = run.health
        self.warmUpFound = run.warmUpFound
        self.stopReason =
            run.stopReason ?? run.interruption.map(Self.interruptionReason) ?? self.sessionsReason
        let usage = Conditions.usage()
        self.cpuSeconds = usage.cpuSeconds
        self.peakResidentBytes = usage.peakResidentBytes
        self.judge(profile.effectiveSLO, windows: windows)
    }

    private static func interruptionReason(_ signal: Int32) -> String {
        switch signal {
        case SIGINT: "interrupted by Ctrl-C (SIGINT)"
        case SIGTERM: "interrupted by SIGTERM"
        default: "interrupted: the terminal went away (SIGHUP)"
        }
    }

    /// The hold was over before the sessions that were asked for had been made.
    private var sessionsReason: String? {
        guard let asked = self.plan.sessions, self.sessionsMade < asked else { return nil }
        return "the hold ended before \(asked) sessions were made: \(self.sessionsMade) were"
    }

    private var sessionsMade: UInt64 { self.total.sessionsCompleted &+ self.total.sessionsFailed }

    /// Planned requests that were due in the hold and never started may be this share of all that were due;
    /// above it the plan was not kept, and what was measured is not what was asked for.
    static let neverStartedLimit = 0.1

    /// The texts of what holds whether asked for or not: no objectives that can be asked for.
    static let ownObjectives = (neverStarted: "never started < 10%", sessions: "sessions = asked")

    /// What holds whether asked for or not, and is printed where it does not.
    private var broken: [SLOOutcome] {
        var broken: [SLOOutcome] = []
        let never = self.hold.counters.neverStarted
        let due = never &+ self.hold.counters.requestsStarted
        if due > 0, Double(never) > Self.neverStartedLimit * Double(due) {
            broken.append(
                SLOOutcome(
                    text: Self.ownObjectives.neverStarted, verdict: .fail,
                    measured: .fraction(Double(never) / Double(due))))
        }
        if let asked = self.plan.sessions, self.sessionsMade < asked {
            broken.append(
                SLOOutcome(
                    text: Self.ownObjectives.sessions, verdict: .fail, measured: .count(self.sessionsMade)))
        }
        return broken
    }

    /// Holds the objectives against what was counted and measured; those over windows against how they went in
    /// each, by their texts.
    mutating func judge(_ objectives: [SLO], windows: [String: SLO.WindowTally]) {
        let verdicts = SLO.judge(
            objectives, by: SLO.Evidence(self),
            steps: { SLO.Evidence(steps: self.plan.steps(named: $0), of: self.hold) },
            windows: { windows[$0.text] })
        self.slo =
            verdicts.map { verdict in
                SLOOutcome(
                    text: verdict.text, verdict: verdict.met ? .pass : .fail,
                    measured: verdict.measured.map(MeasuredValue.init),
                    windows: verdict.windows.map {
                        SLOOutcome.Windows(held: $0.held, failed: $0.count &- $0.held, count: $0.count)
                    })
            } + self.broken
    }
}

extension RunSummary {
    /// Judges whether the server or we made the numbers, and how well they are known. After everything else.
    mutating func appraise(_ series: HoldSeries) {
        if self.holdDuration > 0 { self.confidence = LatencyConfidence(of: series) }
        self.validity = Validity.judge(Evidence(self, series: series))
    }

    /// Whether something that is in use must not be believed: an objective rests on an INVALID claim, or with
    /// `isStrict` on a SUSPECT one.
    func isUnfit(for objectives: [SLO], isStrict: Bool) -> Bool {
        let claims = RunValidity.claimsInUse(objectives: objectives.map(\.kind))
        return self.validity.map { $0.verdict(of: claims) >= (isStrict ? .suspect : .invalid) } ?? false
    }
}

extension SLO {
    /// What it is about.
    var kind: ObjectiveKind {
        switch self.objective {
        case .percentile, .mean, .maximum: .latency
        case .errors, .resent: .errors
        case .heldEqualsAsked: .held
        }
    }
}

extension HoldSeries {
    /// Takes the response times of an interval of the hold; one without any is none.
    mutating func take(_ histogram: Histogram, length: UInt64) {
        if length < Self.shortestSecond || histogram.isEmpty { return }
        // Another shape is another log's: it is no second of this hold.
        try? self.append(histogram)
    }
}

extension MeasuredValue {
    /// The judge's value as the report has it.
    init(_ measured: SLO.Measured) {
        switch measured {
        case .nanoseconds(let value): self = .nanoseconds(value)
        case .fraction(let value): self = .fraction(value)
        case .count(let value): self = .count(value)
        }
    }
}

extension SLO.LatencyWord {
    /// The metric that the word means.
    var metric: Metric {
        switch self {
        case .response: .response
        case .service: .service
        case .ttfb: .firstByte
        case .connect: .connect
        case .session: .session
        }
    }
}

extension SLO.Evidence {
    /// What was due inside the hold. Where it was never reached, what there was before counts for the errors,
    /// and no user was held.
    init(_ summary: RunSummary) {
        let window = summary.hold
        let reachedHold = summary.holdDuration > 0
        var counters = window.counters
        if !reachedHold { counters.add(summary.outside.counters) }
        let ended = counters.requestsOK &+ counters.requestsFailed
        func histogram(_ word: SLO.LatencyWord) -> Histogram {
            summary.window(of: word.metric).succeeded[word.metric.rawValue]
        }
        self.init(
            count: { histogram($0).totalCount },
            value: { histogram($0).value(atPercentile: $1 * 100) },
            maximum: { histogram($0).maximum },
            mean: { histogram($0).mean },
            errorFraction: ended == 0 ? nil : Double(counters.requestsFailed) / Double(ended),
            resentFraction: counters.resentFraction,
            asked: summary.plan.usersAsked, established: summary.usersEstablished,
            lowestHeld: reachedHold ? summary.usersHeld.lowestSeen : 0)
    }
}
