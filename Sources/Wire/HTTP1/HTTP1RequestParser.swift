/// The methods that a server distinguishes. Names are case-sensitive (RFC 9110 section 9.1).
public enum HTTP1Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, delete
    /// Any other token, PATCH and OPTIONS among them.
    case other
}

/// Reads requests of HTTP/1.0 and HTTP/1.1 (RFC 9112) one after another, from bytes cut anywhere. It has the same field
/// and chunk reader as the response parser, and is stricter: it accepts no folded line and no second length.
///
/// One per connection; about 1.1 KB, nearly all of it the request target. No call allocates. Call `begin` before each
/// request and `feed` until `.complete`, then feed the bytes after `consumed` following the next `begin`: pipelined
/// requests work. A fault is final, and the connection is to be closed.
///
/// Not checked, as the embedded server does not use it: Host, Expect, the form of the target.
public struct HTTP1RequestParser: Sendable {
    /// The part of the request line that the next byte belongs to.
    private enum Line: UInt8 {
        /// At the start, where empty lines are skipped (RFC 9112 section 2.2), or after the CR of one.
        case start, emptyLineFeed
        case method, target
        /// In the version; `message.match` counts its bytes.
        case version
        case lineReturn, lineFeed
    }

    private var message = HTTP1Message(isRequest: true)
    private var line = Line.start
    private var methodCount: UInt8 = 0
    /// The last eight bytes of the method, the newest lowest.
    private var methodWord: UInt64 = 0
    @usableFromInline
    var targetBuffer = InlineArray<1_024, UInt8>(repeating: 0)
    /// The bytes of the request target so far.
    public private(set) var targetCount = 0

    /// A parser before its first request.
    public init() {}

    /// Forgets the last request and is ready for the next one. The target's old bytes stay in the buffer, unreachable.
    public mutating func begin() {
        message = HTTP1Message(isRequest: true)
        line = .start
        methodCount = 0
        methodWord = 0
        targetCount = 0
    }

    /// The method; valid once the head is complete.
    public var method: HTTP1Method {
        switch (methodWord, methodCount) {
        case (0x47_4554, 3): .get
        case (0x4845_4144, 4): .head
        case (0x504F_5354, 4): .post
        case (0x50_5554, 3): .put
        case (0x4445_4C45_5445, 6): .delete
        default: .other
        }
    }
    /// The minor version: 0 or 1.
    public var minorVersion: UInt8 { message.flags.contains(.version10) ? 0 : 1 }
    /// The request line, the fields and the blank line were read.
    public var isHeadComplete: Bool { message.flags.contains(.headComplete) }
    /// A byte of this request was seen. If not, the end of the stream is a clean end.
    public var hasStarted: Bool { message.flags.contains(.started) }
    /// Bytes of the request line, fields, blank line and trailers, without chunk framing.
    public var headerBytes: UInt64 { UInt64(message.headerBytes) }
    /// Bytes of content so far.
    public var bodyBytes: UInt64 { message.body }
    /// Whether the client keeps the connection for another request. Valid once the head is complete.
    public var keepAlive: Bool { message.keepAlive }
    /// Body bytes still to come whose content is not needed. 0 inside chunked bodies.
    public var discardable: UInt64 { message.state == .fixedBody ? message.remaining : 0 }

