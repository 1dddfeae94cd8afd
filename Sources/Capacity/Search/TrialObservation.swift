import Measure

/// What a trial measured beside its outcome: for the table, and for the question what limits. Everything is nil
/// where it was not measured.
public struct TrialObservation: Sendable, Equatable {
    /// Nanoseconds of response time.
    public var p50: UInt64?
    public var p99: UInt64?
    /// Share of failed requests, 0...1.
    public var errorFraction: Double?
    /// Conditional throughput: what was completed per second of the hold.
    public var requestsPerSecond: Double?
    public var sessionsPerSecond: Double?
    /// Bits per second received, as the link carries them.
    public var bitsPerSecond: Double?
    /// Bits per second that the slowest known link carries.
    public var linkBitsPerSecond: Double?
    /// Share of all of the target's cores that was busy, 0...1.
    public var targetCPU: Double?
    /// The busiest of the target's cores, 0...1: one thread can be a limit where most cores are idle.
    public var targetBusiestCore: Double?
    /// Nanoseconds for which a held connection was silent, at most: until it was asked again, or the hold ended.
    public var longestSilence: UInt64?
    /// Where the users were held on fewer connections than they are.
    public var fewerConnections: FewerConnections?

    /// An observation of nothing; parts are set as they are known.
    public init(
        p50: UInt64? = nil, p99: UInt64? = nil, errorFraction: Double? = nil,
        requestsPerSecond: Double? = nil, sessionsPerSecond: Double? = nil, bitsPerSecond: Double? = nil,
        linkBitsPerSecond: Double? = nil, targetCPU: Double? = nil, targetBusiestCore: Double? = nil,
        longestSilence: UInt64? = nil, fewerConnections: FewerConnections? = nil
    ) {
        self.p50 = p50
        self.p99 = p99
        self.errorFraction = errorFraction
        self.requestsPerSecond = requestsPerSecond
        self.sessionsPerSecond = sessionsPerSecond
        self.bitsPerSecond = bitsPerSecond
        self.linkBitsPerSecond = linkBitsPerSecond
        self.targetCPU = targetCPU
        self.targetBusiestCore = targetBusiestCore
        self.longestSilence = longestSilence
        self.fewerConnections = fewerConnections
    }
}
