import Wire

/// An HTTP/2 connection of the reference server: its session, the current answers, and those that are not due yet.
final class HTTP2Peer {
    /// An answer that waits, or the next byte of one that drips.
    struct Timer {
        var due: UInt64
        let stream: Int32
        /// Bytes of a dripped body that are released so far; nil: the answer has not begun.
        var released: UInt64?
    }

    /// Answers begun or waiting, by stream.
    var answers: [Int32: Answer] = [:]
    /// The counts that `/stats` reports, by stream.
    var counts: [Int32: TargetCounts] = [:]
    var timers: [Timer] = []
    /// Bytes that the socket did not take.
    var unsent: [UInt8] = []
    /// The session's counts that are already in the loop's counts.
    var countedResponses: UInt64 = 0
    var countedBody: UInt64 = 0
    /// The connection is closed after `unsent`.
    var closes = false
    private let pattern: BodyPattern
    private var made: HTTP2ServerSession?

    /// Nil if memory is short.
    init?(pattern: BodyPattern) {
        self.pattern = pattern
        self.made = HTTP2ServerSession { [unowned self] stream, offset, memory, count in
            self.fill(stream, offset, memory, count)
        }
        if self.made == nil { return nil }
    }

    /// The session.
    var session: HTTP2ServerSession {
        guard let made else { preconditionFailure("init made it") }
        return made
    }

    private func fill(_ stream: Int32, _ offset: UInt64, _ memory: UnsafeMutablePointer<UInt8>, _ count: Int) {
        guard let answer = self.answers[stream], answer.content != .pattern else {
            return self.pattern.copy(from: offset, into: memory, count: count)
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Answer.textLimit) { room in
            guard let start = room.baseAddress else { return }
            room.initialize(repeating: 0)
            var writer = TextWriter(start, capacity: room.count)
            answer.writeText(self.counts[stream] ?? TargetCounts(), into: &writer)
            let from = min(Int(clamping: offset), room.count)
            memory.update(from: start + from, count: min(count, room.count - from))
        }
    }
}

extension Answer {
    /// The answer for HTTP/2, where a body needs no framing. `/truncate` ends with a reset of its stream.
    var response: HTTP2ServerSession.Response {
        let hasBody = !self.isHeadOnly && self.framing != .none
        return HTTP2ServerSession.Response(
            status: self.status, contentType: self.framing == .none ? nil : self.contentType,
            contentLength: self.framing == .length ? self.announcedBytes : nil,
            bodyBytes: hasBody ? self.bodyBytes : 0,
            releasedBytes: self.isDripped ? 0 : .max, isCut: self.isCut)
    }

    private var contentType: StaticString {
        switch self.content {
        case .pattern: "application/octet-stream"
        case .status, .health: "text/plain"
        case .stats: "application/json"
        }
    }
}
