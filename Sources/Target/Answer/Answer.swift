/// One answer as a plan. Every byte of it is a function of the plan and its offset, so an answer that a full socket
/// buffer interrupts can continue without further state. Pure.
struct Answer: Equatable {
    /// How a reader finds the end of the body.
    enum Framing: UInt8 {
        /// Content-Length.
        case length
        /// Chunks of `chunkBytes`, the last one shorter.
        case chunked
        /// The end of the connection.
        case untilClose
        /// No body, and no field about one (1xx, 204, 304).
        case none
        /// Not HTTP at all.
        case garbage
    }
    /// The content of the body.
    enum Content: UInt8 {
        /// Letters, see `BodyPattern`.
        case pattern
        /// The status as text.
        case status
        /// `ok`
        case health
        /// The counts, as JSON.
        case stats
    }

    var status: UInt16 = 200
    var framing = Framing.length
    var content = Content.pattern
    /// Bytes of the body before its framing.
    var bodyBytes: UInt64 = 0
    /// The value of Content-Length; differs from `bodyBytes` only for `/truncate`.
    var announcedBytes: UInt64 = 0
    /// The answer to HEAD: the head alone.
    var isHeadOnly = false
    /// The connection ends after this answer, and the head announces it.
    var closes = false
    /// The connection ends after this answer, and the head does not announce it.
    var isCut = false
    /// The body is sent byte by byte.
    var isDripped = false
    /// The head reports to an HTTP/1.0 client that the connection stays open.
    var saysKeepAlive = false

    /// Body bytes in one chunk: whole alphabets, so that all full chunks are the same.
    static let chunkBytes: UInt64 = 26 * 630
    /// `3ffc`, CR LF, the bytes, CR LF.
    static let chunkFrameBytes = 6 + chunkBytes + 2
    /// `0`, CR LF, CR LF.
    static let lastChunkBytes: UInt64 = 5
    /// The longest text of `Content` other than the pattern, in bytes.
    static let textLimit = 512

    /// N bytes of the pattern with their length.
    static func bytes(_ count: UInt64) -> Answer { Answer(bodyBytes: count, announcedBytes: count) }

    /// A body of letters in chunks.
    static func chunked(_ count: UInt64) -> Answer {
        Answer(framing: .chunked, bodyBytes: count, announcedBytes: count)
    }

    /// A status with a body that names it, if the status allows a body.
    static func status(_ code: UInt16) -> Answer {
        if code < 200 || code == 204 || code == 304 {
            return Answer(status: code, framing: .none, content: .status)
        }
        // RFC 9110, 15.3.6: 205 has no content, but a length.
        let text = code == 205 ? 0 : 3 + 1 + UInt64(Self.reason(code).utf8CodeUnitCount) + 1
        return Answer(status: code, content: .status, bodyBytes: text, announcedBytes: text)
    }

    /// 49,999 of 50,000 bytes announced.
    static let truncated = Answer(bodyBytes: 49_999, announcedBytes: 50_000, isCut: true)

    /// The answer to `/health`.
    static let health = Answer(content: .health, bodyBytes: 2, announcedBytes: 2)

    /// The counts as JSON.
    static func stats(_ counts: TargetCounts) -> Answer {
        let bytes = counts.jsonBytes
        return Answer(content: .stats, bodyBytes: bytes, announcedBytes: bytes)
    }

    /// Bytes of the body as sent on the wire.
    var wireBodyBytes: UInt64 {
        if self.isHeadOnly { return 0 }
        switch self.framing {
        case .none, .garbage: return 0
        case .length, .untilClose: return self.bodyBytes
        case .chunked:
            let rest = self.bodyBytes % Self.chunkBytes
            return self.bodyBytes / Self.chunkBytes * Self.chunkFrameBytes
                + (rest == 0 ? 0 : Self.hexadecimalDigits(rest) + 2 + rest + 2) + Self.lastChunkBytes
        }
    }

    /// How many of the first `wireBytes` of the body on the wire are not framing.
    func payloadBytes(inFirst wireBytes: UInt64) -> UInt64 {
        guard self.framing == .chunked else { return wireBytes }
        let frames = min(wireBytes / Self.chunkFrameBytes, self.bodyBytes / Self.chunkBytes)
        let rest = wireBytes - frames * Self.chunkFrameBytes
        let chunk = min(Self.chunkBytes, self.bodyBytes - frames * Self.chunkBytes)
        if chunk == 0 { return frames * Self.chunkBytes }
        let head = Self.hexadecimalDigits(chunk) + 2
        return frames * Self.chunkBytes + min(chunk, rest > head ? rest - head : 0)
    }

    static func hexadecimalDigits(_ value: UInt64) -> UInt64 {
        UInt64(max(1, (64 - value.leadingZeroBitCount + 3) / 4))
    }
}
