import Engine
import Wire

/// A loop's state of one connection: about 280 bytes. An idle one has no buffer and no parser.
struct Connection {
    /// What the connection waits for.
    enum Phase: UInt8 {
        /// Nothing: the slot is free.
        case closed
        /// The client's part of a TLS handshake.
        case handshaking
        /// The bytes of a request.
        case reading
        /// The time of its answer; new requests stay in the kernel.
        case waiting
        /// Room in the socket for the rest of its answer.
        case sending
        /// The time of the next byte of `/drip`.
        case dripping
        /// HTTP/2: requests, answers and their times at once.
        case multiplexed
        /// The client's end: this connection never gets an answer.
        case silent
        /// The client's end, after the server's own. To close with unread bytes would be a reset, which can overtake
        /// the answer (RFC 9112, 9.6).
        case lingering
    }

    var fd: Int32 = -1
    /// Distinguishes it from former users of this slot in epoll's tags.
    var generation: UInt32 = 0
    var phase = Phase.closed
    /// Bytes came while the connection was not read: no further edge will report them.
    var mustRead = false
    /// The client has sent its last byte.
    var isEnded = false
    /// It counts against `connectionLimit`, until its last answer begins.
    var isAdmitted = true
    /// The current answer is the prebuilt default one.
    var isDefault = false
    var headBytes: UInt16 = 0
    /// Answers begun on this connection.
    var answers: UInt32 = 0
    /// When the next byte of `/drip` is due, in nanoseconds.
    var dripDue: UInt64 = 0
    /// The current answer, in `waiting`, `sending` and `dripping`.
    var answer = Answer()
    /// Bytes of the answer that the kernel took.
    var sent: UInt64 = 0
    /// Bytes of the answer's body that may be sent by now; all of them except for `/drip`.
    var releasedBytes: UInt64 = 0
    /// Number of the connection among all of the server, for the log of arrivals.
    var number: UInt64 = 0
    /// Times of the current request for the log of arrivals; zeros without a log, or between requests.
    var firstByteIn: UInt64 = 0
    var requestIn: UInt64 = 0
    /// Requests logged on this connection.
    var logged: UInt32 = 0
    /// Nil in clear text.
    var tls: TLSConnection?
    /// The peer of a connection that uses HTTP/2; owned by the slot.
    var http2: Unmanaged<HTTP2Peer>?
    /// The counts that `/stats` reports.
    var counts = TargetCounts()
    /// The parser of a partial request.
    var parser: UnsafeMutablePointer<HTTP1RequestParser>?
    /// Requests that were read during an answer: `pipelinedCount` bytes from `pipelinedStart` on.
    var pipelined: UnsafeMutablePointer<UInt8>?
    var pipelinedStart: Int32 = 0
    var pipelinedCount: Int32 = 0

    /// Bytes of the answer that may be sent by now.
    var releasedTotal: UInt64 {
        UInt64(self.headBytes) + min(self.releasedBytes, self.answer.wireBodyBytes)
    }
    /// Bytes of the whole answer.
    var total: UInt64 { UInt64(self.headBytes) + self.answer.wireBodyBytes }
}
