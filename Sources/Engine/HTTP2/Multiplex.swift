import Numerics
import Wire
import Workload

extension HTTP2Configuration {
    /// A value that the plan gives replaces the default.
    mutating func take(_ plan: HTTP2Plan) {
        if let window = plan.window { self.streamWindow = Int(clamping: window) }
        if let window = plan.connectionWindow { self.connectionWindow = Int(clamping: window) }
        if let frame = plan.frame { self.frameSize = Int(clamping: frame) }
    }

    /// The values of a plan as text, for a record.
    public static func words(_ plan: HTTP2Plan) -> String {
        var configuration = HTTP2Configuration()
        configuration.take(plan)
        return "window \(configuration.streamWindow), of a connection \(configuration.connectionWindow), "
            + "frame \(configuration.frameSize) bytes"
    }
}

/// The HTTP/2 connections of one worker, shared by its users. User u is in group u / `streams`. A group has one
/// connection, or two while the older one drains. Pointers into memory that the worker frees; off for HTTP/1.1.
struct Multiplex {
    /// Users of one connection; 0: each user has an HTTP/1.1 connection of its own.
    let streams: Int
    /// Room for so many groups.
    let capacity: Int
    let configuration: HTTP2Configuration
    let groups: Slab<SharedGroup>
    /// Slots 2g and 2g + 1 are those of group g.
    let connections: Slab<SharedConnection>
    /// Initialised only where the connection is open.
    let sessions: Slab<HTTP2ClientSession>
    /// What each user has on its connection.
    let places: Slab<UserStream>
    /// Connections to settle before the turn is over, each once. The other half takes those that join meanwhile.
    let listed: Slab<Int32>

    /// Connections of a group at most: one in use, and one that drains.
    static let connectionsPerGroup = 2

    /// Allocates room for so many users; none is made yet. `plan`: what is announced to the server.
    init(streams: Int, users: Int, plan: HTTP2Plan) {
        self.streams = streams
        self.capacity = streams == 0 ? 0 : (users + streams - 1) / streams
        var configuration = HTTP2Configuration()
        configuration.streams = max(1, streams)
        configuration.take(plan)
        self.configuration = configuration
        let slots = self.capacity * Self.connectionsPerGroup
        self.groups = .allocate(capacity: self.capacity)
        self.connections = .allocate(capacity: slots)
        self.sessions = .allocate(capacity: slots)
        self.places = .allocate(capacity: streams == 0 ? 0 : users)
        self.listed = .allocate(capacity: 2 * slots)
    }

    /// Frees the memory, once every connection is closed.
    func deallocate() {
        self.groups.deallocate()
        self.connections.deallocate()
        self.sessions.deallocate()
        self.places.deallocate()
        self.listed.deallocate()
    }

    @inline(__always)
    var isOn: Bool { self.streams > 0 }

    /// Initialises a user's slot, and with the first user of a group the group's slots. `number`: the group's number
    /// among the groups of all workers.
    func make(_ local: Int, seed: UInt64, number: (Int) -> UInt64) {
        (self.places + local).initialize(to: UserStream())
        guard local % self.streams == 0 else { return }
        let group = local / self.streams
        // Random streams of users are numbered from 0 on, so those of groups start far above.
        let random = RandomGenerator(seed: seed, stream: 1 &<< 40 | number(group))
        (self.groups + group).initialize(to: SharedGroup(random: random))
        for slot in self.slots(of: group) { (self.connections + slot).initialize(to: SharedConnection()) }
    }

    @inline(__always)
    func group(ofUser local: Int) -> Int { local / self.streams }

    @inline(__always)
    func group(ofSlot slot: Int) -> Int { slot / Self.connectionsPerGroup }

    func slots(of group: Int) -> Range<Int> {
        group * Self.connectionsPerGroup..<(group + 1) * Self.connectionsPerGroup
    }

