import Capacity
import Measure

/// The observations of a trial on a simulated server.
public struct SeenTrial: Sendable {
    /// One entry for each second.
    public var batches: [Exceedance.Batch]
    public var steadiness: Steadiness?
    /// Sessions ended and requests answered per second.
    public var completed: Double
    public var answered: Double
    public var completions = TrialCompletions()

    /// What happened in a second.
    struct Second {
        /// Sessions and requests begun.
        var sessions: UInt64 = 0
        var requests: UInt64 = 0
        /// Requests answered, those of them beyond the limit, and sessions ended.
        var answered: UInt64 = 0
        var late: UInt64 = 0
        var ended: UInt64 = 0
    }

    /// Builds it from its seconds; `unendedLate`: requests that had not ended and were beyond the limit already.
    init(_ seconds: [Second], unendedLate: UInt64) {
        var watch = SteadinessWatch()
        var inFlight: UInt64 = 0
        for (index, row) in seconds.enumerated() {
            var counters = Counters()
            counters.requestsStarted = row.requests
            counters.requestsOK = row.answered
            counters.sessionsStarted = row.sessions
            counters.sessionsCompleted = row.ended
            let start = UInt64(index) * 1_000_000_000
            let after = inFlight &+ row.requests &- row.answered
            watch.take(
                IntervalRow(
                    start: start, end: start + 1_000_000_000, phase: .hold, inFlightAtStart: inFlight,
                    inFlightAtEnd: after, counters: counters, established: 0, usersHeld: Held(),
                    connectionsHeld: Held(), responseP50: 0, responseP99: 0, responseMaximum: 0, serviceP50: 0,
                    serviceP99: 0, serviceMaximum: 0))
            inFlight = after
        }
        self.steadiness = watch.found
        for row in seconds { self.completions.take(row.answered, duration: 1_000_000_000) }
        self.batches = seconds.map { Exceedance.Batch(count: $0.answered, beyond: $0.late) }
        if let last = self.batches.last {
            self.batches[self.batches.count - 1] = Exceedance.Batch(
                count: last.count &+ unendedLate, beyond: last.beyond &+ unendedLate)
        }
        self.completed = Double(seconds.reduce(0) { $0 + $1.ended }) / Double(max(1, seconds.count))
        self.answered = Double(seconds.reduce(0) { $0 + $1.answered }) / Double(max(1, seconds.count))
    }
}
