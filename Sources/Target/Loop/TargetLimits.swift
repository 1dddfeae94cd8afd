/// The limits of a loop. Each bounds memory or the time that one connection can take from the others.
enum TargetLimits {
    /// Head of a request in bytes; nginx allows 32 KiB in all, Apache 8 KiB a line.
    static let requestHeadBytes: UInt64 = 16_384
    /// Body of a request: a client that uploads more gets a 400.
    static let requestBodyBytes: UInt64 = 1 << 30
    /// Bytes taken in one read, and so the most that is kept of pipelined requests.
    static let readBytes = 16_384
    /// Bytes built for one send.
    static let scratchBytes = 65_536
    /// Bodies larger than this go out by sendfile, smaller ones in one send with their head.
    static let copiedBodyBytes: UInt64 = 16_384
    /// Requests answered on one connection before the others have their turn.
    static let requestsPerTurn = 64
    /// Bytes sent to one connection before the others have their turn.
    static let sentBytesPerTurn: UInt64 = 1 << 20
    /// Bytes dropped from one connection before the others have their turn.
    static let discardedBytesPerTurn = 4 << 20
    /// Connections accepted before those that are open have their turn.
    static let acceptsPerTurn = 64
    /// Deadlines met before the sockets have their turn.
    static let deadlinesPerTurn = 1_024
    /// Connections waiting to be accepted; the kernel cuts it to net.core.somaxconn.
    static let backlog: Int32 = 4_096
    /// Connections of one loop, if there are descriptors for as many.
    static let connectionsPerLoop = 131_072
    /// Time that a listener rests when accept failed, mostly for want of descriptors: level triggered, it
    /// would otherwise spin.
    static let acceptPauseNanoseconds: UInt64 = 10_000_000
    /// Time that a client gets to end a connection that we have ended.
    static let lingerNanoseconds: UInt64 = 1_000_000_000
    /// Time that a client gets for a TLS handshake.
    static let handshakeNanoseconds: UInt64 = 10_000_000_000
    /// A frozen loop looks this often whether the server stops; under a second.
    static let stallSliceNanoseconds: UInt64 = 50_000_000
    /// Times in a row that a call is made again that a signal interrupted.
    static let interruptedCalls = 1_000
    /// Time between two bytes of `/drip`.
    static let dripNanoseconds: UInt64 = 100_000_000
}
