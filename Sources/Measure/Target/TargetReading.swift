/// What a target had used up to a time: counters that only grow, so that two readings give a usage.
public struct TargetReading: Sendable, Equatable {
    /// Monotonic nanoseconds.
    public var at: UInt64
    /// CPU seconds by core; for a single process by thread, as it is not known on which cores its threads ran.
    public var busy: [UInt64: Double]
    /// Cores that the target may use.
    public var cores: Int
    /// Resident bytes, or bytes of the machine in use; nil where not reported.
    public var memoryBytes: UInt64?
    /// Bytes through all network devices except loopback; nil where not reported.
    public var sentBytes: UInt64?
    public var receivedBytes: UInt64?
    /// Established TCP connections; nil where not reported.
    public var connections: UInt64?
    /// The machine's name for itself (DMI); nil where not reported.
    public var hardware: String?
    /// When each thread of `busy` began, in ticks since boot; empty where `busy` is by core.
    public var began: [UInt64: UInt64] = [:]
    /// When this was read, in the ticks of `began`.
    public var ticks: UInt64 = 0
    /// The first of several processes, which may only lead the others; nil where there is only one.
    public var leader: Leader?

    /// The threads of the leader in `busy`, and the cores that all processes may use, including the leader's; `cores`
    /// are those of the others.
    public struct Leader: Sendable, Equatable {
        public var threads: Set<UInt64>
        public var cores: Int

        public init(threads: Set<UInt64>, cores: Int) {
            self.threads = threads
            self.cores = cores
        }
    }

    /// A reading of CPU; other values are set afterwards.
    public init(at: UInt64, busy: [UInt64: Double], cores: Int) {
        self.at = at
        self.busy = busy
        self.cores = cores
    }
}

extension TargetReading {
    /// What a core, or a thread that began then, had used by this reading: 0 where it began later. Nil where that is
    /// not known, because more threads ran than are tracked.
    fileprivate func before(_ key: UInt64, began: UInt64?) -> Double? {
        // The number of a thread that ended may belong to another thread by now.
        if let known = self.busy[key], self.began[key] == began { return known }
        guard let began, began >= self.ticks else { return nil }
        return 0
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

    /// A usage of CPU; other values are set afterwards.
    public init(cpu: Double, busiestCore: Double) {
        self.cpu = cpu
        self.busiestCore = busiestCore
    }

    /// A shorter time gives no usage: counters move in steps of 10 ms. Nanoseconds.
    public static let shortest: UInt64 = 100_000_000

    /// A process that used less than this share of the CPU of itself and its children leads them and does not work.
    /// Such a master may run anywhere while its workers are pinned. The cores that count are those of the workers.
    private static let leaderShare = 0.05

    /// The usage from one reading to a later one; nil if the time is too short, or if a counter fell (a restart).
    public init?(from: TargetReading, to: TargetReading) {
        guard to.at > from.at, to.at - from.at >= Self.shortest, to.cores > 0 else { return nil }
        let seconds = Double(to.at - from.at) / 1e9
        var (sum, busiest, led) = (0.0, 0.0, 0.0)
        for (key, value) in to.busy {
            guard let before = from.before(key, began: to.began[key]) else { continue }
            let used = value - before
            if used < 0 || !used.isFinite { return nil }
            sum += used
            if let leader = to.leader, leader.threads.contains(key) { led += used }
            busiest = max(busiest, used)
        }
        let leaderWorks = led >= sum * Self.leaderShare
        let cores = leaderWorks ? to.leader?.cores ?? to.cores : to.cores
        self.cpu = min(1, sum / seconds / Double(max(1, cores)))
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
