/// How much to send and for how long. Closed: so many users held. Open: sessions by a plan of arrivals; then
/// `users`, `cycle`, `start`, `ramp` and `sessions` mean nothing and have to be left as they are.
public struct Load: Sendable, Equatable {
    public var users: Int = 50
    public var cycle: Cycle = .none
    public var start: StartMode = .steady
    /// How long users take to join, where that was asked for; see `Profile.join`.
    public var ramp: UInt64 = 0
    /// A ramp was asked for, of 0 perhaps.
    public var rampGiven = false
    public var warmup: UInt64 = 0
    /// The warm-up ends when what is measured no longer changes; `warmup` is then 0.
    public var warmupIsAuto = false
    /// A plan of arrivals that is to find its own warm-up goes on for so long at least: half of it is measured.
    static let autoWarmupPlanShortest: UInt64 = 40_000_000_000
    public var hold: UInt64 = 10_000_000_000
    /// Sessions in all; the hold then ends with the last of them, or after `hold` where that was given too.
    public var sessions: Int?
    /// True where the hold's length was asked for, not the default.
    public var holdGiven = false
    public var seed: UInt64 = 1
    /// Planned starts are taken together at the next multiple of this time, at most so late; 0: each when it is due.
    public var tick: UInt64 = 0
    /// All users connect at once, and what is measured begins with that.
    public var isStorm = false
    /// Each user asks when it joins, and then once in so many nanoseconds; nil: at the session's own pace.
    public var silence: UInt64?
    /// nil: a closed load.
    public var open: OpenLoad?
    /// As it was asked for; nil: the default of the kind of load.
    public var connectionAsked: ConnectionPolicy?

    /// When a run stops by itself.
    public var abort: [AbortRule] = [.mostFail]
    /// Hard caps of what is sent.
    public var caps = LoadCaps()
    /// Requests/s of a few connections of their own beside the bulk; nil: no probe.
    public var probe: Double?

    /// A tick is as long as this at least, and at most: below it nothing is saved, above it a plan is no plan.
    public static let tickRange: ClosedRange<UInt64> = 1_000...10_000_000

    public init() {}

    /// How long a connection lives: `per_user` in a closed load, `per_session` in an open one (a new visitor
    /// is a new connection), unless something else was asked for.
    public var connection: ConnectionPolicy {
        get { self.connectionAsked ?? (self.open == nil ? .perUser : .perSession) }
        set { self.connectionAsked = newValue }
    }

    /// The open connection is what the load is about: users who are silent, or who connect all at once.
    public var keepsConnections: Bool { self.isStorm || self.silence != nil }

    /// How long the hold is: what was asked, else in an open load what its plan has after the warm-up.
    public var holdLength: UInt64 {
        guard !self.holdGiven, let length = self.open?.plan.length else { return self.hold }
        return length > self.warmup ? length - self.warmup : 0
    }
}

/// What a run may use at most, whatever its plan says; nil: no cap.
public struct LoadCaps: Sendable, Equatable {
    /// Requests started per second.
    public var rate: Double?
    /// Bytes sent and received through sockets, together.
    public var bytes: UInt64?
    /// Nanoseconds from the start of the run to the end of its hold.
    public var duration: UInt64?

    public init() {}
}
