/// The sums over the rows of intervals.csv: all of a run except its distributions.
public struct RecordTotals: Sendable, Equatable {
    public private(set) var rows = 0
    /// Whole run.
    public private(set) var total = Counters()
    public private(set) var hold = HoldInterval()
    public private(set) var connectOutside: Extremes?
    public private(set) var tlsOutside: Extremes?
    /// As in the last row.
    public private(set) var established: UInt64 = 0
    public private(set) var settleShortfall: UInt64 = 0
    public private(set) var settled = Settled.unknown
    /// Sessions due in the hold of an open load.
    public private(set) var holdSessionsDue: UInt64 = 0
    /// Sessions completed while the hold lasted.
    public private(set) var holdSessionsCompleted: UInt64 = 0
    public private(set) var inFlightAtEnd: UInt64 = 0
    /// Nanoseconds since the run began: when the hold began (nil: not yet), and when the last interval ended.
    public private(set) var holdStart: UInt64?
    public private(set) var end: UInt64 = 0
    /// When the last interval of the hold ended.
    public private(set) var holdEnd: UInt64 = 0
    /// Bytes of latency.hlog that are committed.
    public private(set) var logBytes: UInt64 = 0
    /// CPU share of the busiest worker of each second times its part of the hold, in nanoseconds.
    private var workerCPUArea = 0.0
    /// Failures in seconds in which the generator itself stood still.
    public private(set) var pauses = OwnPauses()
    /// The seconds before the hold, for an automatic warm-up.
    public private(set) var warmUp = WarmUpWatch()
    /// Whether the hold was steady.
    public private(set) var steadiness = SteadinessWatch()

    /// No row.
    public init() {}

    /// Adds the next row.
    public mutating func add(_ row: IntervalRow) {
        self.rows += 1
        self.total.add(row.counters)
        self.hold.append(row.hold)
        if let extremes = row.connectOutside {
            self.connectOutside = self.connectOutside?.union(extremes) ?? extremes
        }
        if let extremes = row.tlsOutside { self.tlsOutside = self.tlsOutside?.union(extremes) ?? extremes }
        self.established = row.established
        self.settleShortfall = row.settleShortfall
        self.settled = row.settled
        if row.hold.duration > 0 {
            self.holdSessionsDue &+= row.sessionsDue
            self.holdSessionsCompleted &+= row.counters.sessionsCompleted
        }
        self.inFlightAtEnd = row.inFlightAtEnd
        if self.holdStart == nil, row.hold.duration > 0 { self.holdStart = row.start }
        self.end = max(self.end, row.end)
        if row.phase == .hold { self.holdEnd = row.end }
        self.logBytes = row.logBytes
        self.warmUp.take(row)
        self.steadiness.take(row)
        self.pauses.take(row)
        self.workerCPUArea += row.workerCPU * Double(row.hold.duration)
    }

    /// Fills a record from the rows and the distributions. Sessions and requests in flight at the end are those that
    /// started and neither completed nor failed.
    public func fill(_ record: inout RunRecord, from distributions: RunDistributions) {
        let hold = self.hold.counters
        record.total = self.total
        record.hold = distributions.hold
        record.hold.counters = hold
        record.outside = distributions.outside
        record.outside.counters = self.total.subtracting(hold)
        // The rows of a union are those of several runs: what does not add up is in its run.json.
        if record.mergedFrom.isEmpty { self.fill(&record.outcome, ofAutoWarmup: record.plan.warmupIsAuto) }
        record.outcome.sessionsInFlight = InFlight(total: self.total.sessionsInFlight, hold: hold.sessionsInFlight)
        record.outcome.requestsInFlight.hold = hold.requestsInFlight
        record.outcome.holdSessionsDue = self.holdSessionsDue
        record.outcome.holdSessionsCompleted = self.holdSessionsCompleted
        if record.outcome.strain == nil, self.hold.duration > 0 {
            // The rows do not hold what the hypervisor and a quota took.
            record.outcome.strain = Strain(
                worker: self.workerCPUArea / Double(self.hold.duration), steal: 0, quota: 0)
        }
    }

    private func fill(_ outcome: inout RunRecord.Outcome, ofAutoWarmup isAuto: Bool) {
        outcome.duration = self.end
        outcome.requestsInFlight.total = self.inFlightAtEnd
        outcome.holdDuration = self.hold.duration
        outcome.usersEstablished = self.established
        outcome.settleShortfall = self.settleShortfall
        outcome.settled = self.settled
        outcome.warmUpFound = isAuto && self.holdStart != nil ? self.warmUp.found : nil
        outcome.usersHeld = self.hold.usersHeld
        outcome.connectionsHeld = self.hold.connectionsHeld
        outcome.steadiness = self.steadiness.found
        outcome.pauses = self.pauses
    }
}

extension Counters {
    /// Requests that started and have not ended; 0 where forged counts have more ends than starts.
    var requestsInFlight: UInt64 {
        let ended = self.requestsOK &+ self.requestsFailed
        return self.requestsStarted > ended ? self.requestsStarted - ended : 0
    }

    /// Sessions that started and have not ended.
    var sessionsInFlight: UInt64 {
        let ended = self.sessionsCompleted &+ self.sessionsFailed
        return self.sessionsStarted > ended ? self.sessionsStarted - ended : 0
    }
}
