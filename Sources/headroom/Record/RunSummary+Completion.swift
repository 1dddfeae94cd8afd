import CLinux
import Engine
import Judge
import Measure

extension RunSummary {
    /// Fills in the results of a finished run.
    mutating func complete(from run: LoadRun) {
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
        self.connectionsAdopted = run.connectionsAdopted
        self.longestSilence = run.longestSilence
        self.longestPause = run.longestPause
        self.heldAfter = run.heldAfter
        self.neverStartedIsBound = run.neverStartedIsBound
        self.examples = run.examples
        self.resentExamples = run.resentExamples
        self.redirectExample = run.redirectExample
        self.addresses = run.addressCounts
        self.health = run.health
        self.warmUpFound = run.warmUpFound
        self.stopReason =
            run.stopReason ?? run.interruption.map(Self.interruptionReason) ?? self.sessionsReason
        let usage = Environment.usage()
        self.cpuSeconds = usage.cpuSeconds
        self.peakResidentBytes = usage.peakResidentBytes
        self.isAborted = run.isAborted
        self.signal = run.interruption
        self.strain = Strain(run.health)
    }

    private static func interruptionReason(_ signal: Int32) -> String {
        switch signal {
        case SIGINT: "interrupted by Ctrl-C (SIGINT)"
        case SIGTERM: "interrupted by SIGTERM"
        default: "interrupted: the terminal went away (SIGHUP)"
        }
    }

    /// The hold ended before all the sessions that were asked for had been made.
    private var sessionsReason: String? {
        guard let asked = self.plan.sessions, self.sessionsMade < asked else { return nil }
        return "the hold ended before \(asked) sessions were made: \(self.sessionsMade) were"
    }
}
