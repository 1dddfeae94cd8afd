/// What is known about a run when it is judged: plain values, taken over the hold unless they say otherwise. nil is
/// "not known" and never counts as good. Times are nanoseconds, shares 0...1.
public struct Evidence: Sendable, Equatable {
    // MARK: The load

    /// Whether arrivals come whatever the server does; a closed load has a fixed number of users.
    public var isOpen = false
    /// Whether a plan says when requests are due (an open load, or `every`); else each waits for the answer before it.
    public var isPlanned = false
    /// Whether the load is the same all through the hold: drift and warm-up are judged only then.
    public var isConstant = true
    /// Whether connections are kept over sessions: else the send lag holds the time to connect, which is the server's.
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
    /// Of these, those whose users waited for the server.
    public var neverStartedServer: UInt64 = 0
    /// Failed requests, and those among them that failed for want of our own descriptors or ports.
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
    /// From the intended start to the first byte being handed to the kernel, whoever caused it.
    public var sendLag: Quantiles?
    /// The generator's part of the send lag: from the moment when a start was due and could be made (the answer
    /// before it was there, a user was free, its connection was made).
    public var generatorLag: Quantiles?
    /// From the arrival of an answer in the kernel to our reading it.
    public var clientDelay: Quantiles?
    /// It may be too short: where users share a connection the kernel tells it of the answers in a read together.
    public var clientDelayIsEstimate = false
    /// How far our delays moved each percentile of response that is told; nil where the delays are not known.
    public var ownShifts: [GeneratorShift]?
    /// Of the probe's requests, and of the bulk's at the same time: response times.
    public var probeP99: UInt64?
    /// Of response medians over the hold.
    public var drift: Drift?
    public var warmUp: WarmUp?
    /// Length of one of the values that `warmUp` counts.
    public var warmUpUnit: UInt64 = 1_000_000_000

    // MARK: The machine

    public var workers: [Worker] = []
    /// Time of our CPUs that the hypervisor gave to others.
    public var stealShare: Double?
    /// Time that a CPU quota held us back.
    public var throttledShare: Double?
    /// Segments sent again, of all sent, on the connections that were asked.
    public var retransmittedShare: Double?
    /// Times the realtime clock was set.
    public var clockSteps: UInt64?

    /// Nothing known.
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

        /// Those of a histogram; nil where it is empty.
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

    /// How much of something limited was in use at most.
    public struct Headroom: Sendable, Equatable {
        public var used: UInt64
        public var limit: UInt64

        /// Known values.
        public init(used: UInt64, limit: UInt64) {
            self.used = used
            self.limit = limit
        }

        /// The part that is in use; 1 where there is no limit to speak of.
        var share: Double { self.limit == 0 ? 1 : Double(self.used) / Double(self.limit) }
    }

    /// One worker thread.
    public struct Worker: Sendable, Equatable {
        /// CPU time per time: over the hold, and in the busiest second.
        public var cpuShare: Double
        public var highestCPUShare: Double
        /// How late its loop came to what was due, at most.
        public var loopLagMaximum: UInt64?
        public var involuntarySwitchesPerSecond: Double?
        /// Time in which it could run and had no CPU, per time.
        public var runDelayShare: Double?

        /// A worker; what is not given is not known.
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
