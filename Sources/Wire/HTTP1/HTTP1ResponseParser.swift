/// Reads responses of HTTP/1.0 and HTTP/1.1 (RFC 9112) one after another, from bytes cut anywhere.
///
/// It does no I/O and keeps no bytes: a plain value of at most 48 bytes, one per connection. Call `begin` before each
/// response, then `feed` what was read until it returns `.complete`. The bytes after `consumed` belong to no request,
/// and an honest client closes the connection because of them (`.surplus`).
///
/// A fault is final: each further call returns the same. `headerBytes` is then the offset of the bad byte in the head.
/// No call allocates, and a head costs about one step per eight bytes and a few per field.
/// the head. No call allocates, and a head costs about one step per eight bytes and a few per field.
public struct HTTP1ResponseParser: Sendable {
    /// Positions in the status line that `message.match` counts: "HTTP/1." is 0 to 6.
    private enum Position {
        static let space: UInt8 = 8
        static let hundreds: UInt8 = 9
        static let tens: UInt8 = 10
        static let ones: UInt8 = 11
        static let afterStatus: UInt8 = 12
        static let reason: UInt8 = 13
        static let lineFeed: UInt8 = 14
    }

    /// Everything but the status line.
    private(set) var message = HTTP1Message()
    /// The status code of the final response, or of the interim one being read. 0 before its digits.
    public private(set) var status: UInt16 = 0
    /// Interim (1xx) responses skipped before this one.
    public private(set) var interimCount: UInt8 = 0

    /// A parser before its first response, which is not one to HEAD.
    public init() {}

    /// Forgets the last response and is ready for the next one. The response to HEAD has no body, whatever its fields
    /// are.
    @inline(__always)
    public mutating func begin(isHead: Bool) {
        self = HTTP1ResponseParser()
        if isHead { message.flags.insert(.isHead) }
    }

    /// The final head was read: `status` and `keepAlive` are valid.
    public var isHeadComplete: Bool { message.flags.contains(.headComplete) }
    /// A byte of this response was seen.
    public var hasStarted: Bool { message.flags.contains(.started) }
    /// Bytes of status lines, fields, blank lines and trailers of this response, with interim heads and without chunk
    /// framing.
    public var headerBytes: UInt64 { UInt64(message.headerBytes) }
    /// Bytes of content so far.
    public var bodyBytes: UInt64 { message.body }
    /// Whether the connection may carry another request after this one. Valid once the head is complete.
    public var keepAlive: Bool { message.keepAlive }
    /// Body bytes still to come whose content is not needed, and after which the response ends. 0 inside chunked and
    /// close-delimited bodies, whose bytes must be fed.
    public var discardable: UInt64 { message.state == .fixedBody ? message.remaining : 0 }

    /// Reads `count` bytes, at most to the end of the response. Once it is complete, further bytes are not read:
    /// `.complete(consumed: 0)`.
    public mutating func feed(_ bytes: UnsafePointer<UInt8>, count: Int) -> HTTP1Outcome {
        var index = 0
        return readHead(bytes, &index, count: count) ?? message.readBody(bytes, &index, count: count)
    }

    /// Like `feed(_:count:)`, with the same outcome and state, but a head that equals the memo's is recalled instead of
    /// read.
    public mutating func feed(
        _ bytes: UnsafePointer<UInt8>, count: Int, memo: inout HTTP1HeadMemo
    ) -> HTTP1Outcome {
        if hasStarted { return feed(bytes, count: count) }
        var index = 0
        if let known = memo.recall(bytes, count: count, isForHead: message.flags.contains(.isHead)) {
            self = known
            index = Int(message.headerBytes)
        } else {
            if let outcome = readHead(bytes, &index, count: count) { return outcome }
            // After interim heads the head is at another place, and a refused head is not kept.
            if interimCount == 0, message.state != .failed { memo.keep(bytes, length: index, behind: self) }
        }
        return message.readBody(bytes, &index, count: count)
    }

