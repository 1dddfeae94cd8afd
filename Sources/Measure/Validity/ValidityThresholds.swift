/// Where the rules of validity draw their lines. Shares are 0...1, times nanoseconds.
///
/// The defaults follow MEASUREMENT T8; `scripts/accuracy validity` disturbs the generator on purpose and compares
/// the verdicts with an independent observer: change a value here only with its table.
public struct ValidityThresholds: Sendable, Equatable {
    // MARK: How much of a number may be the generator's

    /// A latency is INVALID where more than this part of it is the generator's.
    public var shapedShare = 0.10
    /// SUSPECT where more than this part is.
    public var suspectShare = 0.05
    /// Where our delays are known as distributions: a percentile that they moved by more than this part is INVALID, or
    /// SUSPECT. Below a tenth, because a shift is an estimate: in the calibration (results/validity.md) runs off by
    /// more than 10 % had shifts above 0.07, those off by less than 3 % below 0.05.
    public var shiftInvalid = 0.065
    public var shiftSuspect = 0.055
    /// Percentiles further out are SUSPECT at most, as the maximum is: a hiccup of any machine is in them.
    public var judgedPercentiles: Set<String> = ["p50", "p90", "p95", "p99"]
    /// Where our delays are not known as distributions. Below these lags nothing is INVALID: at p99 the scheduling of
    /// an idle machine makes 1 ms.
    public var lagFloorP99: UInt64 = 1_000_000
    public var lagFloorP50: UInt64 = 250_000
    /// Below these nothing is SUSPECT either.
    public var suspectLagFloorP99: UInt64 = 250_000
    public var suspectLagFloorP50: UInt64 = 100_000
    /// Above this part of starts that the server made late, the p99 of the whole send lag may be the server's.
    public var serverLateShare = 0.005
    /// Above this part of starts that the generator made late, the p99 of response is its own in part.
    public var generatorLateShare = 0.01
    /// What counted as late.
    public var lateTolerance: UInt64 = 1_000_000
    /// A loop that stands still this long once shows in the largest values.
    public var stallSuspect: UInt64 = 50_000_000
    /// One that stands still this long may lose connections that are held by us alone.
    public var stallOfHeld: UInt64 = 1_000_000_000

    // MARK: Counts

    /// A plan of which a smaller part was started, because of us, is INVALID (T8); of a perfect part, SUSPECT.
    public var achievedShare = 0.995
    public var achievedSuspectShare = 0.999
    /// Own failures are INVALID above this part of all failures, and above this part of all requests.
    public var ownFailureShare = 0.10
    public var ownFailureFloor = 0.0001

    // MARK: The machine

    /// A worker with this CPU share has no time left.
    public var workerFull = 0.95
    /// Above this one queues before long.
    public var workerBusy = 0.80
    /// Time without a CPU (run queue, steal, quota), where nothing tells what it did: SUSPECT, and INVALID for a
    /// throughput that we alone limit.
    public var lostTimeSuspect = 0.03
    public var lostTimeInvalid = 0.10
    /// Times a second that a worker was taken off its CPU, where the time it cost is not known.
    public var preemptionsPerSecond = 100.0
    /// A resource used to this part is nearly gone.
    public var headroomSuspect = 0.95
    /// Lost segments make latency that is neither the server's nor the generator's.
    public var retransmittedSuspect = 0.01

    // MARK: Steadiness

    /// A drift or a warm-up that is real and smaller than this part of the median is not worth a word.
    public var driftSuspect = 0.05
    /// Probe and bulk p99 further apart than this, beside a busy worker.
    public var probeShare = 0.10

    /// The defaults.
    public init() {}
}
