import Measure
import Units

/// The rates of one interval, as the live view and the plain lines show them; nil for an interval of no length.
struct RowRates {
    /// Finished requests, failed ones included, per second.
    let requests: Double?
    /// Completed sessions per second.
    let sessions: Double?
    /// Sessions that the plan of an open load had due, per second.
    let due: Double?
    /// Bits per second on the sockets.
    let down: Double?
    let up: Double?

    init(_ row: IntervalRow) {
        let length = row.end > row.start ? row.end - row.start : 0
        let counters = row.counters
        self.requests = Quantity.perSecond(counters.requestsOK &+ counters.requestsFailed, over: length)
        self.sessions = Quantity.perSecond(counters.sessionsCompleted, over: length)
        self.due = Quantity.perSecond(row.sessionsDue, over: length)
        self.down = Quantity.perSecond(counters.receivedSocket, over: length).map { $0 * 8 }
        self.up = Quantity.perSecond(counters.sentSocket, over: length).map { $0 * 8 }
    }

    /// A rate as text, "-" for none.
    static func words(_ value: Double?, _ format: (Double) -> String) -> String { value.map(format) ?? "-" }

    /// A latency of an interval; "-" if it has no successful request, or too few.
    static func latency(_ value: UInt64, of maximum: UInt64) -> String {
        maximum == 0 || value == 0 ? "-" : Quantity.duration(value)
    }
}

extension IntervalRow {
    /// Users held, as one number: the highest while users still join, afterwards the lowest of the interval.
    var usersHeldShown: UInt64 { self.phase == .ramp ? self.usersHeld.highest : self.usersHeld.lowestSeen }
}

extension Counters {
    /// The classes of errors that occurred, most frequent first.
    var classesByCount: [ErrorClass] {
        ErrorClass.allCases.filter { self.failed($0) > 0 }.sorted { left, right in
            let (ours, theirs) = (self.failed(left), self.failed(right))
            return ours == theirs ? left.rawValue < right.rawValue : ours > theirs
        }
    }
}