    /// The slot of the connection that carries a group's new requests.
    @inline(__always)
    func current(_ group: Int) -> Int {
        group &* Self.connectionsPerGroup &+ (self.groups[group].usesSecond ? 1 : 0)
    }

    /// The connection that carries a user's new requests.
    @inline(__always)
    func connection(ofUser local: Int) -> UnsafeMutablePointer<SharedConnection> {
        self.connections + self.current(self.group(ofUser: local))
    }

    /// The slots of the groups that the first so many users are in.
    func slotsMade(users: Int) -> Int {
        self.isOn ? (users + self.streams - 1) / self.streams * Self.connectionsPerGroup : 0
    }

    /// The users of a group that are made.
    func users(of group: Int, made: Int) -> Range<Int> {
        group * self.streams..<min((group + 1) * self.streams, made)
    }
}

/// One HTTP/2 connection: a slot. Plain data; its session is stored beside it.
struct SharedConnection {
    var transport = Transport()
    /// Changes with every connection: an event for an older one is ignored.
    var generation: UInt32 = 0
    var link = User.Link.none
    /// It brought an answer.
    var isAnswered = false
    /// Either side announced its end: it carries no new request. Its cost to the group was settled at the announcement.
    var isDraining = false
    /// The code of the GOAWAY that came; `noGoAway`: none did.
    var goAway = Self.noGoAway
    /// It is in `Multiplex.listed`.
    var isListed = false
    /// The kernel stamps what is received, and `bytesRead` counts it.
    var isSampled = false
    var bytesRead: UInt64 = 0
    var tries = AddressTries()
    var connectStartedAt: UInt64 = 0
    var openedAt: UInt64 = 0
    var lastByteAt: UInt64 = 0
    /// The requests that wait in the output were submitted while no stream was open, on a connection that had brought
    /// answers.
    var wasIdle = false
    /// When it was opened, or when the last bytes came while a request was on it. What came since then answers no
    /// request.
    var quietSince: UInt64 = 0
    /// The last of a chain of users whose requests wait in the output for their first write; -1: none.
    var unsent: Int32 = -1
    /// Bytes of the session that are counted in some window already.
    var counted = HTTP2Counted()

    /// Neither a code of RFC 9113 nor one that a server would choose.
    static let noGoAway = UInt32.max
}

/// Bytes by class that are counted so far.
struct HTTP2Counted {
    var receivedHeader: UInt64 = 0
    var receivedBody: UInt64 = 0
    var sentHeader: UInt64 = 0
    var sentBody: UInt64 = 0
}

/// Users that share a connection.
struct SharedGroup {
    /// New requests use its second slot.
    var usesSecond = false
    /// The next connection is a reconnect.
    var isReconnecting = false
    /// Connections in a row that brought no answer, capped.
    var failures: UInt8 = 0
    /// The first and the last user in line for a stream, first come first served; -1: none.
    var firstWaiting: Int32 = -1
    var lastWaiting: Int32 = -1
    /// No connect before this time.
    var retryAt: UInt64 = 0
    var random: RandomGenerator
}

/// A user's state on its shared connection.
struct UserStream {
    /// The stream of its request; 0: none.
    var id: UInt32 = 0
    /// The connection of `id`.
    var slot: Int32 = 0
    /// It is in its group's line. When its request failed meanwhile, the entry is stale.
    var isQueued = false
    var nextWaiting: Int32 = -1
    /// It is in its connection's chain `unsent`.
    var isUnsent = false
    /// Its request was handed to a connection that had been idle.
    var wasIdle = false
    var nextUnsent: Int32 = -1
    /// Since when it waits for a stream.
    var waitsSince: UInt64 = 0
    /// What is known of the answer so far.
    var answer = HTTP2Answer()
}

/// What an event reported of an answer.
struct HTTP2Answer {
    var status: UInt16 = 0
    var interimCount: UInt8 = 0
    var headerBytes: UInt32 = 0
    var bodyBytes: UInt64 = 0
}
