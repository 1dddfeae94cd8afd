import Measure

/// Late starts and their cause: the server, when its answer held the user up, or the generator.
extension Worker {
    /// A start counts as late from this long after its due time on, in nanoseconds.
    static let lateTolerance: UInt64 = 1_000_000

    /// Records the generator's part of a planned request's send lag, and checks whether it starts late. This reads the
    /// clock, as the events before it in this turn may have taken time, and that is the generator's part.
    @inline(__always)
    mutating func watchLateness(_ local: Int, isFirst: Bool) {
        self.now = MonotonicClock.now()
        if self.users[local].flags.isDisjoint(with: .onPlan) { return self.watchStart(local, isFirst: isFirst) }
        let last = self.lastByte(ofOpenConnectionOf: local)
        // An open connection was silent since then.
        if last < self.now { self.longestPause = max(self.longestPause, self.now &- last) }
        let possible = self.possibleStart(local, isFirst: isFirst)
        self.window(of: local).pointee.succeeded.generatorLag.record(self.now &- possible)
        self.notePause(self.now &- possible)
        if self.users[local].flags.contains(.sampled) {
            self.noteSampledStart(local, possible: possible, now: self.now, isFirst: isFirst)
        }
        // A start that waits for its tick is as late as asked for.
        if self.now > self.users[local].intended &+ Worker.lateTolerance &+ self.ticks.length {
            self.startedLate(local, possible: possible)
        }
    }

    /// Watches a start without a plan: it could have happened when it was due.
    @inline(__always)
    mutating func watchStart(_ local: Int, isFirst: Bool) {
        if !self.users[local].flags.contains(.sampled) { return }
        let now = MonotonicClock.now()
        self.noteSampledStart(local, possible: self.users[local].intended, now: now, isFirst: isFirst)
        self.notePause(now &- min(now, self.users[local].intended))
    }

    /// When the open connection of the user's request brought its last byte; never where there is none.
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

    /// When the request could have started: it was due, the answer before it had come, and a user was free. What a late
    /// turn found may have been there earlier, by the turn's delay at most. That wait is the generator's, too.
    @inline(__always)
    private func possibleStart(_ local: Int, isFirst: Bool) -> UInt64 {
        let user = self.users + local
        // Any free user could have taken a session of an open load, not only the one that did.
        let anyUser = self.isOpen && isFirst
        var free = anyUser ? self.idleSince : user.pointee.lastByteAt
        let lag = self.meter.turnLag
        if lag > 0 && free >= self.turnAt { free = self.turnAt &- min(self.turnAt, lag) }
        if !anyUser { free = max(free, user.pointee.retryAt) }
        return min(self.now, self.ticks.next(from: max(user.pointee.intended, free)))
    }

    /// Counts the late start under the longer of its two waits: for the answer before it (or for a free user), and for
    /// our loop since then.
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
