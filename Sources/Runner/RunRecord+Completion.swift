import CLinux
import Engine
import Judge
import Measure

extension RunRecord {
    /// Takes the results of a finished run.
    mutating func complete(from run: LoadRun) {
        self.outcome = run.outcome
        self.state = run.outcome.signal == nil ? .complete : .interrupted
        self.total = run.outside.counters
        self.total.add(run.hold.counters)
        self.plan.usersAsked = run.usersAsked
        if self.outcome.stopReason == nil {
            self.outcome.stopReason = run.outcome.signal.map(Self.interruptionReason) ?? self.sessionsReason
        }
        let usage = Environment.usage()
        self.cpuSeconds = usage.cpuSeconds
        self.peakResidentBytes = usage.peakResidentBytes
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
