import Wire

/// An HTTP/2 connection of the reference server: its session, the answers under way, and those whose time has not come.
final class HTTP2Peer {
    /// An answer that waits, or the next byte of one that drips.
    struct Timer {
        var due: UInt64
        let stream: Int32
        /// Of a dripped body, the bytes let go so far; nil: the answer is yet to begin.
        var released: UInt64?
    }

    /// Answers begun or waiting, by stream.
    var answers: [Int32: Answer] = [:]
    /// What `/stats` tells, by stream.
    var counts: [Int32: TargetCounts] = [:]
    var timers: [Timer] = []
    /// Bytes that the socket did not take.
    var unsent: [UInt8] = []
    /// The session's counts, as far as they are in the loop's.
    var countedResponses: UInt64 = 0
    var countedBody: UInt64 = 0
    /// The connection is closed behind `unsent`.
    var closes = false
    private let pattern: BodyPattern
    private var made: HTTP2ServerSession?

    /// Nil where memory is short.
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
    /// The answer in the terms of HTTP/2, where a body needs no framing. `/truncate` ends in a reset of its stream.
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
