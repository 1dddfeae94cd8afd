import Engine
import Synchronization
import Wire

/// From requests to answers.
extension TargetLoop {
    /// Answers a complete request: at once, or when it is due.
    func answer(_ index: Int, _ parser: UnsafeMutablePointer<HTTP1RequestParser>) {
        let connection = self.slab.pointer(index)
        let route = parser.pointee.withTarget { target in target.withUnsafeBufferPointer { Route(target: $0) }
        }
        if route == .stats {
            // The counts before this request: without its own bytes, which are received by now.
            var counts = self.shared.counts()
            counts.bytesReceived &-= min(counts.bytesReceived, parser.pointee.headerBytes)
            connection.pointee.counts = counts
        }
        self.counters.requests.add(1)
        self.noteRequest(connection)
        switch route {
        case .silent: return self.giveNoAnswer(index)
        case .lose(let share) where self.isLost(share): return self.giveNoAnswer(index)
        case .reset: return self.resetConnection(index)
        default: break
        }

        if connection.pointee.answers < .max { connection.pointee.answers &+= 1 }
        var answer = self.plan(route, connection)
        answer.isHeadOnly = parser.pointee.method == .head
        if !parser.pointee.keepAlive || self.isLast(connection) {
            answer.closes = true
        } else if parser.pointee.minorVersion == 0 {
            answer.saysKeepAlive = true
        }
        if answer.framing == .chunked && parser.pointee.minorVersion == 0 {
            // HTTP/1.0 has no chunks (RFC 9112, 6.1).
            answer.framing = .untilClose
            answer.closes = true
        }
        connection.pointee.answer = answer

        let due = self.due(route)
        if self.shared.options.stopAfter != nil && self.shared.isMute(at: max(due, MonotonicClock.now())) {
            return self.giveNoAnswer(index)
        }
        if due == 0 {
            self.beginSending(index)
            _ = self.send(index)
        } else {
            // A reset that came together with the request is not reported again.
            if connection.pointee.isEnded && Socket.connectError(connection.pointee.fd) != nil {
                return self.closeConnection(index)
            }
            connection.pointee.phase = .waiting
            self.deadlines.set(index, at: due)
        }
    }

    /// Whether this request for `/lose/N` is the one in N that gets no answer.
    private func isLost(_ share: UInt64) -> Bool {
        let before = self.shared.loseRequests.wrappingAdd(1, ordering: .relaxed).oldValue
        return before % share == share - 1
    }

    /// Leaves a request without an answer; the connection waits for its client to end it.
    private func giveNoAnswer(_ index: Int) {
        let connection = self.slab.pointer(index)
        self.noteEnd(connection, lastByteOut: nil)
        connection.pointee.phase = .silent
        if connection.pointee.mustRead { self.discardInput(index) }
    }

    /// Answers bytes that are no request with 400, and ends the connection.
    func answerMalformed(_ index: Int) {
        self.counters.malformedRequests.add(1)
        var answer = Answer.status(400)
        answer.closes = true
        self.slab.pointer(index).pointee.answer = answer
        self.beginSending(index)
        _ = self.send(index)
    }

    func isLast(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        guard let limit = self.shared.options.keepAliveRequests else { return false }
        return Int(connection.pointee.answers) >= limit
    }

    func plan(_ route: Route, _ connection: UnsafeMutablePointer<Connection>) -> Answer {
        switch route {
        case .root, .lose, .delay(_, nil): return self.defaultAnswer
        case .bytes(let count), .delay(_, .some(let count)): return .bytes(count)
        case .chunked(let count): return .chunked(count)
        case .status(let code): return .status(code)
        case .health: return .health
        case .stats: return .stats(connection.pointee.counts)
        case .close:
            var answer = self.defaultAnswer
            answer.closes = true
            return answer
        case .closeDelimited(let count):
            return Answer(framing: .untilClose, bodyBytes: count, closes: true)
        case .drip(let count):
            var answer = Answer.bytes(count)
            answer.isDripped = true
            return answer
        case .truncate: return .truncated
        case .garbage: return Answer(framing: .garbage, isCut: true)
        case .half500:
            let before = self.shared.half500Requests.wrappingAdd(1, ordering: .relaxed).oldValue
            return before & 1 == 0 ? self.defaultAnswer : .status(500)
        case .silent, .reset, .unknown: return .status(404)
        }
    }

    /// When the answer may begin, in nanoseconds; 0: at once.
    func due(_ route: Route) -> UInt64 {
        let served = self.shared.gate?.completion() ?? 0
        guard case .delay(let milliseconds, _) = route else { return served }
        // At most an hour (see Route), counted from the end of the service.
        let delay = milliseconds &* 1_000_000
        let start = served == 0 ? MonotonicClock.now() : served
        return start >= DeadlineHeap.never - delay ? DeadlineHeap.never - 1 : start + delay
    }
}
