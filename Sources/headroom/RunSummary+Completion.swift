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
        let evidence = self.evidence(run)
        self.slo = SLO.effective(profile.slo).map { objective in
            let judgement = objective.judge(evidence)
            return SLOOutcome(
                text: objective.text, met: judgement.met,
                measured: judgement.measured.map(SLOOutcome.Measured.init))
        }
    }
}
