import Measure
import Synchronization
import Workload

/// Leading the phases.
extension LoadRun {
    var boundary: UInt64 { self.control.boundary.load(ordering: .relaxed) }
    var interval: UInt64 { self.control.interval.load(ordering: .relaxed) }

    /// Sets the phases that are known before the start. In an open load that is all of them, as no user has to join.
    func planPhases() {
        let load = self.profile.load
        // In a load of a number of sessions, and in a storm, everything counts.
        let countsAll = load.sessions != nil || load.isStorm
        if let most = load.caps.duration { self.setStop(self.startedAt &+ most) }
        let warmup = countsAll ? 0 : load.warmup
        if self.isOpen {
            self.phase = warmup > 0 || load.warmupIsAuto ? .warmup : .hold
            self.warmupStart = self.startedAt
            if load.warmupIsAuto { return }
            self.heldFrom = self.startedAt &+ warmup
        } else if !countsAll {
            return
        }
        let start = self.startedAt &+ warmup
        self.holdStart = start
        self.control.holdStart.store(start, ordering: .releasing)
        if load.sessions == nil || load.holdGiven { self.setStop(start &+ load.holdLength) }
    }

    /// Opens the next interval, once every worker has closed the last one. So no worker can miss an interval.
    func openInterval(until boundary: UInt64) {
        self.control.boundary.store(boundary, ordering: .relaxed)
        self.control.interval.store(self.interval &+ 1, ordering: .releasing)
    }

    /// Ends the current interval no later than this. A worker that has closed it already is not disturbed.
    func cutInterval(at time: UInt64) {
        if time < self.boundary && time > self.intervalStart {
            self.control.boundary.store(time, ordering: .releasing)
        }
    }

    func setStop(_ time: UInt64, quit: UInt64? = nil) {
        let stop = min(time, self.stopAt ?? .max)
        self.stopAt = stop
        self.quitAt = min(self.quitAt, quit ?? (stop &+ self.drain))
        // The boundary first: so a worker that sees the stop also closes the interval there before it ends.
        self.cutInterval(at: stop)
        self.control.quitAt.store(self.quitAt, ordering: .relaxed)
        self.control.stopAt.store(stop, ordering: .releasing)
        self.wakeWorkers()
    }

    func wakeWorkers() { for member in self.workers { Poller.wakeUp(member.waker) } }

    func nextDecision(_ now: UInt64) -> UInt64 {
        var next = now &+ Self.intervalLength
        switch self.phase {
        case .ramp: next = min(next, self.startedAt &+ self.join.length)
        case .settle: next = min(next, self.steadyLimit ?? self.settleLimit)
        default: break
        }
        return max(now, next)
    }

    /// Takes the decisions that are due by the time and the workers' state.
    func lead(_ now: UInt64) {
        self.countEstablished()
        if let stopAt, now >= stopAt {
            self.endSettling()
            self.phase = .drain
            return
        }
        if self.phase == .ramp && now >= self.startedAt &+ self.join.length { self.phase = .settle }
        if self.phase == .settle { self.leadSettling(now) }
        if self.phase == .warmup, let holdStart, now >= holdStart { self.phase = .hold }
        if self.workers.contains(where: { $0.status.end.load(ordering: .acquiring) == WorkerStatus.failed }) {
            self.stop(reason: "a worker's loop failed")
        }
        if self.profile.load.sessions != nil
            && self.workers.allSatisfy({ $0.status.exhausted.load(ordering: .acquiring) != 0 })
        {
            self.endSettling()
            self.setStop(now)
            self.phase = .drain
        }
    }

    private func countEstablished() {
        let before = self.outcome.usersEstablished
        self.outcome.usersEstablished = self.workers.reduce(0) { $0 + $1.status.established.load(ordering: .acquiring) }
        if self.join.kind != .inTurn || self.outcome.usersEstablished == before || self.steadyLimit != nil { return }
        // Each answer lets another user start, so the limit moves with it.
        let most = self.startedAt &+ self.join.length &+ self.settle &+ Self.turnLimit &* self.usersAsked
        self.settleLimit = min(most, max(self.settleLimit, MonotonicClock.now() &+ self.settle))
    }

    /// A hold that began with the first connect is over, and users may still wait for their first answer. An answer
    /// that comes later proves no hold.
    private func endSettling() {
        if self.holdStart == nil || (self.phase != .ramp && self.phase != .settle) { return }
        self.countEstablished()
        self.outcome.settleShortfall = self.usersAsked &- min(self.usersAsked, self.outcome.usersEstablished)
    }

    private func leadSettling(_ now: UInt64) {
        let isSettled = self.outcome.usersEstablished >= self.usersAsked
        if !isSettled && now < self.settleLimit { return }
        if isSettled && self.outcome.heldAfter == nil { self.outcome.heldAfter = now &- min(now, self.startedAt) }
        if isSettled && self.awaitsSteadiness(now) { return }
        self.outcome.settleShortfall = self.usersAsked &- min(self.usersAsked, self.outcome.usersEstablished)
        if self.outcome.usersEstablished == 0 {
            self.stop(reason: "no user was answered within the settle time (10 s after the join)")
            self.phase = .drain
            return
        }
        self.phase = .warmup
        let begin = now &+ Self.notice
        self.warmupStart = begin
        self.cutInterval(at: begin)
        if self.holdStart != nil {
            // The hold is on already; from here on users are held.
            self.heldFrom = begin
        } else if !self.profile.load.warmupIsAuto {
            self.beginHold(at: begin &+ self.profile.load.warmup)
        }
        self.wakeWorkers()
    }

    /// Where phases begin, as far as known: intervals are cut there.
    var edges: [UInt64] {
        [self.startedAt &+ self.join.length]
            + [self.warmupStart, self.holdStart, self.stopAt].compactMap { $0 }
    }
}
