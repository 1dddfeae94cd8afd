import Measure
import Workload

/// Closing intervals: what the workers counted becomes a row and part of the totals.
extension LoadRun {
    /// Every worker has closed the interval: takes its counts, and sets the next boundary.
    func closeInterval() -> IntervalRow {
        let end = self.boundary
        var usersHeld = Held()
        var connectionsHeld = Held()
        var inFlightAtEnd: UInt64 = 0
        var usages: [WorkerUsage] = []
        for member in self.workers {
            let block = member.box.block(self.drained & 1)
            block.drain(outside: self.intervalOutside, hold: self.intervalHold)
            usersHeld.addWorker(block.levels.pointee.usersHeld)
            connectionsHeld.addWorker(block.levels.pointee.connectionsHeld)
            inFlightAtEnd &+= block.levels.pointee.inFlightAtEnd
            usages.append(block.levels.pointee.usage)
        }
        self.drained += 1
        self.takeSteal()
        let phase = self.phase(ofIntervalFrom: self.intervalStart)
        var row = self.row(
            end: end, phase: phase, users: usersHeld, connections: connectionsHeld,
            inFlightAtEnd: inFlightAtEnd)
        if self.countsForHeld(phase, intervalFrom: row.start &+ self.startedAt) {
            self.outcome.usersHeld.append(usersHeld)
            self.outcome.connectionsHeld.append(connectionsHeld)
            row.hold.usersHeld = usersHeld
            row.hold.connectionsHeld = connectionsHeld
        }
        self.observe(usages, of: &row)
        self.leadWarmup(row, end: end)
        if let reason = self.isUnusable(at: end) { self.stop(reason: reason) }
        self.takeSettling(row)
        var next = end &+ self.intervalLength
        for edge in self.edges where edge > end { next = min(next, edge) }
        self.openInterval(until: next)
        self.wakeWorkers()
        if let reason = self.watch.take(row, targetCPU: self.targetCPU?()), self.stopAt.map({ end < $0 }) ?? true {
            self.outcome.isAborted = true
            self.stop(reason: reason)
        }
        return row
    }

    /// Subtracts the time that the hypervisor took from the interval's lower bounds.
    func takeSteal() {
        let stolen = self.healthWatch.closeHost()
        for window in [self.intervalOutside, self.intervalHold] { window.lowerBounds(by: stolen) }
    }

    /// The phase of an interval: boundaries are cut where a phase begins.
    func phase(ofIntervalFrom start: UInt64) -> Phase {
        if let stopAt, start >= stopAt { return .drain }
        if let holdStart, start >= holdStart { return .hold }
        if let warmupStart, start >= warmupStart { return .warmup }
        return start >= self.startedAt &+ self.join.length ? .settle : .ramp
    }

    /// Whether an interval counts for the levels held during the hold.
    func countsForHeld(_ phase: Phase, intervalFrom start: UInt64) -> Bool {
        phase == .hold && self.heldFrom.map { start >= $0 } ?? false
    }

    func row(
        end: UInt64, phase: Phase, users: Held, connections: Held, inFlightAtEnd: UInt64
    ) -> IntervalRow {
        var counters = self.intervalOutside.counters
        counters.add(self.intervalHold.counters)
        self.union.reset()
        self.unionService.reset()
        for window in [self.intervalOutside, self.intervalHold] {
            self.union.add(window.succeeded[Metric.response.rawValue])
            self.unionService.add(window.succeeded[Metric.service.rawValue])
        }
        var row = IntervalRow(
            start: self.intervalStart &- self.startedAt, end: end &- self.startedAt, phase: phase,
            inFlightAtStart: self.inFlight, inFlightAtEnd: inFlightAtEnd, counters: counters,
            established: self.outcome.usersEstablished, usersHeld: users, connectionsHeld: connections,
            responseP50: self.union.supportedValue(atPercentile: 50) ?? 0,
            responseP99: self.union.supportedValue(atPercentile: 99) ?? 0,
            responseMaximum: self.union.maximum,
            serviceP50: self.unionService.supportedValue(atPercentile: 50) ?? 0,
            serviceP99: self.unionService.supportedValue(atPercentile: 99) ?? 0,
            serviceMaximum: self.unionService.maximum)
        if row.inFlightAtStart &+ counters.requestsStarted
            != counters.requestsOK &+ counters.requestsFailed &+ row.inFlightAtEnd && self.defect == nil
        {
            self.defect =
                "accounting: \(row.inFlightAtStart) in flight + \(counters.requestsStarted) started is not "
                + "\(counters.requestsOK) ok + \(counters.requestsFailed) failed + \(row.inFlightAtEnd) in flight"
        }
        row.settleShortfall = self.outcome.settleShortfall
        row.settled = self.outcome.settled
        row.sessionsDue = self.sessionsDue(until: end)
        row.hold = HoldInterval(of: self.intervalHold)
        row.connectOutside = Extremes(of: self.intervalOutside.succeeded[Metric.connect.rawValue])
        row.tlsOutside = Extremes(of: self.intervalOutside.succeeded[Metric.tls.rawValue])
        if let holdStart {
            let (from, to) = (max(self.intervalStart, holdStart), min(end, self.stopAt ?? .max))
            row.hold.duration = to > from ? to - from : 0
            // Intervals are cut where the hold begins and where it ends.
            if row.hold.duration > 0 {
                self.outcome.holdSessionsDue &+= row.sessionsDue
                self.outcome.holdSessionsCompleted &+= counters.sessionsCompleted
            }
        }
        self.outside.add(self.intervalOutside)
        self.hold.add(self.intervalHold)
        self.inFlight = inFlightAtEnd
        self.intervalStart = end
        return row
    }

    /// Sessions that the plan of an open load has due in the interval that ends at this time, none after the stop.
    private func sessionsDue(until end: UInt64) -> UInt64 {
        let until = min(end, self.stopAt ?? .max)
        return self.arrivalCount?.take(before: until &- min(until, self.startedAt)) ?? 0
    }
}
