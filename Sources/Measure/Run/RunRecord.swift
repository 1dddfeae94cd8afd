/// What a run is: asked for, measured and concluded, as one value. The load, the reader of a record and a union fill
/// it; run.json, the printed summary, merge, export and capacity are made from it.
public struct RunRecord {
    public var state: RunState
    public var plan: Plan
    /// When and how the run was made.
    public var stamp = RunStamp()
    /// The circumstances, in the order in which they are printed.
    public var conditions: [(key: String, value: Condition)] = []
    public var outcome = Outcome()
    /// Whole run.
    public var total = Counters()
    /// Requests due inside the hold.
    public var hold: Window
    /// Requests due before the hold.
    public var outside: Window
    /// The objectives with their verdicts. Of a record that was read: their texts, and their windows in a union.
    public var slo: [SLOOutcome] = []
    /// The verdict on the whole run; nil where it was not judged.
    public var verdict: RunVerdict?
    /// Whether the server or the generator made the numbers; nil where it was not judged.
    public var validity: RunValidity?
    /// How well the percentiles of the response time are known; nil where they were not computed.
    public var confidence: LatencyConfidence?
    /// CPU seconds of this process (user + system), and the peak of its resident memory in bytes; nil where they are
    /// not known.
    public var cpuSeconds: Double?
    public var peakResidentBytes: UInt64?
    /// What the probe beside it measured; nil where there was none.
    public var probe: ProbeResult?
    /// What the target used during the hold; nil where it was not watched.
    public var target: TargetUsage?
    /// The records in this union; empty for a run.
    public var mergedFrom: [String] = []
    /// How these ran relative to each other; nil for a run, and for an older union that does not say.
    public var merged: MergeReading?
    /// What could not be written to the record, in one sentence: it is incomplete. Nil where all was written.
    public var recordFailure: String?
    /// Members of run.json and columns of intervals.csv that an older record does not have, by their paths. Their
    /// values are unknown: ask `knows` where a verdict or a page rests on one.
    public var unknown: Set<String> = []

    /// A run of which nothing is known but its plan.
    public init(state: RunState, plan: Plan, hold: Window = Window(), outside: Window = Window()) {
        self.state = state
        self.plan = plan
        self.hold = hold
        self.outside = outside
    }

    /// Whether a count of the hold is known: an older record may not have it.
    public func knows(_ counter: Counter) -> Bool { !self.unknown.contains("hold_" + counter.name) }

    /// Whether requests that were sent again are counted.
    public var knowsResent: Bool { ResentCause.allCases.allSatisfy { self.knows(.resent($0)) } }

    /// Whether starts that came late are counted by their causes.
    public var knowsLateness: Bool {
        [Counter.lateServer, .lateGenerator, .neverStartedServer].allSatisfy(self.knows)
    }

    /// Users that were answered once and then held all the time; none where the hold was never reached.
    public var usersHeldThroughout: UInt64 {
        self.outcome.holdDuration == 0
            ? 0 : min(self.outcome.usersEstablished, self.outcome.usersHeld.lowestSeen)
    }
}
