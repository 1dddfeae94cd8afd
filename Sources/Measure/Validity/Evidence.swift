/// What is known about a run when it is judged: plain values, over the hold unless stated otherwise. Nil is "not known"
/// and never counts as good. Times are nanoseconds, shares 0...1.
public struct Evidence: Sendable, Equatable {
    // MARK: The load

    /// Whether arrivals come independently of the server; a closed load has a fixed number of users.
    public var isOpen = false
    /// Whether a plan sets when requests are due (an open load, or `every`); else each waits for the answer before it.
    public var isPlanned = false
    /// Whether the load is the same throughout the hold: only then are drift and warm-up judged.
    public var isConstant = true
    /// Whether connections outlast sessions; else the send lag contains the time to connect, which is the server's.
    public var keepsConnections = true
    /// Length of the hold; 0 where it was not reached.
    public var hold: UInt64 = 0

    // MARK: Starts and failures

    /// Requests due in the hold by the plan; nil without one.
    public var plannedStarts: UInt64?
    public var achievedStarts: UInt64 = 0
    public var lateServer: UInt64 = 0
    public var lateGenerator: UInt64 = 0
    public var neverStarted: UInt64 = 0
    /// Those among these whose users waited for the server.
    public var neverStartedServer: UInt64 = 0
    /// Failed requests, and those among them that failed because we ran out of descriptors or ports.
    public var failed: UInt64 = 0
    public var ownFailures: UInt64 = 0

    // MARK: Users and resources

    public var usersAsked: UInt64 = 0
    /// The fewest held at once.
    public var usersHeld: UInt64 = 0
    public var descriptors: Headroom?
    public var ports: Headroom?

    // MARK: Latency

    public var response: Quantiles?
    public var service: Quantiles?
    /// From the intended start to the time when the first byte was handed to the kernel, whatever the cause.
    public var sendLag: Quantiles?
    /// The generator's part of the send lag: from the time when a start was due and possible (the answer before it had
    /// come, a user was free, its connection was made).
    public var generatorLag: Quantiles?
    /// From the arrival of an answer in the kernel to our reading it.
    public var clientDelay: Quantiles?
    /// It may be too short: where users share a connection, the kernel gives one value for all answers in a read.
    public var clientDelayIsEstimate = false
    /// How far our delays moved each reported percentile of response; nil where the delays are not known.
    public var ownShifts: [GeneratorShift]?
    /// Response times of the probe's requests, and of the load's at the same time.
    public var probeP99: UInt64?
    /// Drift and warm-up of response medians over the hold.
    public var drift: Drift?
    public var warmUp: WarmUp?
    /// The time that each value counted by `warmUp` stands for.
    public var warmUpUnit: UInt64 = 1_000_000_000

    // MARK: The machine

    public var workers: [Worker] = []
    /// Share of our CPUs' time that the hypervisor gave to others.
    public var stealShare: Double?
    /// Share of the time that a CPU quota held us back.
    public var throttledShare: Double?
    /// Retransmitted segments as a share of all sent, on the connections that were looked at.
    public var retransmittedShare: Double?
    /// How often the realtime clock was set.
    public var clockSteps: UInt64?

    /// Empty evidence.
    public init() {}

    /// Percentiles of a distribution; nil for those with too few samples beyond them.
    public struct Quantiles: Sendable, Equatable {
        public var p50: UInt64?
        public var p99: UInt64?
        public var maximum: UInt64

        /// Known values.
        public init(p50: UInt64?, p99: UInt64?, maximum: UInt64) {
            self.p50 = p50
            self.p99 = p99
            self.maximum = maximum
        }

        /// The percentiles of a histogram; nil where it is empty.
        public init?(of histogram: Histogram) {
            if histogram.isEmpty { return nil }
            self.init(
                p50: histogram.supportedValue(atPercentile: 50), p99: histogram.supportedValue(atPercentile: 99),
                maximum: histogram.maximum)
        }

        subscript(percentile: ValidityFinding.Percentile) -> UInt64? {
            switch percentile {
            case .p50: self.p50
            case .p99: self.p99
            }
        }
    }

    /// The most of a limited resource that was in use.
    public struct Headroom: Sendable, Equatable {
        public var used: UInt64
        public var limit: UInt64

        /// Known values.
        public init(used: UInt64, limit: UInt64) {
            self.used = used
            self.limit = limit
        }

        /// The part in use; 1 where the limit is 0.
        var share: Double { self.limit == 0 ? 1 : Double(self.used) / Double(self.limit) }
    }

    /// One worker thread.
    public struct Worker: Sendable, Equatable {
        /// Share of CPU time: over the hold, and in the busiest second.
        public var cpuShare: Double
        public var highestCPUShare: Double
        /// The longest delay of its loop after a due time.
        public var loopLagMaximum: UInt64?
        public var involuntarySwitchesPerSecond: Double?
        /// Share of the time in which it was runnable and had no CPU.
        public var runDelayShare: Double?

        /// A worker; values that are not given are not known.
        public init(
            cpuShare: Double, highestCPUShare: Double, loopLagMaximum: UInt64? = nil,
            involuntarySwitchesPerSecond: Double? = nil, runDelayShare: Double? = nil
        ) {
            self.cpuShare = cpuShare
            self.highestCPUShare = highestCPUShare
            self.loopLagMaximum = loopLagMaximum
            self.involuntarySwitchesPerSecond = involuntarySwitchesPerSecond
            self.runDelayShare = runDelayShare
        }
    }
}
