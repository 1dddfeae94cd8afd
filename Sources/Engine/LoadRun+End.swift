import Measure
import Units
import Workload

/// The end: takes what is left, and checks the accounts against each other.
extension LoadRun {
    /// Every worker has ended: takes its last counts.
    func closeRun() -> IntervalRow {
        for member in self.workers { member.thread?.join() }
        self.endTimer()
        self.endedAt = MonotonicClock.now()
        var usersHeld = Held()
        var connectionsHeld = Held()
        var inFlightAtEnd: UInt64 = 0
        var usages: [WorkerUsage] = []
        self.outcome.usersEstablished = 0
        var usersMade: UInt64 = 0
        for member in self.workers {
            for index in 0...1 {
                member.box.block(index).drain(outside: self.intervalOutside, hold: self.intervalHold)
            }
            let box = member.box
            let levels = box.worker.levels.pointee
            usersHeld.addWorker(levels.usersHeld)
            connectionsHeld.addWorker(levels.connectionsHeld)
            inFlightAtEnd &+= levels.inFlightAtEnd
            self.outcome.usersEstablished &+= levels.established
            usersMade &+= UInt64(box.worker.usersMade)
            usages.append(levels.usage)
            self.take(box)
        }
        self.takeSteal()
        if self.isOpen { self.usersAsked = usersMade }
        let phase = self.phase(ofIntervalFrom: self.intervalStart)
        let countsForHeld = self.countsForHeld(phase, intervalFrom: self.intervalStart)
        if countsForHeld {
            // The controller was too late to close the hold's last interval in time, so that ended with the drain.
            self.outcome.usersHeld.append(usersHeld)
            self.outcome.connectionsHeld.append(connectionsHeld)
        }
        let isTooShort = self.outcome.usersHeld.duration == 0
        if isTooShort {
            // The hold was too short for an interval of its own: takes the levels that were seen.
            self.outcome.usersHeld = usersHeld
            self.outcome.connectionsHeld = connectionsHeld
            if !self.isOpen && self.holdStart != nil && self.outcome.usersEstablished == self.usersAsked
                && self.outcome.settleShortfall == 0
                && self.hold.counters.holdsLost == 0
                && self.intervalHold.counters.holdsLost == 0
            {
                self.outcome.usersHeld.lowest = self.outcome.usersEstablished
                // Each user has kept the connection that brought its first answer.
                let reconnects = self.hold.counters.reconnects &+ self.intervalHold.counters.reconnects
                if self.profile.connection == .perUser && reconnects == 0 {
                    self.outcome.connectionsHeld.lowest = self.outcome.connectionsHeld.highest
                }
            }
        }
        var row = self.row(
            end: max(self.endedAt, self.intervalStart &+ 1), phase: phase, users: usersHeld,
            connections: connectionsHeld, inFlightAtEnd: inFlightAtEnd)
        if isTooShort || countsForHeld {
            row.hold.usersHeld = isTooShort ? self.outcome.usersHeld : usersHeld
            row.hold.connectionsHeld = isTooShort ? self.outcome.connectionsHeld : connectionsHeld
        }
        self.observe(usages, of: &row)
        self.checkAccounts(inFlightAtEnd: inFlightAtEnd)
        self.checkDuration()
        self.outcome.duration = self.endedAt > self.startedAt ? self.endedAt - self.startedAt : 0
        if let holdStart, let stopAt, stopAt > holdStart { self.outcome.holdDuration = stopAt - holdStart }
        self.outcome.warmUpFound = self.warmUpFound
        self.outcome.health = self.health
        self.outcome.strain = Strain(self.health)
        self.phase = .over
        self.isOver = true
        return row
    }

