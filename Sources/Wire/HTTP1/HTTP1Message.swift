/// The common part of requests and responses, which is all but the start line: field lines, the framing of the body,
/// chunks and trailers (RFC 9112 sections 5 to 7). Each parser owns a start line and one of these.
///
/// It holds no bytes and no references: wherever the stream is cut, its whole state fits these 32 bytes.
/// `HTTP1Message+Fields` reads heads and trailers, `HTTP1Message+Body` bodies.
struct HTTP1Message {
    /// What the next byte belongs to. The order matters: up to `blankLineFeed` it is header bytes.
    enum State: UInt8 {
        /// The owner reads the start line; `match` is its position there.
        case startLine
        /// The first byte of a field line, or CR of the blank line.
        case fieldStart
        /// In a name. `match` is the place in `HTTP1Names.fields`, or `HTTP1Names.none`.
        case fieldName
        /// In a value without meaning here.
        case fieldValue
        /// In the value of Content-Length, Transfer-Encoding, Connection.
        case lengthValue, codingValue, connectionValue
        /// A field line's CR was read. The value may continue in the next line: see `readFields`.
        case fieldLineFeed
        /// The blank line's CR was read.
        case blankLineFeed

        /// The head ended and its owner has not decided yet what follows.
        case headEnd
        case fixedBody, untilClose
        /// In the digits of a chunk size; `match` counts them.
        case chunkSize
        /// Blanks after the size, and extensions, in which `match` is a `ChunkExtension`.
        case chunkBlank, chunkExtension, chunkSizeLineFeed, chunkData, chunkDataReturn, chunkDataLineFeed
        case complete, failed
    }

    /// Facts of the message that are one bit each.
    struct Flags: OptionSet {
        let rawValue: UInt16
        static let started = Flags(rawValue: 1 << 0)
        static let headComplete = Flags(rawValue: 1 << 1)
        static let version10 = Flags(rawValue: 1 << 2)
        static let hasLength = Flags(rawValue: 1 << 3)
        static let isChunked = Flags(rawValue: 1 << 4)
        static let close = Flags(rawValue: 1 << 5)
        static let keepAlive = Flags(rawValue: 1 << 6)
        static let inTrailers = Flags(rawValue: 1 << 7)
        static let closeDelimited = Flags(rawValue: 1 << 8)
        /// The request was HEAD: its response has no body.
        static let isHead = Flags(rawValue: 1 << 9)
        /// It is a request: folded lines and repeated lengths are refused, as RFC 9112 allows a server to do.
        static let isRequest = Flags(rawValue: 1 << 10)
        /// `remaining` holds a complete Content-Length; any further one must be the same.
        static let lengthKnown = Flags(rawValue: 1 << 11)

        /// With any of these a Transfer-Encoding is refused.
        static let againstCoding: Flags = [.hasLength, .isChunked, .version10]
        /// Facts of one head, which do not carry over to the next one (after an interim response).
        static let ofOneHead: Flags = [
            .version10, .hasLength, .lengthKnown, .isChunked, .close, .keepAlive,
        ]
    }

    /// Content-Length; then the bytes of the body or of this chunk that are still to come.
    var remaining: UInt64 = 0
    /// In a head, the Content-Length that is being read; after it, bytes of the body. See `body`.
    var bodyBytes: UInt64 = 0
    var headerBytes: UInt32 = 0
    var extensionBytes: UInt32 = 0
    var fieldCount: UInt16 = 0
    var flags: Flags = []
    var state: State = .startLine
    /// The kind of value at the end of the last field line, which a folded line continues; `startLine` if no field came
    /// before.
    var lastValue: State = .startLine
    /// A position inside the state; its meaning depends on the state.
    var match: UInt8 = 0
    /// Valid only in `.failed`.
    var fault: HTTP1Fault = .startLine

    /// A message before its first byte.
    init(isRequest: Bool = false) {
        if isRequest { flags.insert(.isRequest) }
    }

    /// HTTP/1.1 keeps the connection by default, HTTP/1.0 only on request; `close` wins over `keep-alive` (RFC 9112
    /// section 9.3).
    var keepAlive: Bool {
        if flags.contains(.close) || flags.contains(.closeDelimited) { return false }
        return !flags.contains(.version10) || flags.contains(.keepAlive)
    }

    /// Bytes of the body so far.
    @inline(__always)
    var body: UInt64 { flags.contains(.headComplete) ? bodyBytes : 0 }

    /// Header bytes that may still come. One more is `.headerLimit`, wherever the stream was cut.
    @inline(__always)
    var headerBudget: Int {
        HTTP1Limits.headerBytes &- Int(headerBytes) &- Int(extensionBytes)
    }

    @inline(__always)
    mutating func fail(_ fault: HTTP1Fault) {
        self.fault = fault
        state = .failed
    }

    /// An interim response is over: the next head starts fresh, except for the counters.
    mutating func beginNextHead() {
        flags.subtract(.ofOneHead)
        remaining = 0
        match = 0
        lastValue = .startLine
        state = .startLine
    }

    /// The head decides whether a body follows; `isBodyless` overrules it (HEAD, 204, 304), and `withoutLength` is the
    /// state if no length was given.
    @inline(__always)
    mutating func beginBody(isBodyless: Bool, withoutLength: State) {
        flags.insert(.headComplete)
        match = 0
        if isBodyless {
            remaining = 0
            state = .complete
        } else if flags.contains(.isChunked) {
            remaining = 0
            state = .chunkSize
        } else if flags.contains(.hasLength) {
            state = remaining == 0 ? .complete : .fixedBody
        } else {
            if withoutLength == .untilClose { flags.insert(.closeDelimited) }
            state = withoutLength
        }
    }

    /// The stream ended: correct for a close-delimited body, an error anywhere else.
    mutating func endOfStream() -> HTTP1Outcome {
        switch state {
        case .untilClose:
            state = .complete
            return .complete(consumed: 0)
        case .complete: return .complete(consumed: 0)
        case .failed: return .failed(fault)
        default:
            fail(.truncated)
            return .failed(.truncated)
        }
    }
}
