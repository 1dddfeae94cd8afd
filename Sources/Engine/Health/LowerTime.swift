/// How long a request takes at least without the generator's part, of what is known of it. Plain values: times are
/// nanoseconds.
///
/// What was measured counts from when it was due, and ends when its last byte was read. The generator's part is the
/// late start, the late read, and what requests that it made late did to this one at the server. A queue gives nothing
/// out later than its arrivals were late, so the measured time less the late read and less the longest pause is too
/// short, if anything; the request's own late start is a part of that pause.
struct LowerTime {
    /// What is known of a sampled user's request before it ends.
    struct Start {
        /// How long the server made it wait before it could start: the answer before it was late.
        var wait: UInt64 = 0
        /// How late it was made though it could have been.
        var lag: UInt64 = 0
        /// When its last byte had been handed to the kernel; 0: not yet.
        var sentBy: UInt64 = 0
        /// When its first byte came in; 0: not known.
        var firstByteBy: UInt64 = 0
        /// What pauses may have added to the answer before it, which this one waited for.
        var carried: UInt64 = 0
        /// What they may have added to the last one that ended; `unknown` where that failed.
        var influence: UInt64 = 0
        /// How long the answer before it had waited to be read; `unknown` where that failed.
        var lastDelay: UInt64 = 0
        /// How much later than without us it was made: its own lag, and while the user is behind its plan that of the
        /// requests before it, with the times for which their answers waited to be read.
        var owed: UInt64 = 0
        /// Of the session that goes on.
        var session: UInt64 = 0

        static let unknown = UInt64.max

        /// A request is made at `now`, was due at `intended` and could have been made at `possible`.
        mutating func begin(intended: UInt64, possible: UInt64, now: UInt64) {
            let waited = possible &- min(possible, intended)
            self.lag = now &- min(now, possible)
            // What failed may have failed for us, and what followed it is our own waiting.
            self.wait = waited &- min(waited, self.lastDelay)
            let delay = self.lastDelay == Self.unknown ? 0 : self.lastDelay
            self.owed = LowerTime.sum(waited == 0 ? 0 : LowerTime.sum(self.owed, delay), self.lag)
            self.sentBy = 0
            self.firstByteBy = 0
        }

        /// The request failed, perhaps for us: nothing is known of what follows it.
        mutating func fail() {
            self.influence = Self.unknown
            self.lastDelay = Self.unknown
        }
    }

    /// From its being sent to its end, and to its first byte.
    let service: UInt64
    let firstByte: UInt64
    /// From when it was due.
    let response: UInt64
    /// What pauses may have added to it.
    let influence: UInt64

    /// `sent`: right before the first byte was handed over. `end`: when the last byte had come in, or the latest time
    /// at which it had not. `pause`: the longest one whose traces it may have met.
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
        // What pauses did is in the wait, too, where the answer before it was late for them.
        self.response = left(until: end, after: start.wait)
    }

    /// Of two times, the largest there is where they exceed it: a bound that wrapped would be none.
    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
