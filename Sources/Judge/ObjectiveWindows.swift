import Measure
import Workload

/// Judges objectives window by window during the hold, or when its record is read again.
///
/// A window is made of whole intervals. It is full when the part of the hold in them adds up to its length (or, in a
/// load of a number of sessions, where seconds do not begin with the hold, to at most one second more). A request
/// belongs to the interval in which it ended. One that was due in the hold and ended after it belongs to the last
/// window, if that ended with the hold. One that has not ended belongs to the window in which it was due, or to both
/// where its age leaves two possible. A rest at the end that is no whole window is not judged. Memory: two histograms
/// and the last `windowsKept` windows for each objective, however long the hold is.
public struct ObjectiveWindows {
    private var watched: [WatchedObjective]
    /// Requests of the hold that began and have not ended.
    private var inFlight: UInt64 = 0
    /// The start of the silence: requests are in flight and none has ended since then.
    private var silentSince: UInt64?

    /// Windows that wait for requests due in them that have not ended: an hour of seconds, longer than any request
    /// lasts.
    static let windowsKept = 4_096

    /// Before the first interval. Objectives without windows are skipped. `knowsResent`: requests that are sent again
    /// are counted, as in all but older records.
    public init(_ objectives: [SLO], plan: RunRecord.Plan, knowsResent: Bool = true) {
        self.watched = objectives.compactMap { slo in
            guard let windows = slo.windows else { return nil }
            var watched = WatchedObjective(
                slo: slo, length: windows.length, metric: slo.metric,
                steps: slo.step.map(plan.steps(named:)) ?? [])
            watched.knowsResent = knowsResent
            return watched
        }
    }

    /// Nothing is to be judged.
    public var isEmpty: Bool { self.watched.isEmpty }

    /// Takes the next interval: its row, and the requests due inside the hold that ended in it.
    public mutating func take(_ row: IntervalRow, _ hold: Window) {
        let counters = hold.counters
        let isBusy = self.inFlight > 0 || counters.requestsStarted > 0
        let isSilent = self.inFlight > 0 && counters.requestsOK &+ counters.requestsFailed == 0
        self.silentSince = isSilent ? self.silentSince ?? row.start : nil
        let silence = self.silentSince.map { row.end &- min(row.end, $0) } ?? 0
        self.inFlight &+= counters.requestsStarted
        self.inFlight &-= min(self.inFlight, counters.requestsOK &+ counters.requestsFailed)
        for index in self.watched.indices { self.watched[index].take(row, hold, isBusy: isBusy, silence) }
    }

    /// The results of the objectives, by their texts. After the last interval.
    public mutating func finish() -> [String: SLOOutcome.Windows] {
        var found: [String: SLOOutcome.Windows] = [:]
        for index in self.watched.indices { found[self.watched[index].slo.text] = self.watched[index].finish() }
        return found
    }
}

/// One objective, the window that is being filled, and the results of those before it.
private struct WatchedObjective {
    let slo: SLO
    let length: UInt64
    /// Nil for an objective without a latency.
    let metric: Metric?
    /// Numbers of its steps; empty for all requests.
    let steps: [Int]
    let ended = Histogram()
    let lower = Histogram()
    var counters = Counters()
    var knowsResent = true
    /// Counts of its steps.
    var stepOK: UInt64 = 0
    var stepFailed: UInt64 = 0
    var ownTimeouts: UInt64 = 0
    /// Requests were started or in flight in the window.
    var isBusy = false
    /// The longest silence, up to the end of an interval in the window: requests were in flight and none ended.
    var silence: UInt64 = 0
    /// The generator stood still in the window.
    var hasPause = false
    /// Nanoseconds of the hold in the window.
    var filled: UInt64 = 0
    /// Its start and end, as in the rows, and the requests due in it that have not ended.
    var window = JudgedWindow()
    var full: [JudgedWindow] = []
    var tally = SLOOutcome.Windows()

    init(slo: SLO, length: UInt64, metric: Metric?, steps: [Int]) {
        self.slo = slo
        self.length = length
        self.metric = metric
        self.steps = steps
    }

    mutating func take(_ row: IntervalRow, _ hold: Window, isBusy: Bool, _ silence: UInt64) {
        // A full window takes what ends after the hold. The next one begins with the next interval inside the hold.
        if row.hold.duration > 0 { self.closeIfFull() }
        if self.filled == 0 { self.window.start = row.start }
        if row.hold.duration > 0 { self.window.end = row.end }
        self.filled &+= row.hold.duration
        self.isBusy = self.isBusy || isBusy
        self.silence = max(self.silence, silence)
        self.hasPause = self.hasPause || row.longestPause >= OwnPauses.shortest
        self.ownTimeouts &+= row.ownTimeouts
        self.counters.add(hold.counters)
        let steps = hold.steps.filter { self.steps.contains($0.number) }
        for step in steps {
            self.stepOK &+= step.response.totalCount
            self.stepFailed &+= step.failed.totalCount
        }
        guard let metric else { return }
        if self.slo.step == nil {
            self.ended.add(hold.succeeded[metric.rawValue])
            if let values = hold.lower(metric) { self.lower.add(values) }
            if let ages = hold.unended(metric) { self.place(ages, row) }
        } else {
            for step in steps {
                if let values = step.succeeded(metric) { self.ended.add(values) }
                if let values = step.lower(metric) { self.lower.add(values) }
                if let ages = step.unended(metric) { self.place(ages, row) }
            }
        }
    }

