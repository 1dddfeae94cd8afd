/// A lower bound for a request's time: without the generator's part, as far as that is known. Plain values; times are
/// nanoseconds.
///
/// A measured time starts when the request was due, and ends when its last byte was read. The generator's part is the
/// late start, the late read, and the effect that other late requests of ours had on this one at the server. A queue
/// delays its output by no more than its arrivals were late. So the measured time, less the late read and less the
/// longest pause, is too short, if anything. The request's own late start is part of that pause.
struct LowerTime {
    /// What is known of a sampled user's request before it ends.
    struct Start {
        /// How long the server made it wait before it could start, because the answer before it was late.
        var wait: UInt64 = 0
        /// How late it started after it could have started.
        var lag: UInt64 = 0
        /// When its last byte had been handed to the kernel; 0: not yet.
        var sentBy: UInt64 = 0
        /// When its first byte came in; 0: not known.
        var firstByteBy: UInt64 = 0
        /// What pauses may have added to the answer before it, which this request waited for.
        var carried: UInt64 = 0
        /// What pauses may have added to the last request that ended; `unknown` where it failed.
        var influence: UInt64 = 0
        /// How long the answer before it had waited to be read; `unknown` where that request failed.
        var lastDelay: UInt64 = 0
        /// How much later it started than without the generator's part: its own lag and, while the user is behind its
        /// plan, that of the requests before it, with the times that their answers waited to be read.
        var owed: UInt64 = 0
        /// The lower bound of the session in progress, so far.
        var session: UInt64 = 0

        static let unknown = UInt64.max

        /// A request starts at `now`, was due at `intended` and could have started at `possible`.
        mutating func begin(intended: UInt64, possible: UInt64, now: UInt64) {
            let waited = possible &- min(possible, intended)
            self.lag = now &- min(now, possible)
            // A failure may be our own fault; then the wait after it is our own too.
            self.wait = waited &- min(waited, self.lastDelay)
            let delay = self.lastDelay == Self.unknown ? 0 : self.lastDelay
            self.owed = LowerTime.sum(waited == 0 ? 0 : LowerTime.sum(self.owed, delay), self.lag)
            self.sentBy = 0
            self.firstByteBy = 0
        }

        /// The request failed, perhaps through our own fault: nothing is known of what follows it.
        mutating func fail() {
            self.influence = Self.unknown
            self.lastDelay = Self.unknown
        }
    }

    /// From its send to its end, and to its first byte.
    let service: UInt64
    let firstByte: UInt64
    /// From when it was due.
    let response: UInt64
    /// What pauses may have added to it.
    let influence: UInt64

    /// `sent`: right before the first byte was handed over. `end`: when the last byte had arrived, or the latest time
    /// at which it had not. `pause`: the longest pause whose traces the request may have met.
    init(_ start: Start, sent: UInt64, end: UInt64, pause: UInt64) {
        let sentBy = max(sent, start.sentBy)
        self.influence = max(pause, start.carried)
        let ours = self.influence &- min(self.influence, start.lag)
        func left(until time: UInt64, after wait: UInt64 = 0) -> UInt64 {
            let span = Self.sum(wait, time &- min(time, sentBy))
            return span &- min(span, ours)
        }
        self.service = left(until: end)
        self.firstByte = start.firstByteBy == 0 ? 0 : left(until: min(end, start.firstByteBy))
        // Where pauses made the answer before it late, their effect is in the wait as well.
        self.response = left(until: end, after: start.wait)
    }

    /// The sum of two times, capped at the largest value: a bound that wrapped would be no bound.
    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
