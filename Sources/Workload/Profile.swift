/// What to send, to whom, how often and for how long: the whole plan of a run as a value. Times are nanoseconds.
public struct Profile: Sendable, Equatable {
    /// Names the record.
    public var name: String
    public var target: TargetURL
    public var timeouts: Timeouts
    public var tls = TLSPlan()
    public var http = HTTPChoice.auto
    public var http2 = HTTP2Plan()
    /// Users of one HTTP/2 connection, which they share as a group.
    public var streams = 1
    /// Most redirects followed for one answer, on the target's own scheme, port and addresses.
    public var follow = 0
    /// Other names than the target's to which they are followed.
    public var followHosts: [FollowHost] = []
    /// The requests of a session, in order; never empty in a validated profile.
    public var session: [Step]
    public var load: Load
    /// Objectives as given; `effectiveSLO` adds those that always apply.
    public var slo: [SLO]

    public init(
        name: String, target: TargetURL, timeouts: Timeouts = Timeouts(), session: [Step],
        load: Load = Load(),
        slo: [SLO] = []
    ) {
        self.name = name
        self.target = target
        self.timeouts = timeouts
        self.session = session
        self.load = load
        self.slo = slo
    }
}

/// HTTP/2: which users share a connection.
extension Profile {
    /// Most users of one connection: HTTP/2 servers rarely allow more streams.
    public static let streamsLimit = 1_024
    /// Most redirects followed for one answer: as many as browsers follow.
    public static let followLimit = 20

    /// Users of one HTTP/2 connection; 0: HTTP/1.1, where each user has its own connection.
    public var sharing: Int { self.http == .http2 || self.http == .h2c ? self.streams : 0 }

    /// How long a connection lives: as asked for, else until its users end if several share it.
    public var connection: ConnectionPolicy {
        self.sharing > 1 ? self.load.connectionAsked ?? .perUser : self.load.connection
    }

    /// Connections that so many users need.
    public func connections(ofUsers users: Int) -> Int {
        self.sharing > 1 ? (users + self.sharing - 1) / self.sharing : users
    }
}

/// Timeouts in nanoseconds.
public struct Timeouts: Sendable, Equatable {
    public var connect: UInt64 = 5_000_000_000
    public var firstByte: UInt64 = 10_000_000_000
    public var idle: UInt64 = 10_000_000_000
    public var total: UInt64 = 60_000_000_000

    public init() {}
}

/// One header field as it is sent.
public struct HeaderField: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// One kind of request of a session, made `repeatCount` times in a row.
public struct Step: Sendable, Equatable {
    /// Its name in objectives; nil: they name it by method and path only.
    public var name: String?
    public var method: String
    /// Origin form: begins with "/", holds the query.
    public var path: String
    public var headers: [HeaderField]
    public var body: [UInt8]
    public var repeatCount: Int
    public var pause: Pause
    /// The expected status; nil: anything below 400.
    public var expectStatus: Int?
    /// The expected number of body bytes; nil: any number.
    public var expectBytes: UInt64?

    public init(
        method: String = "GET", path: String, headers: [HeaderField] = [], body: [UInt8] = [],
        repeatCount: Int = 1, pause: Pause = .none, expectStatus: Int? = nil, expectBytes: UInt64? = nil,
        name: String? = nil
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.repeatCount = repeatCount
        self.pause = pause
        self.expectStatus = expectStatus
        self.expectBytes = expectBytes
    }
}

/// The pause between a request of a step and the next request.
public enum Pause: Sendable, Equatable {
    /// Back to back.
    case none
    /// A plan: the next request is due so long after this one *was due*, also across the end of the session if sessions
    /// have no plan of their own.
    case every(Gap)
    /// So long after the answer to this one; not after the last request of a session.
    case think(Gap)
}

/// A length of time, fixed or drawn. Nanoseconds.
public enum Gap: Sendable, Equatable {
    case constant(UInt64)
    /// Uniform in [low, high].
    case uniform(UInt64, UInt64)
    /// Exponential with this mean.
    case exponential(UInt64)

    /// A gap between 0 and this is a mistake (a unit that was forgotten, or mixed up).
    public static let shortestNanoseconds: UInt64 = 1_000
}

/// How a user's sessions follow each other.
public enum Cycle: Sendable, Equatable {
    /// At once, or as the last step's `every` sets it.
    case none
    /// A plan: the next session is due so long after this one was due.
    case every(Gap)
    /// So long after the end of the last one.
    case between(Gap)
}

/// How planned users join.
public enum StartMode: String, Sendable, Equatable, CaseIterable {
    /// At a random point of their cycle.
    case steady
    /// All together.
    case cold
}

/// How long a connection lives.
public enum ConnectionPolicy: String, Sendable, Equatable, CaseIterable {
    case perUser = "per_user"
    case perSession = "per_session"
    case perRequest = "per_request"
}
