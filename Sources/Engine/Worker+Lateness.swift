import Measure

/// Late starts, and what made them late: the server, whose answer kept the user, or the generator.
extension Worker {
    /// A start that is later than this after its due time is late, in nanoseconds.
    static let lateTolerance: UInt64 = 1_000_000

    /// Records the generator's part of a planned request's send lag, and looks whether it starts late. The clock is
    /// read: what came before it in this turn may have taken its time, and that is the generator's.
    @inline(__always)
    mutating func watchLateness(_ local: Int, isFirst: Bool) {
        self.now = MonotonicClock.now()
        if self.users[local].flags.isDisjoint(with: .onPlan) { return self.watchStart(local, isFirst: isFirst) }
        let last = self.lastByte(ofOpenConnectionOf: local)
        // A connection that is there was silent since then.
        if last < self.now { self.longestPause = max(self.longestPause, self.now &- last) }
        let possible = self.possibleStart(local, isFirst: isFirst)
        self.window(of: local).pointee.succeeded.generatorLag.record(self.now &- possible)
        self.notePause(self.now &- possible)
        if self.users[local].flags.contains(.sampled) {
            self.noteSampledStart(local, possible: possible, now: self.now, isFirst: isFirst)
        }
        // A start that waits for its tick is as late as was asked for.
        if self.now > self.users[local].intended &+ Worker.lateTolerance &+ self.ticks.length {
            self.startedLate(local, possible: possible)
        }
    }

    /// Looks at a start that no plan asked for: it could have been made when it was due.
    @inline(__always)
    mutating func watchStart(_ local: Int, isFirst: Bool) {
        if !self.users[local].flags.contains(.sampled) { return }
        let now = MonotonicClock.now()
        self.noteSampledStart(local, possible: self.users[local].intended, now: now, isFirst: isFirst)
        self.notePause(now &- min(now, self.users[local].intended))
    }

    /// When the open connection that the user's request goes over brought its last byte; never where there is none.
    @inline(__always)
    private func lastByte(ofOpenConnectionOf local: Int) -> UInt64 {
        switch self.users[local].link {
        case .open: return self.users[local].lastByteAt
        case .shared:
            let connection = self.multiplex.connection(ofUser: local)
            return connection.pointee.link == .open ? connection.pointee.lastByteAt : .max
        case .none, .connecting, .shaking: return .max
        }
    }

    /// When the request could have been made: it was due, the answer before it had come, and a user was free. What
    /// a turn found when it came late had been there earlier, by so much at most: that wait is the generator's, too.
    @inline(__always)
    private func possibleStart(_ local: Int, isFirst: Bool) -> UInt64 {
        let user = self.users + local
        // A session of an open load could have been made by any free user, the one that took it or another.
        let anyUser = self.isOpen && isFirst
        var free = anyUser ? self.idleSince : user.pointee.lastByteAt
        let lag = self.meter.turnLag
        if lag > 0 && free >= self.turnAt { free = self.turnAt &- min(self.turnAt, lag) }
        if !anyUser { free = max(free, user.pointee.retryAt) }
        return min(self.now, self.ticks.next(from: max(user.pointee.intended, free)))
    }

    /// Counts the late start by the longer of its two waits: for the answer before it (or for a user to become
    /// free), and for our loop since then.
    @inline(never)
    private mutating func startedLate(_ local: Int, possible: UInt64) {
        let intended = self.users[local].intended
        let window = self.window(of: local)
        if possible &- intended >= self.now &- possible {
            window.pointee.counters.lateServer &+= 1
        } else {
            window.pointee.counters.lateGenerator &+= 1
        }
    }
}