    /// Calls `body` with the bytes of the request target, which are valid once the head is complete.
    @inlinable
    public func withTarget<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(targetBuffer.span.extracting(first: targetCount))
    }

    /// Reads `count` bytes, at most to the end of the request. Once it is complete, further bytes are not read:
    /// `.complete(consumed: 0)`.
    public mutating func feed(_ bytes: UnsafePointer<UInt8>, count: Int) -> HTTP1Outcome {
        var index = 0
        if count > 0 { message.flags.insert(.started) }
        if message.state.isHeader, !message.flags.contains(.inTrailers) {
            let end = min(count, message.headerBudget)
            if message.state == .startLine { readRequestLine(bytes, &index, end: end) }
            message.readFields(bytes, &index, end: end)
            message.headerBytes &+= UInt32(truncatingIfNeeded: index)
            if message.state == .headEnd {
                // A request without a length has no body (RFC 9112 section 6.3).
                message.beginBody(isBodyless: false, withoutLength: .complete)
            } else if message.state != .failed {
                if index >= count { return .more }
                message.fail(.headerLimit)
            }
        }
        return message.readBody(bytes, &index, count: count)
    }

    /// Counts `count` of the `discardable` bytes as dropped unread. More than those is `.surplus`.
    public mutating func discarded(_ count: UInt64) -> HTTP1Outcome { message.discard(count) }

    /// The client closed its side: `.truncated`, unless the request was complete. See `hasStarted`.
    public mutating func endOfStream() -> HTTP1Outcome { message.endOfStream() }

    /// `method SP target SP HTTP/1.x CRLF`, one space each.
    private mutating func readRequestLine(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, end: Int) {
        while index < end, message.state == .startLine {
            let byte = bytes[index]
            let isRead =
                switch line {
                case .start: readFirstByte(byte)
                case .method: readMethodByte(byte)
                case .target: readTargetByte(byte)
                case .version: readVersionByte(byte)
                case .lineReturn: expect(HTTP1Byte.carriageReturn, byte, then: .lineFeed)
                case .emptyLineFeed: expect(HTTP1Byte.lineFeed, byte, then: .start)
                case .lineFeed: expect(HTTP1Byte.lineFeed, byte, then: .lineFeed)
                }
            guard isRead else { return }
            index &+= 1
            if line == .lineFeed, byte == HTTP1Byte.lineFeed { message.state = .fieldStart }
        }
    }

    /// Skips empty lines: old clients send one too many after a body.
    private mutating func readFirstByte(_ byte: UInt8) -> Bool {
        if byte == HTTP1Byte.carriageReturn {
            line = .emptyLineFeed
            return true
        }
        line = .method
        return readMethodByte(byte)
    }

    private mutating func readMethodByte(_ byte: UInt8) -> Bool {
        if byte == HTTP1Byte.space, methodCount > 0 {
            line = .target
            return true
        }
        guard HTTP1Byte.isToken(byte), Int(methodCount) < HTTP1Limits.methodBytes else {
            return refuse(byte, as: .startLine)
        }
        methodWord = methodWord &<< 8 | UInt64(byte)
        methodCount &+= 1
        return true
    }

    /// Visible ASCII only: anything else must come percent-encoded (RFC 3986).
    private mutating func readTargetByte(_ byte: UInt8) -> Bool {
        if byte == HTTP1Byte.space, targetCount > 0 {
            line = .version
            message.match = 0
            return true
        }
        guard byte > HTTP1Byte.space, byte < 0x7F else {
            // A line that ends here is an HTTP/0.9 request.
            return refuse(byte, as: byte == HTTP1Byte.carriageReturn ? .version : .startLine)
        }
        guard targetCount < targetBuffer.count else {
            message.fail(.headerLimit)
            return false
        }
        targetBuffer[targetCount] = byte
        targetCount &+= 1
        return true
    }

    private mutating func readVersionByte(_ byte: UInt8) -> Bool {
        guard message.readVersionByte(byte, at: message.match) else { return false }
        if message.match > HTTP1Names.endOfVersion { line = .lineReturn }
        return true
    }

    private mutating func expect(_ wanted: UInt8, _ byte: UInt8, then next: Line) -> Bool {
        guard byte == wanted else {
            return refuse(byte, as: line == .lineReturn ? .version : .lineEnding)
        }
        line = next
        return true
    }

    private mutating func refuse(_ byte: UInt8, as fault: HTTP1Fault) -> Bool {
        message.fail(byte == HTTP1Byte.lineFeed ? .lineEnding : fault)
        return false
    }
}