    /// Takes what one worker found out.
    private func take(_ box: WorkerHandle) {
        let adopted = self.outcome.connectionsAdopted ?? 0
        self.outcome.connectionsAdopted = adopted &+ box.worker.connectionsAdopted
        if box.worker.neverStartedIsBound { self.outcome.neverStartedIsBound = true }
        self.outcome.longestSilence = max(self.outcome.longestSilence ?? 0, box.worker.longestSilence ?? 0)
        self.outcome.longestPause = max(self.outcome.longestPause ?? 0, box.worker.longestPause)
        self.outcome.requestsInFlight.add(box.worker.leftRequests)
        self.outcome.sessionsInFlight.add(box.worker.leftSessions)
        self.tlsFacts = self.tlsFacts ?? box.worker.tls?.facts
        for example in box.worker.examples
        where !self.outcome.examples.contains(where: { $0.error == example.error && $0.of == example.of }) {
            self.outcome.examples.append(example)
        }
        self.outcome.redirectExample = self.outcome.redirectExample ?? box.worker.redirectExample
        self.add(box.worker.addressCounts)
        for example in box.worker.resentExamples
        where !self.outcome.resentExamples.contains(where: { $0.cause == example.cause }) {
            self.outcome.resentExamples.append(example)
        }
        self.healthWatch.add(box.worker.sampling.transport, dropped: box.worker.sampling.dropped)
        if let failure = box.worker.failure { self.defect = "epoll failed: \(failure)" }
    }

    /// Adds one worker's counts per address.
    private func add(_ tallies: [AddressTally]) {
        let counts = zip(self.addresses, tallies).map { address, tally in
            AddressCount(
                address: "\(address)", connections: tally.connections, failed: tally.failed, requests: tally.requests)
        }
        self.outcome.addresses = AddressCount.sum([self.outcome.addresses, counts])
    }

    /// Notes when the longest duration ended the run, and not its plan.
    private func checkDuration() {
        let load = self.profile.load
        guard let most = load.caps.duration, self.stopAt == self.startedAt &+ most, self.outcome.stopReason == nil,
            self.outcome.signal == nil
        else { return }
        let hasAll = load.sessions == nil || load.holdGiven
        if hasAll, let holdStart, holdStart &+ load.holdLength <= self.startedAt &+ most { return }
        self.outcome.isAborted = true
        self.outcome.stopReason = "max_duration: \(TimeSpan.text(most)) were over before the plan was"
    }

    private static func exceedsSockets(_ counters: Counters) -> Bool {
        counters.receivedSocket < counters.receivedHeader &+ counters.receivedBody
    }

    /// Checks the accounts of the whole run, each window by itself. They were counted one by one, so they have to
    /// agree.
    private func checkAccounts(inFlightAtEnd: UInt64) {
        let (requestsLeft, sessionsLeft) = (self.outcome.requestsInFlight, self.outcome.sessionsInFlight)
        let windows = [
            ("outside the hold", self.outside.counters, requestsLeft.outside, sessionsLeft.outside),
            ("in the hold", self.hold.counters, requestsLeft.hold, sessionsLeft.hold),
        ]
        for (name, counters, requests, sessions) in windows where self.defect == nil {
            if counters.requestsStarted != counters.requestsOK &+ counters.requestsFailed &+ requests {
                self.defect = "accounting: requests \(name) do not add up"
            } else if counters.sessionsStarted
                != counters.sessionsCompleted &+ counters.sessionsFailed &+ sessions
            {
                self.defect = "accounting: sessions \(name) do not add up"
            } else if self.profile.sharing == 0 && Self.exceedsSockets(counters) {
                self.defect = "accounting: more bytes \(name) than passed the sockets"
            }
        }
        // Bytes of a shared socket belong to no request, so they are counted when they pass.
        var total = self.outside.counters
        total.add(self.hold.counters)
        if self.defect == nil && Self.exceedsSockets(total) {
            self.defect = "accounting: more bytes than passed the sockets"
        }
        if self.outcome.requestsInFlight.total != inFlightAtEnd && self.defect == nil {
            self.defect = "accounting: requests in flight at the end do not add up"
        }
    }
}
