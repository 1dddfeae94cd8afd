import Measure

/// Late starts, and whose fault they are: the server's, whose answer kept the user, or ours.
extension Worker {
    /// A start that is later than this after its due time is late, in nanoseconds.
    static let lateTolerance: UInt64 = 1_000_000

    /// Looks whether a planned request starts late. The clock is read: what came before it in this turn may have
    /// taken its time, and that was ours.
    @inline(__always)
    mutating func watchLateness(_ local: Int, isFirst: Bool) {
        self.now = MonotonicClock.now()
        // A start that waits for its tick is as late as was asked for.
        let tolerance = Worker.lateTolerance &+ self.ticks.length
        if self.now > self.users[local].intended &+ tolerance { self.startedLate(local, isFirst: isFirst) }
    }

    /// Counts the late start by the longer of its two waits: for the answer before it (or for a user to become
    /// free), and for our loop since then.
    @inline(never)
    private mutating func startedLate(_ local: Int, isFirst: Bool) {
        let user = self.users + local
        if user.pointee.flags.isDisjoint(with: .onPlan) { return }
        let intended = user.pointee.intended
        // A session of an open load could have been made by any free user, the one that took it or another.
        let freeSince =
            self.isOpen && isFirst ? self.idleSince : max(user.pointee.lastByteAt, user.pointee.retryAt)
        let possible = min(max(intended, freeSince), self.now)
        let window = self.window(of: local)
        if possible &- intended >= self.now &- possible {
            window.pointee.counters.lateServer &+= 1
        } else {
            window.pointee.counters.lateGenerator &+= 1
        }
    }
}
