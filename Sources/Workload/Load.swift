/// How much to send and for how long. Closed: so many users held. Open: sessions by a plan of arrivals; then `users`,
/// `cycle`, `start`, `ramp` and `sessions` have no meaning and must keep their defaults.
public struct Load: Sendable, Equatable {
    public var users: Int = 50
    public var cycle: Cycle = .none
    public var start: StartMode = .steady
    /// How long users take to join, if given; see `Profile.join`.
    public var ramp: UInt64 = 0
    /// A ramp was given, perhaps of 0.
    public var rampGiven = false
    public var warmup: UInt64 = 0
    /// The warm-up ends when the measured values no longer change; `warmup` is then 0.
    public var warmupIsAuto = false
    /// The shortest plan of arrivals with an automatic warm-up: half of it is measured.
    static let autoWarmupPlanShortest: UInt64 = 40_000_000_000
    public var hold: UInt64 = 10_000_000_000
    /// Sessions in all; the hold then ends with the last of them, or after `hold` if that was given too.
    public var sessions: Int?
    /// The hold's length was given, and is not the default.
    public var holdGiven = false
    public var seed: UInt64 = 1
    /// Planned starts are taken together at the next multiple of this time, so they are at most this late; 0: each when
    /// it is due.
    public var tick: UInt64 = 0
    /// All users connect at once, and the measurement begins with that.
    public var isStorm = false
    /// Each user sends a request when it joins, and then one every so many nanoseconds; nil: at the session's own pace.
    public var silence: UInt64?
    /// nil: a closed load.
    public var open: OpenLoad?
    /// The policy as given; nil: the default for the kind of load.
    public var connectionAsked: ConnectionPolicy?

    /// When a run stops by itself.
    public var abort: [AbortRule] = [.mostFail]
    /// Hard caps on what is sent.
    public var caps = LoadCaps()
    /// Rate in requests/s of a few separate connections beside the load; nil: no probe.
    public var probe: Double?

    /// Shortest and longest tick: a shorter one saves nothing, a longer one distorts the plan.
    public static let tickRange: ClosedRange<UInt64> = 1_000...10_000_000

    public init() {}

    /// How long a connection lives: by default `per_user` in a closed load, `per_session` in an open one (a new visitor
    /// is a new connection).
    public var connection: ConnectionPolicy {
        get { self.connectionAsked ?? (self.open == nil ? .perUser : .perSession) }
        set { self.connectionAsked = newValue }
    }

    /// The load measures the open connections: its users are silent, or connect all at once.
    public var keepsConnections: Bool { self.isStorm || self.silence != nil }

    /// The length of the hold: as given, else in an open load the plan's length after the warm-up.
    public var holdLength: UInt64 {
        guard !self.holdGiven, let length = self.open?.plan.length else { return self.hold }
        return length > self.warmup ? length - self.warmup : 0
    }
}

/// The most that a run may use, whatever its plan; nil: no cap.
public struct LoadCaps: Sendable, Equatable {
    /// Requests started per second.
    public var rate: Double?
    /// Bytes sent and received through sockets, together.
    public var bytes: UInt64?
    /// Nanoseconds from the start of the run to the end of its hold.
    public var duration: UInt64?

    public init() {}
}