    /// Reads heads up to the end of the final one. Nil: the head is complete or was refused, and `index` is after it.
    @inline(__always)
    private mutating func readHead(
        _ bytes: UnsafePointer<UInt8>, _ index: inout Int, count: Int
    ) -> HTTP1Outcome? {
        if count > 0 { message.flags.insert(.started) }
        // Each turn reads one head; the limit on interim responses and the bytes bound the loop.
        while message.state.isHeader, !message.flags.contains(.inTrailers) {
            let start = index
            let end = min(count, index &+ message.headerBudget)
            if message.state == .startLine { readStatusLine(bytes, &index, end: end) }
            message.readFields(bytes, &index, end: end)
            message.headerBytes &+= UInt32(truncatingIfNeeded: index &- start)
            if message.state == .headEnd {
                endHead()
            } else if message.state != .failed {
                if index >= count { return .more }
                message.fail(.headerLimit)
            }
        }
        return nil
    }

    /// Counts `count` of the `discardable` bytes as dropped unread. More than those is `.surplus`.
    public mutating func discarded(_ count: UInt64) -> HTTP1Outcome { message.discard(count) }

    /// The peer closed its side. That completes a close-delimited body. Anywhere else, also before the first byte (see
    /// `hasStarted`), the response is `.truncated`.
    public mutating func endOfStream() -> HTTP1Outcome { message.endOfStream() }

    /// `HTTP/1.x SP 3DIGIT SP reason CRLF`. An empty reason is allowed, and so is a missing space before it: the
    /// grammar forbids that, but servers omit it.
    @inline(__always)
    private mutating func readStatusLine(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, end: Int) {
        if message.match == 0, end &- index >= 8, HTTP1Byte.load(bytes, at: index) == 0x312E_312F_5054_5448 {
            // "HTTP/1.1" in one comparison, as in nearly every response.
            index &+= 8
            message.match = Position.space
        }
        while index < end, message.match < Position.reason {
            guard readPrefixByte(bytes[index]) else { return }
            index &+= 1
        }
        // Each turn ends the line, the bytes or the message, or skips one HTAB.
        while index < end {
            if message.match == Position.lineFeed {
                guard bytes[index] == HTTP1Byte.lineFeed else { return message.fail(.lineEnding) }
                index &+= 1
                message.state = .fieldStart
                return
            }
            index = HTTP1Byte.endOfText(bytes, from: index, to: end)
            if index == end { return }
            switch bytes[index] {
            case HTTP1Byte.carriageReturn: message.match = Position.lineFeed
            case HTTP1Byte.tab: break
            case HTTP1Byte.lineFeed: return message.fail(.lineEnding)
            default: return message.fail(.startLine)
            }
            index &+= 1
        }
    }

    /// Reads a byte of the status line before its reason. False: it was wrong.
    @inline(__always)
    private mutating func readPrefixByte(_ byte: UInt8) -> Bool {
        switch message.match {
        // 600 to 999 are no error of the connection: a client treats them as 5xx (RFC 9110 section 15).
        case Position.hundreds where byte &- 0x31 < 9,
            Position.tens where byte &- HTTP1Byte.zero < 10,
            Position.ones where byte &- HTTP1Byte.zero < 10:
            if message.match == Position.hundreds { status = 0 }
            status = status &* 10 &+ UInt16(byte &- HTTP1Byte.zero)
        case Position.space where byte == HTTP1Byte.space: break
        case Position.space where HTTP1Byte.isToken(byte):
            message.fail(.version)
            return false
        case Position.space, Position.hundreds, Position.tens, Position.ones:
            message.fail(byte == HTTP1Byte.lineFeed ? .lineEnding : .status)
            return false
        case Position.afterStatus:
            switch byte {
            case HTTP1Byte.space: break
            case HTTP1Byte.carriageReturn:
                message.match = Position.lineFeed
                return true
            default:
                message.fail(byte == HTTP1Byte.lineFeed ? .lineEnding : .status)
                return false
            }
        default: return message.readVersionByte(byte, at: message.match)
        }
        message.match &+= 1
        return true
    }

    /// Ends a head: an interim one is skipped, the final one decides which body follows (RFC 9112, 6.3).
    private mutating func endHead() {
        if status >= 200 {
            let isBodyless = message.flags.contains(.isHead) || status == 204 || status == 304
            return message.beginBody(isBodyless: isBodyless, withoutLength: .untilClose)
        }
        guard status != 101 else { return message.fail(.unexpectedUpgrade) }
        guard interimCount < HTTP1Limits.interimResponses else { return message.fail(.tooManyInterim) }
        interimCount &+= 1
        status = 0
        message.beginNextHead()
    }
}
