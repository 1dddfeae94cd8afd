import Units

/// Why the figures of a record are doubtful, though they are taken.
public enum RecordDoubt: Sendable, Equatable {
    /// Its verdict is UNKNOWN, with the reason.
    case unknown(String)
    /// It has no verdict.
    case unjudged
}

/// What a search of the capacity of one instance found.
public struct MeasuredCapacity: Sendable, Equatable {
    /// Users that one instance holds: what passed, and what failed above it. Nil ends are not known.
    public var users: (passed: Double, failed: Double?)?
    /// Requests a second that one instance answers, where its processors ended the search.
    public var requests: (passed: Double, failed: Double?)?
    /// Requests a second of each user.
    public var requestsPerUser: Double?
    /// The type of instance; nil where it is not known.
    public var instanceType: String?
    /// Nil for a record with a verdict.
    public var doubt: RecordDoubt?

    public init() {}

    public static func == (left: Self, right: Self) -> Bool {
        left.users?.passed == right.users?.passed && left.users?.failed == right.users?.failed
            && left.requests?.passed == right.requests?.passed
            && left.requests?.failed == right.requests?.failed
            && left.requestsPerUser == right.requestsPerUser && left.instanceType == right.instanceType
            && left.doubt == right.doubt
    }
}

/// What a run received of each answer, on average.
public struct MeasuredTraffic: Sendable, Equatable {
    /// The body as it was on the wire, and what came with it: heads, framing and TLS.
    public var body: Bytes
    public var overhead: Bytes
    /// Nil for a record with a verdict.
    public var doubt: RecordDoubt?

    public init(body: Bytes, overhead: Bytes, doubt: RecordDoubt? = nil) {
        self.body = body
        self.overhead = overhead
        self.doubt = doubt
    }
}

extension Deployment {
    /// Takes the capacity of one instance from a search, with its bracket.
    public mutating func take(_ capacity: MeasuredCapacity) {
        if let users = capacity.users {
            self.instance.users = Bracket(
                Users(users.passed), from: Users(users.passed), to: Users(users.failed ?? users.passed),
                .measured)
        }
        if let requests = capacity.requests {
            self.instance.requests = Bracket(
                RequestRate(requests.passed), from: RequestRate(requests.passed),
                to: RequestRate(requests.failed ?? requests.passed), .measured)
        }
        self.measured = capacity
        if let doubt = capacity.doubt { self.doubts.append(doubt) }
    }

    /// Takes the users that one instance holds from a person: they replace those of a search.
    public mutating func state(usersOfInstance users: Users) {
        self.instance.users = Bracket(users, .given)
        self.measured?.users = nil
    }

    /// Takes the body of an answer, before compression, from a person: it replaces that of a run.
    public mutating func state(body: Bytes) {
        self.session.bytes = Bracket(body, .given)
        self.session.compression =
            self.session.compression ?? self.statedCompression.map { Bracket($0, .given) }
        self.statedCompression = nil
    }

    /// Takes the bytes of an answer from a run. They are as they were on the wire, so nothing is compressed further.
    public mutating func take(_ traffic: MeasuredTraffic) {
        self.session.bytes = Bracket(traffic.body, .measured)
        self.session.overhead = Bracket(traffic.overhead, .measured)
        if let own = self.session.compression?.value { self.statedCompression = own }
        self.session.compression = nil
        if let doubt = traffic.doubt { self.doubts.append(doubt) }
    }
}
