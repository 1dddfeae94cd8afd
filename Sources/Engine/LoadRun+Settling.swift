import Measure
import Workload

/// The start of the hold: not before the queue that the join left is gone.
extension LoadRun {
    /// For a join in turn, nanoseconds per user at most: an answer time of 640 ms with 64 users on their way.
    static let turnLimit: UInt64 = 10_000_000
    /// The hold begins at the latest this long after all users have joined, even where their cycle is longer. Only
    /// after a join with a burst may it wait for a whole cycle.
    public static let steadyLimit: UInt64 = 10_000_000_000

    /// How long the next interval is: stretches of a short join are shorter than a second.
    var intervalLength: UInt64 {
        guard self.phase == .ramp || self.phase == .settle, self.seeksSteadiness else { return Self.intervalLength }
        return max(Self.shortestStretch, min(Self.intervalLength, self.settling.stretch))
    }
    private static let shortestStretch: UInt64 = 100_000_000

    /// Whether the hold is to begin in the steady state of a pace. A load that counts from its first request, has a
    /// warm-up of its own or has no pace begins as asked.
    private var seeksSteadiness: Bool {
        let load = self.profile.load
        return self.holdStart == nil && load.open == nil && load.warmup == 0 && !load.warmupIsAuto
            && (self.join.kind == .placed || self.join.kind == .spread)
    }

    /// Takes an interval before the hold. Users that join faster than they send later leave a queue. So intervals count
    /// only after such a burst.
    func takeSettling(_ row: IntervalRow) {
        let counts = row.phase == .settle || (row.phase == .ramp && self.join.burst == nil)
        if counts && self.seeksSteadiness { self.settling.take(row) }
    }

    /// How long the hold waits at most for response times that still fall, in nanoseconds: a burst is asked for again a
    /// whole cycle later.
    static func longestWait(after join: Join) -> UInt64 {
        join.burst == nil ? min(join.cycle, Self.steadyLimit) : join.cycle
    }

    /// All users are there: whether the hold has to wait for response times that still fall. It waits for a cycle at
    /// most; what still rises then is an overload, and goes on.
    func awaitsSteadiness(_ now: UInt64) -> Bool {
        guard self.seeksSteadiness else { return false }
        let limit = self.steadyLimit ?? (now &+ Self.longestWait(after: self.join))
        self.steadyLimit = limit
        let trend = self.settling.trend
        let mayQueue = trend == .unknown && self.join.burst != nil && !self.settling.isEmpty
        let isFalling = trend == .falling || mayQueue
        if isFalling && now < limit { return true }
        self.outcome.settled = trend
        return false
    }
}
