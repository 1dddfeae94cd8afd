import Measure
import Workload

/// The seconds of a run as the basis of 95 % intervals: the response times of the hold, and each other latency that an
/// objective is about, for all requests or for some steps. Filled during the run, or when its log is read again.
///
/// Memory: a `HoldSeries` and a histogram per latency, however many objectives are about it.
public struct ObjectiveSeries {
    private var watched: [WatchedLatency]

    /// Before the first interval. Objectives without a latency are skipped.
    public init(_ objectives: [SLO], plan: RunRecord.Plan) {
        self.watched = [WatchedLatency(.response)]
        for slo in objectives where slo.windows == nil {
            guard let metric = slo.metric else { continue }
            for latency in Self.latencies(metric, slo.step.map(plan.steps(named:)))
            where !self.watched.contains(where: { $0.isSame(latency) }) { self.watched.append(latency) }
        }
    }

    /// Connects are those of the hold, or those before it where the hold has none (`RunRecord.window(of:)`).
    private static func latencies(_ metric: Metric, _ steps: [Int]?) -> [WatchedLatency] {
        let inside = WatchedLatency(metric, steps: steps)
        return metric == .connect ? [inside, WatchedLatency(metric, outsideHold: true)] : [inside]
    }

    /// Takes an interval of the run: requests due inside the hold and outside that ended in it.
    public mutating func take(_ row: IntervalRow, hold: Window, outside: Window) {
        let (start, length) = (Double(row.start) / 1e9, row.end &- min(row.end, row.start))
        for index in self.watched.indices {
            let latency = self.watched[index]
            if !latency.outsideHold, row.phase != .hold { continue }
            for histogram in latency.parts(hold: hold, outside: outside) {
                self.watched[index].take(histogram, start: start, length: length)
            }
        }
    }

    /// Whether some latency needs the lines of this tag.
    public func wants(_ tag: HistogramTag) -> Bool { self.watched.contains { $0.tags.contains(tag) } }

    /// Takes a line of a log: its start in seconds since the log began, its length in nanoseconds. `isHold`: the hold
    /// had not ended by then.
    public mutating func take(
        _ tag: HistogramTag, _ histogram: Histogram, start: Double, length: UInt64, isHold: Bool
    ) {
        for index in self.watched.indices where self.watched[index].tags.contains(tag) {
            if isHold || self.watched[index].outsideHold {
                self.watched[index].take(histogram, start: start, length: length)
            }
        }
    }

    /// After the last interval.
    public mutating func finish() {
        for index in self.watched.indices { self.watched[index].close() }
    }

    /// Response times of all requests of the hold.
    public var response: HoldSeries { self.watched[0].series }

    /// The 95 % interval of the value that an objective compares. Nil where that is no percentile or mean of the whole
    /// hold, or where the data support none.
    func interval(of slo: SLO, in summary: RunRecord) -> ConfidenceInterval? {
        guard slo.windows == nil, let metric = slo.metric else { return nil }
        let steps = slo.step.map(summary.plan.steps(named:))
        let wanted = WatchedLatency(
            metric, steps: steps, outsideHold: summary.window(of: metric) === summary.outside)
        guard let series = self.watched.first(where: { $0.isSame(wanted) })?.series else { return nil }
        switch slo.objective {
        case .percentile(_, let quantile, _): return series.interval(atPercentile: quantile * 100).interval
        case .mean: return series.meanInterval.interval
        default: return nil
        }
    }
}

/// One latency, second by second.
private struct WatchedLatency {
    let metric: Metric
    /// Numbers of its steps; nil for all requests.
    let steps: [Int]?
    let outsideHold: Bool
    /// The tags of its lines in a log.
    let tags: [HistogramTag]
    private(set) var series = HoldSeries()
    /// The second that is being filled, its start, and its length: the lines of several steps make one second.
    private let second = Histogram()
    private var start = 0.0
    private var length: UInt64 = 0

    init(_ metric: Metric, steps: [Int]? = nil, outsideHold: Bool = false) {
        self.metric = metric
        self.steps = steps
        self.outsideHold = outsideHold
        self.tags =
            steps.map { $0.map { HistogramTag(metric, step: $0) } } ?? [HistogramTag(metric, outsideHold: outsideHold)]
    }

    func isSame(_ other: WatchedLatency) -> Bool { self.tags == other.tags }

    /// The histograms of an interval that belong to it.
    func parts(hold: Window, outside: Window) -> [Histogram] {
        guard let steps else { return [(self.outsideHold ? outside : hold).succeeded[self.metric.rawValue]] }
        return hold.steps.filter { steps.contains($0.number) }.compactMap { $0.succeeded(self.metric) }
    }

    mutating func take(_ histogram: Histogram, start: Double, length: UInt64) {
        if start != self.start || length != self.length {
            self.close()
            (self.start, self.length) = (start, length)
        }
        // A histogram of another shape is from another log, not a second of this run.
        try? self.second.merge(histogram)
    }

    /// A second without any value does not count, nor does a shorter interval, which a phase cut.
    mutating func close() {
        if self.length >= HoldSeries.shortestSecond, !self.second.isEmpty { try? self.series.append(self.second) }
        self.second.reset()
    }
}
