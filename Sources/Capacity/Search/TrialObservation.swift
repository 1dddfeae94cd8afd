import Measure

/// Requests answered as expected while a load was held.
public struct TrialCompletions: Sendable, Equatable {
    /// The total, and the nanoseconds over which it was counted.
    public private(set) var count: UInt64 = 0
    public private(set) var duration: UInt64 = 0
    /// Counts of whole seconds, in time order.
    public private(set) var seconds: [UInt64] = []

    private static let second: UInt64 = 1_000_000_000
    /// A second counts as whole if its length is within this of a second, in nanoseconds.
    private static let tolerance: UInt64 = 10_000_000
    /// Most seconds with a count of their own: more than a day of them.
    private static let secondLimit = 100_000

    /// None yet.
    public init() {}

    /// Takes an interval of so many nanoseconds.
    public mutating func take(_ count: UInt64, duration: UInt64) {
        self.count &+= count
        self.duration &+= duration
        let isWhole = (Self.second - Self.tolerance...Self.second + Self.tolerance).contains(duration)
        if isWhole && self.seconds.count < Self.secondLimit { self.seconds.append(count) }
    }

    /// Per second; nil before the first interval.
    public var perSecond: Double? {
        self.duration > 0 ? Double(self.count) / Double(self.duration) * 1e9 : nil
    }
}

/// What a trial measured besides its outcome: for the table, and to find what limits. Each value is nil where it was
/// not measured.
public struct TrialObservation: Sendable, Equatable {
    /// Nanoseconds of response time.
    public var p50: UInt64?
    public var p99: UInt64?
    /// Share of failed requests, 0...1.
    public var errorFraction: Double?
    /// Conditional throughput: completed requests per second of the hold.
    public var requestsPerSecond: Double?
    /// What the target completed while the load was held, whenever it was due; the drain is not included.
    public var completions: TrialCompletions?
    public var sessionsPerSecond: Double?
    /// Bits per second received, as the link carries them.
    public var bitsPerSecond: Double?
    /// Bits per second that the slowest known link carries.
    public var linkBitsPerSecond: Double?
    /// Share of all the target's cores that was busy, 0...1.
    public var targetCPU: Double?
    /// The busiest of the target's cores, 0...1: one thread can be a limit where most cores are idle.
    public var targetBusiestCore: Double?
    /// Longest silence of a held connection in nanoseconds: until its next request, or the end of the hold.
    public var longestSilence: UInt64?
    /// Set if the users were held on fewer connections than there are users.
    public var fewerConnections: FewerConnections?
    /// What was sent again, redirected, and where the requests went, in the whole trial.
    public var detours: Detours?

    /// An empty observation; parts are set as they are known.
    public init(
        p50: UInt64? = nil, p99: UInt64? = nil, errorFraction: Double? = nil,
        requestsPerSecond: Double? = nil, sessionsPerSecond: Double? = nil, bitsPerSecond: Double? = nil,
        linkBitsPerSecond: Double? = nil, targetCPU: Double? = nil, targetBusiestCore: Double? = nil,
        longestSilence: UInt64? = nil, fewerConnections: FewerConnections? = nil,
        completions: TrialCompletions? = nil, detours: Detours? = nil
    ) {
        self.detours = detours
        self.completions = completions
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
