/// Counts and distributions of one window: the requests due inside the hold, or those due outside.
public final class Window {
    /// The counts.
    public var counters = Counters()
    /// Distributions of successful requests and sessions, by `Metric.rawValue`.
    public let succeeded: [Histogram]
    /// Those of failed ones. Both together are every attempt (`<metric>.all`, `latency_all`).
    public let failed: [Histogram]
    /// Bounds in the order of `Metric.bounded`: see `unended(_:)` and `lowerBound(_:)`.
    public let bounds: [Bounds]
    /// The steps that objectives name, inside the hold.
    public let steps: [StepWindow]

    /// An empty window that records the steps of these numbers apart.
    public init(steps: [Int] = []) {
        self.steps = steps.map { StepWindow(number: $0) }
        self.succeeded = Metric.allCases.map { _ in Histogram() }
        self.failed = Metric.allCases.map { _ in Histogram() }
        self.bounds = Metric.bounded.map { _ in Bounds() }
    }

    /// Adds another window: exact. Its steps are the same, or it has none.
    public func add(_ other: Window) {
        precondition(
            other.steps.isEmpty || other.steps.map(\.number) == self.steps.map(\.number), "the same steps")
        for (step, others) in zip(self.steps, other.steps) { step.add(others) }
        self.counters.add(other.counters)
        for index in 0..<Metric.count {
            self.succeeded[index].add(other.succeeded[index])
            self.failed[index].add(other.failed[index])
        }
        for (own, others) in zip(self.bounds, other.bounds) { own.add(others) }
    }

    /// How many values among every attempt of a metric are lower bounds. A service time can only be one where its
    /// response time is. A send lag or a first byte time is known, or not recorded. A connect that failed did not take
    /// longer.
    public func censored(_ metric: Metric) -> UInt64 {
        switch metric {
        case .response: self.counters.requestsCensored
        case .service:
            min(self.counters.requestsCensored, self.failed[Metric.service.rawValue].totalCount)
        case .session: self.counters.sessionsCensored
        case .firstByte, .connect: self.unended(metric)?.totalCount ?? 0
        default: 0
        }
    }

    /// Forgets everything.
    public func reset() {
        self.counters = Counters()
        for step in self.steps { step.reset() }
        for index in 0..<Metric.count {
            self.succeeded[index].reset()
            self.failed[index].reset()
        }
        for bounds in self.bounds { bounds.reset() }
    }

    /// Every attempt of a metric: successes and failures together, in a fresh histogram.
    public func all(_ metric: Metric) -> Histogram {
        let union = Histogram()
        union.add(self.succeeded[metric.rawValue])
        union.add(self.failed[metric.rawValue])
        return union
    }
}

/// The stages of a run, in order.
public enum Phase: UInt8, CaseIterable, Sendable {
    case ramp, settle, warmup, hold, drain, over

    /// The word in machine output.
    public var name: String {
        switch self {
        case .ramp: "ramp"
        case .settle: "settle"
        case .warmup: "warmup"
        case .hold: "hold"
        case .drain: "drain"
        case .over: "over"
        }
    }
}

/// One interval of a run, all workers together. Times are nanoseconds since the run began.
public struct IntervalRow: Sendable, Equatable {
    public var start: UInt64
    public var end: UInt64
    public var phase: Phase
    /// Requests in flight when it began and when it ended, counted by the workers, not derived.
    public var inFlightAtStart: UInt64
    public var inFlightAtEnd: UInt64
    /// All counts of the interval, whether due inside the hold or not.
    public var counters: Counters
    public var established: UInt64
    public var usersHeld: Held
    public var connectionsHeld: Held
    /// Response and service percentiles of successful requests in the interval, in nanoseconds; 0 when there were none,
    /// or for a percentile with fewer than ten samples beyond it.
    public var responseP50: UInt64
    public var responseP99: UInt64
    public var responseMaximum: UInt64
    public var serviceP50: UInt64
    public var serviceP99: UInt64
    public var serviceMaximum: UInt64
    /// CPU share of the busiest worker, 0...1 in thousandths, and the largest lag of any worker's loop in
    /// nanoseconds.
    public var workerCPU = 0.0
    public var loopLag: UInt64 = 0
    /// The longest time that a worker kept a request that could start, or an answer, waiting.
    public var ownPause: UInt64 = 0
    /// Sessions that the plan of an open load had due in it; 0 in a closed load.
    public var sessionsDue: UInt64 = 0
    /// Users without an answer when their time for it ended (`RunRecord.settleShortfall`); 0 before that.
    public var settleShortfall: UInt64 = 0
    /// The trend of response times when the hold began (`RunRecord.settled`); unknown before that.
    public var settled = Settled.unknown
    /// The part that counts for the hold.
    public var hold = HoldInterval()
    /// Extremes of connects due before the hold, when users connect; nil where there was none.
    public var connectOutside: Extremes?
    /// Extremes of the TLS handshakes of these connects.
    public var tlsOutside: Extremes?
    /// Bytes of latency.hlog up to the end of this interval's lines: this row commits the interval.
    public var logBytes: UInt64 = 0

    /// A row with every value that is shown; fields that only a rebuild needs are set afterwards.
    public init(
        start: UInt64, end: UInt64, phase: Phase, inFlightAtStart: UInt64, inFlightAtEnd: UInt64,
        counters: Counters, established: UInt64, usersHeld: Held, connectionsHeld: Held,
        responseP50: UInt64, responseP99: UInt64, responseMaximum: UInt64,
        serviceP50: UInt64, serviceP99: UInt64, serviceMaximum: UInt64
    ) {
        self.start = start
        self.end = end
        self.phase = phase
        self.inFlightAtStart = inFlightAtStart
        self.inFlightAtEnd = inFlightAtEnd
        self.counters = counters
        self.established = established
        self.usersHeld = usersHeld
        self.connectionsHeld = connectionsHeld
        self.responseP50 = responseP50
        self.responseP99 = responseP99
        self.responseMaximum = responseMaximum
        self.serviceP50 = serviceP50
        self.serviceP99 = serviceP99
        self.serviceMaximum = serviceMaximum
    }
}
