import Units

/// What a fleet file describes: the users, what they ask for, and what is to serve them.
public struct Deployment: Sendable {
    /// The fleet's name; empty for one that was given by options alone.
    public var name = ""
    public var users = Audience()
    public var session = SessionShape()
    public var instance = InstanceNeed()
    /// Empty for a single region without a name.
    public var regions: [Region] = []
    public var zones = Zones()
    /// Nil where clients reach the servers without one.
    public var cdn: CDN?
    /// Nil where no load balancer is planned.
    public var balancer: Balancer?
    /// Nil where names are not planned.
    public var dns: NameQueries?
    /// Nil where no database is planned.
    public var database: Database?
    /// The demand over a day; nil where nobody said.
    public var traffic: TrafficCurve?
    /// How the fleet follows it; nil where that is not given.
    public var scaling: ScalingSettings?
    /// Whether `scaling` states a target of its own.
    public internal(set) var isScalingTargetGiven = false
    /// The search that the capacity of an instance is from; nil where it was stated.
    public internal(set) var measured: MeasuredCapacity?
    /// Why records that it was taken from are doubtful; empty where none is.
    public internal(set) var doubts: [RecordDoubt] = []
    /// The compression that was stated before a record gave the bytes as they were on the wire.
    public internal(set) var statedCompression: Double?
    /// The name of a price file, relative to the fleet file; nil for the prices that come with headroom.
    public var prices: String?

    public init() {}

    /// The most regions of a fleet: more than any provider has.
    public static let regionsLimit = 100
}

/// Who uses the service, and how many of them at once. Two of peak share, peak over average and time on the site give
/// the third (Little's law).
public struct Audience: Sendable {
    /// Users that come on a day; nil where it is missing.
    public var daily: Users?
    /// The share of the daily users that is there at once at the peak.
    public var peakShare: Double?
    /// The peak over the average of a day.
    public var peakOverAverage: Double?
    /// How long a user is there on a day.
    public var timePerDay: Duration?

    public init() {}
}

/// What a user asks for on a day.
public struct SessionShape: Sendable {
    /// Requests of a session.
    public var requests = 1.0
    /// Bytes of one answer's body, before compression; nil where it is missing.
    public var bytes: Bracket<Bytes>?
    /// Bytes of a request besides the answer's body: both heads, TLS, and what is sent again.
    public var overhead: Bracket<Bytes>?
    /// The share by which bodies shrink on the wire; nil where nobody said.
    public var compression: Bracket<Double>?
    /// Sessions of a user a day.
    public var perDay = 1.0
    /// The time between two requests; nil where it is not known.
    public var every: Duration?

    public init() {}

    /// Requests of a user a day.
    var requestsPerDay: Double { self.requests * self.perDay }
}

/// What one instance holds.
public struct InstanceNeed: Sendable {
    /// Such as `m5.2xlarge`; empty where it is missing.
    public var type = ""
    /// Users that one instance holds inside the objective.
    public var users: Bracket<Users>?
    /// Requests a second that one instance answers inside the objective; nil where that is not known.
    public var requests: Bracket<RequestRate>?
    /// Memory of one user; nil where that is not known.
    public var memoryPerUser: Bytes?
    /// The share of what an instance holds up to which it is to be used.
    public var utilisation = 0.7

    public init() {}
}

/// A part of the world with a share of the users.
public struct Region: Sendable, Equatable {
    /// Such as `eu-west-1`.
    public var name: String
    /// Its share of the users.
    public var weight: Double
    /// Hours that its clocks are ahead of UTC.
    public var hours: Double
    /// The word of the price list for where its users are, such as `europe`; nil: that of the region's name.
    public var geography: String?

    public init(_ name: String, weight: Double, hours: Double = 0, geography: String? = nil) {
        self.name = name
        self.weight = weight
        self.hours = hours
        self.geography = geography
    }
}

/// Availability zones of each region.
public struct Zones: Sendable, Equatable {
    /// How many a region has.
    public var count = 3
    /// How many of them may fail while the others carry the peak.
    public var survive = 1

    public init() {}
}

/// A content delivery network in front of the servers.
public struct CDN: Sendable {
    /// The share of bytes and requests that it answers itself.
    public var hitRatio = Bracket(0.0, .assumed)
    public init() {}
}

/// A load balancer in front of the instances of each region.
public struct Balancer: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case application, network
    }
    public var kind = Kind.application
    /// Most instances behind one of them; nil: the provider's default quota.
    public var targets: Double?
    /// Rules that each request is held against.
    public var rules = 0.0
    /// Connections that a session opens.
    public var connectionsPerSession = 1.0

    public init() {}
}

/// Queries of names.
public struct NameQueries: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case standard, latency, geo
    }
    public var kind = Kind.latency
    /// Queries of a session that no cache answers.
    public var perSession = 1.0

    public init() {}
}

/// Databases of the service.
public struct Database: Sendable {
    /// Whether each region has a cluster of its own, or one cluster has readers in every region.
    public enum Scope: String, Sendable, CaseIterable {
        case region, global
    }
    public var scope = Scope.region
    /// Such as `db.r6g.2xlarge`; empty where it is not planned.
    public var type = ""
    /// Writers of each region, or of the global cluster, and readers of each region.
    public var writers = 1.0
    public var readers = 0.0
    /// Users that have data; nil: the daily ones.
    public var users: Users?
    /// What is stored of one user.
    public var bytesPerUser: Bytes?
    /// What a day adds, as a share of what is stored on the first day.
    public var growth = 0.0

    public init() {}
}
