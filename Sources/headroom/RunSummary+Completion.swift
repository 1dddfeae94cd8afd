import Engine
import Measure
import Workload

extension RunSummary {
    /// Fills in what a run that is over has to tell.
    mutating func complete(from run: LoadRun, profile: Profile) {
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
        self.usersHeld = run.usersHeld
        self.connectionsHeld = run.connectionsHeld
        self.longestSilence = run.longestSilence
        self.examples = run.examples
        self.stopReason = run.stopReason ?? run.interruption.map { "interrupted by signal \($0)" }
        let usage = Conditions.usage()
        self.cpuSeconds = usage.cpuSeconds
        self.peakResidentBytes = usage.peakResidentBytes
        self.judge(profile.effectiveSLO)
    }

    /// Holds the objectives against what was counted and measured.
    mutating func judge(_ objectives: [SLO]) {
        self.slo = SLO.judge(objectives, by: SLO.Evidence(self)).map { verdict in
            SLOOutcome(
                text: verdict.text, met: verdict.met, measured: verdict.measured.map(SLOOutcome.Measured.init)
            )
        }
    }
}

extension SLOOutcome.Measured {
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
    /// What was due inside the hold. Where nothing was (the run ended before it), what there was before counts
    /// for the errors, so that a dead server does not pass.
    init(_ summary: RunSummary) {
        let window = summary.hold
        var counters = window.counters
        if counters.requestsOK == 0 && counters.requestsFailed == 0 { counters.add(summary.outside.counters) }
        let ended = counters.requestsOK &+ counters.requestsFailed
        func histogram(_ word: SLO.LatencyWord) -> Histogram { window.succeeded[word.metric.rawValue] }
        self.init(
            count: { histogram($0).totalCount },
            value: { histogram($0).value(atPercentile: $1 * 100) },
            maximum: { histogram($0).maximum },
            mean: { histogram($0).mean },
            errorFraction: ended == 0 ? nil : Double(counters.requestsFailed) / Double(ended),
            asked: summary.plan.usersAsked, established: summary.usersEstablished,
            lowestHeld: summary.usersHeld.lowestSeen)
    }
}
