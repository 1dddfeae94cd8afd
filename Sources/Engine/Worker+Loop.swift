import CLinux
import Measure
import Synchronization

/// The loop of a worker: what it waits for, and how it handles that.
extension Worker {
    /// Runs until the controller's stop, and then until nothing is in flight or the drain is over.
    mutating func run() {
        self.meter.begin()
        self.readControl()
        while true {
            let count: Int
            do {
                count = try self.poller.wait(timeout: self.waitTime())
            } catch {
                self.failure = error
                break
            }
            self.now = MonotonicClock.now()
            self.turnAt = self.now
            self.meter.turn(due: self.awaited, now: self.now)
            self.noteLook(found: count)
            self.notePause(self.meter.turnLag)
            self.readControl()
            if !self.ticks.isOff {
                // At the stop no later tick will come.
                self.batchEnd = self.now < self.stopAt ? self.ticks.last(upTo: self.now) : self.now
            }
            for position in 0..<count {
                if position &+ 1 < count { self.prefetch(self.poller.event(position &+ 1)) }
                self.handle(self.poller.event(position))
            }
            self.fireDeadlines()
            if self.nextArrival <= self.startLimit { self.startArrivals() }
            if self.listedCount > 0 { self.settleListed() }
            self.closeIntervalIfDue()
            // With a tick, only a turn that began after the stop has started what was due before it.
            if self.startLimit >= self.stopAt {
                self.isAccepting = false
                if self.longestSilence == nil { self.longestSilence = self.silence() }
                if self.inFlight == 0 || self.now >= self.quitAt { break }
            }
            if self.failure != nil { break }
            if self.sessionsLeft <= 0 && self.sessionsOpen == 0 { self.sayExhausted() }
        }
        self.finish()
        self.status.end.store(
            self.failure == nil ? WorkerStatus.ended : WorkerStatus.failed, ordering: .releasing)
        Poller.wakeUp(self.control.controllerWaker)
    }

    /// Acquiring: a worker that sees the stop also sees the boundary that was cut for it.
    private mutating func readControl() {
        self.stopAt = self.control.stopAt.load(ordering: .acquiring)
        self.quitAt = self.control.quitAt.load(ordering: .relaxed)
        self.readHoldStart()
    }

    /// The start of the hold is set a little before it comes. A turn that takes longer than that must not put a request
    /// into the wrong window. So each start reads it again: one load of a line that is not written meanwhile.
    @inline(__always)
    mutating func readHoldStart() { self.holdStart = self.control.holdStart.load(ordering: .relaxed) }

    /// Prefetches the slot of the user that comes next.
    @inline(__always)
    private func prefetch(_ event: PollEvent) {
        let local = Int(UInt32(truncatingIfNeeded: event.tag))
        if local < self.usersMade { linux_prefetch(self.users + local, MemoryLayout<User>.stride) }
    }

    /// How long to sleep: until the next deadline or arrival, or the tick that handles it; the end of the interval; the
    /// stop, or the end of the drain. With `--spin` a little less.
    private mutating func waitTime() -> Int64 {
        if self.listedCount > 0 || self.isStorming && self.deadlines.earliest <= self.now {
            // The loop goes on at once, so no turn can be late.
            self.awaited = .max
            return 0
        }
        var until = self.deadlines.earliest
        if self.nextArrival < until && self.isAccepting && self.hasFreeUser { until = self.nextArrival }
        until = self.ticks.next(from: until)
        if self.control.interval.load(ordering: .acquiring) != self.closedInterval {
            until = min(until, self.control.boundary.load(ordering: .relaxed))
        }
        until = min(until, self.startLimit < self.stopAt ? self.stopAt : self.quitAt)
        let now = MonotonicClock.now()
        until = min(until, now &+ Worker.pulse)
        let wake = until &- min(until, self.setup.spin)
        // A loop that has just found events waiting will find more. Then the kernel never starts the timeout.
        let sleeps = self.turnAt &- min(self.turnAt, self.waitedFrom) > Worker.shortestSleep
        self.waitedFrom = now
        if let wakesAt = self.timer.covers(now, wake, isInterruptible: sleeps && self.inFlight > 0) {
            self.awaited = wakesAt
            return -1
        }
        self.awaited = until
        let from = now &+ self.setup.spin
        return until <= from ? 0 : Int64(clamping: until &- from)
    }

    @inline(__always)
    private mutating func handle(_ event: PollEvent) {
        if event.tag == Poller.wakeTag {
            self.poller.drainWake()
            return
        }
        if event.tag == Poller.timerTag { return }
        let local = Int(UInt32(truncatingIfNeeded: event.tag))
        let generation = UInt32(truncatingIfNeeded: event.tag &>> 32)
        guard local < self.usersMade, self.users[local].generation == generation else {
            if self.multiplex.isOn { self.sharedEvent(local, generation, event) }
            return
        }
        switch self.users[local].link {
        case .none, .shared:
            return
        case .connecting:
            if event.isWritable { self.connectEnded(local) }
        case .shaking:
            self.handshake(local)
        case .open:
            if self.users[local].request == .sent && self.isConcerned(local, event.isWritable)
                && self.isSending(local)
            {
                self.writeRequest(local)
            }
        }
        // Also right after a connect ended: bytes that came with it may have no other edge.
        if self.users[local].link == .open && self.users[local].generation == generation
            && self.isConcerned(local, event.isReadable)
        {
            self.read(local, ended: event.isEnded)
        }
    }

    /// Everything due up to this time is handled in this turn.
    @inline(__always)
    var startLimit: UInt64 { self.ticks.isOff ? self.now : self.batchEnd }

    /// An event concerns one direction of a connection. With TLS either may wait for the other, and bytes that OpenSSL
    /// or its BIO hold have no event of their own: each event concerns both.
    @inline(__always)
    private func isConcerned(_ local: Int, _ isReady: Bool) -> Bool {
        isReady || self.users[local].transport.isSecured
    }

    private mutating func fireDeadlines() {
        let limit = self.isStorming ? Worker.stormsPerTurnLimit : Worker.deadlinesPerTurnLimit
        for _ in 0..<limit {
            if self.deadlines.earliest > self.startLimit { return }
            let local = self.deadlines.earliestID
            if local < 0 { return }
            if local < self.userCount {
                self.deadlineReached(local)
            } else if local == self.leavingID {
                self.endLeaving()
            } else {
                self.sharedDeadlineReached(local &- self.userCount)
            }
        }
    }

    private func sayExhausted() {
        if self.status.exhausted.load(ordering: .relaxed) == 0 {
            self.status.exhausted.store(1, ordering: .releasing)
            Poller.wakeUp(self.control.controllerWaker)
        }
    }
}
