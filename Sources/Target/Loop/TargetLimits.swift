/// The limits of a loop. Each bounds memory, or the time that one connection can take from the others.
enum TargetLimits {
    /// Most bytes of a request's head; nginx allows 32 KiB in all, Apache 8 KiB a line.
    static let requestHeadBytes: UInt64 = 16_384
    /// Most bytes of a request's body: a client that uploads more gets a 400.
    static let requestBodyBytes: UInt64 = 1 << 30
    /// Most bytes of one read, and so of pipelined requests that are kept.
    static let readBytes = 16_384
    /// Bytes built for one send.
    static let scratchBytes = 65_536
    /// Larger bodies are sent by sendfile, others in one send with their head.
    static let copiedBodyBytes: UInt64 = 16_384
    /// Requests answered on one connection before the others have their turn.
    static let requestsPerTurn = 64
    /// Bytes sent to one connection before the others have their turn.
    static let sentBytesPerTurn: UInt64 = 1 << 20
    /// Bytes dropped from one connection before the others have their turn.
    static let discardedBytesPerTurn = 4 << 20
    /// Connections accepted before those that are open have their turn.
    static let acceptsPerTurn = 64
    /// Deadlines handled before the sockets have their turn.
    static let deadlinesPerTurn = 1_024
    /// Most connections that wait to be accepted; the kernel cuts it to net.core.somaxconn.
    static let backlog: Int32 = 4_096
    /// Most connections of one loop, if there are enough descriptors.
    static let connectionsPerLoop = 131_072
    /// How long a listener pauses after accept failed, mostly because descriptors ran out. As it is level triggered, it
    /// would otherwise spin.
    static let acceptPauseNanoseconds: UInt64 = 10_000_000
    /// How long a client may take to end a connection that we have ended.
    static let lingerNanoseconds: UInt64 = 1_000_000_000
    /// How long a client may take for a TLS handshake.
    static let handshakeNanoseconds: UInt64 = 10_000_000_000
    /// A frozen loop checks this often whether the server stops; under a second.
    static let stallSliceNanoseconds: UInt64 = 50_000_000
    /// How often in a row an interrupted call is repeated.
    static let interruptedCalls = 1_000
    /// Time between two bytes of `/drip`.
    static let dripNanoseconds: UInt64 = 100_000_000
}
