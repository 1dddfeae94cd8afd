/// What a target had used up to a moment: counters that only grow, so that two readings give a usage.
public struct TargetReading: Sendable, Equatable {
    /// Monotonic nanoseconds.
    public var at: UInt64
    /// CPU seconds by core; of a single process by thread, since it cannot be told where they ran.
    public var busy: [UInt64: Double]
    /// Cores that the target may use.
    public var cores: Int
    /// Resident bytes, or bytes of the machine in use; nil where not told.
    public var memoryBytes: UInt64?
    /// Bytes through all network devices but loopback; nil where not told.
    public var sentBytes: UInt64?
    public var receivedBytes: UInt64?
    /// TCP connections established; nil where not told.
    public var connections: UInt64?
    /// What the machine calls itself (DMI), in words; nil where not told.
    public var hardware: String?

    /// A reading of CPU; what else is known is set afterwards.
    public init(at: UInt64, busy: [UInt64: Double], cores: Int) {
        self.at = at
        self.busy = busy
        self.cores = cores
    }
}

/// What a target used between two readings.
public struct TargetUsage: Sendable, Equatable {
    /// Share of all of its cores that was busy, 0...1.
    public var cpu: Double
    /// Its busiest core, or its busiest thread where it is one process: 0...1.
    public var busiestCore: Double
    /// At the second reading.
    public var memoryBytes: UInt64?
    public var connections: UInt64?
    /// Bits per second between the two.
    public var sentBitsPerSecond: Double?
    public var receivedBitsPerSecond: Double?

    /// A usage of CPU; what else is known is set afterwards.
    public init(cpu: Double, busiestCore: Double) {
        self.cpu = cpu
        self.busiestCore = busiestCore
    }

    /// Shorter times than this say nothing: counters move in steps of 10 ms. Nanoseconds.
    public static let shortest: UInt64 = 100_000_000

    /// The usage from one reading to a later one; nil for a time too short, or where a counter fell: a restart.
    public init?(from: TargetReading, to: TargetReading) {
        guard to.at > from.at, to.at - from.at >= Self.shortest, to.cores > 0 else { return nil }
        let seconds = Double(to.at - from.at) / 1e9
        var (sum, busiest) = (0.0, 0.0)
        for (key, value) in to.busy {
            // A thread that began meanwhile had used nothing before.
            let used = value - (from.busy[key] ?? 0)
            if used < 0 || !used.isFinite { return nil }
            sum += used
            busiest = max(busiest, used)
        }
        self.cpu = min(1, sum / seconds / Double(to.cores))
        self.busiestCore = min(1, busiest / seconds)
        self.memoryBytes = to.memoryBytes
        self.connections = to.connections
        self.sentBitsPerSecond = Self.rate(from.sentBytes, to.sentBytes, seconds)
        self.receivedBitsPerSecond = Self.rate(from.receivedBytes, to.receivedBytes, seconds)
    }

    private static func rate(_ from: UInt64?, _ to: UInt64?, _ seconds: Double) -> Double? {
        guard let from, let to, to >= from else { return nil }
        return Double(to - from) * 8 / seconds
    }
}
