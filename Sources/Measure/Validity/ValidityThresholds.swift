/// The thresholds of the validity rules. Shares are 0...1, times nanoseconds.
///
/// The defaults come from accuracy test T8: `scripts/accuracy validity` disturbs the generator on purpose and compares
/// the verdicts with an independent observer. Change a value here only together with that test's table.
public struct ValidityThresholds: Sendable, Equatable {
    // MARK: The generator's share of a number

    /// A latency is INVALID where more than this share of it is the generator's.
    public var shapedShare = 0.10
    /// It is SUSPECT where more than this share is.
    public var suspectShare = 0.05
    /// Where our delays are known as distributions: a percentile that they moved by more than this share is INVALID, or
    /// SUSPECT. Both are below a tenth, because a shift is an estimate: in the calibration (results/validity.md) runs
    /// off by more than 10 % had shifts above 0.07, those off by less than 3 % below 0.05.
    public var shiftInvalid = 0.065
    public var shiftSuspect = 0.055
    /// Higher percentiles are SUSPECT at most, like the maximum: they contain every hiccup of a machine.
    public var judgedPercentiles: Set<String> = ["p50", "p90", "p95", "p99"]
    /// Where our delays are not known as distributions, nothing is INVALID below these lags: at p99 the scheduling of
    /// an idle machine adds 1 ms.
    public var lagFloorP99: UInt64 = 1_000_000
    public var lagFloorP50: UInt64 = 250_000
    /// Below these lags nothing is SUSPECT either.
    public var suspectLagFloorP99: UInt64 = 250_000
    public var suspectLagFloorP50: UInt64 = 100_000
    /// If the server made more than this share of starts late, the p99 of the whole send lag may be the server's.
    public var serverLateShare = 0.005
    /// If the generator made more than this share of starts late, part of the p99 of response is its own.
    public var generatorLateShare = 0.01
    /// A start later than this counted as late.
    public var lateTolerance: UInt64 = 1_000_000
    /// A loop that stands still this long once shows in the largest values.
    public var stallSuspect: UInt64 = 50_000_000
    /// A loop that stands still this long may lose held connections through our own fault.
    public var stallOfHeld: UInt64 = 1_000_000_000

    // MARK: Counts

    /// A plan of which less than this share started, because of us, is INVALID (T8); below the second share it is
    /// SUSPECT.
    public var achievedShare = 0.995
    public var achievedSuspectShare = 0.999
    /// Own failures are INVALID above this share of all failures, and above this share of all requests.
    public var ownFailureShare = 0.10
    public var ownFailureFloor = 0.0001

    // MARK: The machine

    /// A worker with this CPU share has no time left.
    public var workerFull = 0.95
    /// Above this share requests soon queue in the worker.
    public var workerBusy = 0.80
    /// Time without a CPU (run queue, steal, quota), where its effect is not known: SUSPECT, and INVALID for a
    /// throughput that only we limit.
    public var lostTimeSuspect = 0.03
    public var lostTimeInvalid = 0.10
    /// How often per second a worker may be taken off its CPU, where the time it cost is not known.
    public var preemptionsPerSecond = 100.0
    /// A resource used to this share is nearly used up.
    public var headroomSuspect = 0.95
    /// Lost segments add latency that is neither the server's nor the generator's.
    public var retransmittedSuspect = 0.01

    // MARK: Steadiness

    /// A real drift or warm-up smaller than this share of the median is not reported.
    public var driftSuspect = 0.05
    /// Most that probe and load p99 may differ, beside a busy worker.
    public var probeShare = 0.10

    /// The defaults.
    public init() {}
}