    /// Counts requests that have not ended in the window where they were due, by their age when they were given up in
    /// this interval.
    private mutating func place(_ ages: Histogram, _ row: IntervalRow) {
        let limit = self.slo.latencyLimit ?? .max
        for slot in ages.usedSlots where ages.count(atSlot: slot) > 0 {
            let (shortest, longest) = (ages.lowestValue(ofSlot: slot), ages.highestValue(ofSlot: slot))
            let from = row.start - min(row.start, longest)
            let to = row.end - min(row.end, shortest)
            let count = ages.count(atSlot: slot)
            let touched = self.full.indices.filter { self.full[$0].start <= to && self.full[$0].end > from }
            let isCurrent = self.filled > 0 && self.window.start <= to
            let isCertain = touched.count + (isCurrent ? 1 : 0) == 1 && shortest >= limit
            if isCurrent { self.window.addUnended(count, isOver: isCertain) }
            for index in touched { self.full[index].addUnended(count, isOver: isCertain) }
        }
    }

    private mutating func closeIfFull() {
        if self.filled < self.length { return }
        self.window.verdict = self.scope.judge(self.slo.objective).verdict
        self.window.ended = self.ended.totalCount
        if let limit = self.slo.latencyLimit {
            self.window.within = self.ended.totalCount - self.ended.countAtOrAbove(limit)
            // These include bounds of requests that have not ended, which may have been due in any window.
            self.window.over = min(
                self.lower.count(certainlyReaching: limit), self.ended.totalCount - self.window.within)
        }
        self.full.append(self.window)
        if self.full.count > ObjectiveWindows.windowsKept {
            self.tally.add(self.full.removeFirst().verdict(of: self.slo.objective))
        }
        for histogram in [self.ended, self.lower] { histogram.reset() }
        (self.counters, self.stepOK, self.stepFailed) = (Counters(), 0, 0)
        (self.ownTimeouts, self.filled, self.window) = (0, 0, JudgedWindow())
        (self.isBusy, self.silence, self.hasPause) = (false, 0, false)
    }

    mutating func finish() -> SLOOutcome.Windows {
        self.closeIfFull()
        for window in self.full { self.tally.add(window.verdict(of: self.slo.objective)) }
        self.full = []
        return self.tally
    }

    private var scope: ScopeEvidence {
        let evidence = LatencyEvidence(
            ended: self.ended, unended: nil, lower: LowerBound(of: self.lower, population: self.ended.totalCount))
        var scope = ScopeEvidence(latency: { _ in evidence })
        scope.ok = self.slo.step == nil ? self.counters.requestsOK : self.stepOK
        scope.failed = self.slo.step == nil ? self.counters.requestsFailed : self.stepFailed
        scope.ownFailed = self.counters.ownFailures &+ self.ownTimeouts
        scope.resent = self.knowsResent ? self.counters.requestsResent : nil
        scope.receivedBytes = self.counters.receivedSocket
        scope.duration = self.filled
        // A request that waited as long as the limit is over it. A shorter silence proves nothing about a latency.
        let isStalled = self.slo.latencyLimit.map { self.silence >= $0 } ?? self.isBusy
        scope.isStalled = isStalled && !self.hasPause
        return scope
    }
}

/// A full window: its verdict by what ended in it, and the requests due in it that have not ended.
struct JudgedWindow {
    var start: UInt64 = 0
    var end: UInt64 = 0
    var verdict = Verdict.unknown
    /// Requests that ended, those of them inside the limit, and those over it without the generator's delays.
    var ended: UInt64 = 0
    var within: UInt64 = 0
    var over: UInt64 = 0
    /// Requests that have not ended and may have been due in it; those that certainly were and are over the limit
    /// already.
    var unended: UInt64 = 0
    var unendedOver: UInt64 = 0

    mutating func addUnended(_ count: UInt64, isOver: Bool) {
        self.unended &+= count
        if isOver { self.unendedOver &+= count }
    }

    /// The verdict with the requests that have not ended.
    func verdict(of objective: SLO.Objective) -> Verdict {
        if self.unended == 0 || self.ended == 0 { return self.verdict }
        let (total, over) = (Double(self.ended &+ self.unended), self.over &+ self.unendedOver)
        switch objective {
        case .percentile(_, let quantile, _):
            let beyond = (1 - quantile) * total
            let needed = Histogram.samplesNeededBeyond
            if beyond + 1e-9 * total >= needed, Double(self.within) >= quantile * total { return .pass }
            // With so many over the limit a lower percentile is over it, and no percentile is smaller than one below
            // it.
            return Double(over) > max(needed, beyond * (1 + 1e-9)) ? .fail : .unknown
        case .maximum: return over > 0 ? .fail : .unknown
        case .mean: return .unknown
        default: return self.verdict
        }
    }
}

extension Histogram {
    /// Number of values certainly no smaller than a limit, wherever they are inside their slots.
    fileprivate func count(certainlyReaching limit: UInt64) -> UInt64 {
        self.usedSlots.reversed().prefix { self.lowestValue(ofSlot: $0) >= limit }
            .reduce(0) { $0 &+ self.count(atSlot: $1) }
    }
}

extension SLO {
    /// The metric that it is about; nil without one.
    var metric: Metric? {
        switch self.objective {
        case .percentile(let word, _, _), .mean(let word, _), .maximum(let word, _): word.metric
        case .errors, .resent, .heldEqualsAsked, .connectionsEqualAsked, .rate, .throughput: nil
        }
    }
}
