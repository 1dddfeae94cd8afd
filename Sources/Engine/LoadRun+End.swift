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
        self.established = 0
        var usersMade: UInt64 = 0
        for member in self.workers {
            for index in 0...1 {
                member.box.block(index).drain(outside: self.intervalOutside, hold: self.intervalHold)
            }
            let outcome = member.box.outcome
            usersHeld.addWorker(outcome.levels.usersHeld)
            connectionsHeld.addWorker(outcome.levels.connectionsHeld)
            inFlightAtEnd &+= outcome.levels.inFlightAtEnd
            self.established &+= outcome.levels.established
            usersMade &+= UInt64(outcome.usersMade)
            self.connectionsAdopted &+= outcome.connectionsAdopted
            if outcome.neverStartedIsBound { self.neverStartedIsBound = true }
            self.longestSilence = max(self.longestSilence, outcome.longestSilence ?? 0)
            self.longestPause = max(self.longestPause, outcome.longestPause)
            self.requestsLeft.outside &+= outcome.leftRequests.outside
            self.requestsLeft.hold &+= outcome.leftRequests.hold
            self.sessionsLeft.outside &+= outcome.leftSessions.outside
            self.sessionsLeft.hold &+= outcome.leftSessions.hold
            self.tlsFacts = self.tlsFacts ?? outcome.tlsFacts
            for example in outcome.examples
            where !self.examples.contains(where: { $0.error == example.error && $0.of == example.of }) {
                self.examples.append(example)
            }
            self.redirectExample = self.redirectExample ?? outcome.redirectExample
            self.add(outcome.addresses)
            for example in outcome.resentExamples
            where !self.resentExamples.contains(where: { $0.cause == example.cause }) {
                self.resentExamples.append(example)
            }
            usages.append(outcome.levels.usage)
            self.healthWatch.add(outcome.transport, dropped: outcome.delaysDropped)
            if let failure = outcome.failure { self.defect = "epoll failed: \(failure)" }
        }
        self.takeSteal()
        if self.isOpen { self.usersAsked = usersMade }
        let phase = self.phase(ofIntervalFrom: self.intervalStart)
        let countsForHeld = self.countsForHeld(phase, intervalFrom: self.intervalStart)
        if countsForHeld {
            // The controller was too late to close the hold's last interval in time, so that ended with the drain.
            self.usersHeld.append(usersHeld)
            self.connectionsHeld.append(connectionsHeld)
        }
        let isTooShort = self.usersHeld.duration == 0
        if isTooShort {
            // The hold was too short for an interval of its own: takes the levels that were seen.
            self.usersHeld = usersHeld
            self.connectionsHeld = connectionsHeld
            if !self.isOpen && self.holdStart != nil && self.established == self.usersAsked
                && self.settleShortfall == 0
                && self.hold.counters.holdsLost == 0
                && self.intervalHold.counters.holdsLost == 0
            {
                self.usersHeld.lowest = self.established
                // Each user has kept the connection that brought its first answer.
                let reconnects = self.hold.counters.reconnects &+ self.intervalHold.counters.reconnects
                if self.profile.connection == .perUser && reconnects == 0 {
                    self.connectionsHeld.lowest = self.connectionsHeld.highest
                }
            }
        }
        var row = self.row(
            end: max(self.endedAt, self.intervalStart &+ 1), phase: phase, users: usersHeld,
            connections: connectionsHeld, inFlightAtEnd: inFlightAtEnd)
        if isTooShort || countsForHeld {
            row.hold.usersHeld = isTooShort ? self.usersHeld : usersHeld
            row.hold.connectionsHeld = isTooShort ? self.connectionsHeld : connectionsHeld
        }
        self.observe(usages, of: &row)
        self.checkAccounts(inFlightAtEnd: inFlightAtEnd)
        self.checkDuration()
        self.phase = .over
        self.isOver = true
        return row
    }

    /// Adds one worker's counts per address.
    private func add(_ tallies: [AddressTally]) {
        let counts = zip(self.addresses, tallies).map { address, tally in
            AddressCount(
                address: "\(address)", connections: tally.connections, failed: tally.failed, requests: tally.requests)
        }
        self.addressCounts = AddressCount.sum([self.addressCounts, counts])
    }

    /// Notes when the longest duration ended the run, and not its plan.
    private func checkDuration() {
        let load = self.profile.load
        guard let most = load.caps.duration, self.stopAt == self.startedAt &+ most, self.stopReason == nil,
            self.interruption == nil
        else { return }
        let hasAll = load.sessions == nil || load.holdGiven
        if hasAll, let holdStart, holdStart &+ load.holdLength <= self.startedAt &+ most { return }
        self.isAborted = true
        self.stopReason = "max_duration: \(TimeSpan.text(most)) were over before the plan was"
    }

    private static func exceedsSockets(_ counters: Counters) -> Bool {
        counters.receivedSocket < counters.receivedHeader &+ counters.receivedBody
    }

    /// Checks the accounts of the whole run, each window by itself. They were counted one by one, so they have to
    /// agree.
    private func checkAccounts(inFlightAtEnd: UInt64) {
        let windows = [
            ("outside the hold", self.outside.counters, self.requestsLeft.outside, self.sessionsLeft.outside),
            ("in the hold", self.hold.counters, self.requestsLeft.hold, self.sessionsLeft.hold),
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
        if self.requestsLeft.outside &+ self.requestsLeft.hold != inFlightAtEnd && self.defect == nil {
            self.defect = "accounting: requests in flight at the end do not add up"
        }
    }
}
