import Engine
import Wire

/// HTTP/2 connections: in clear text by prior knowledge, over TLS by ALPN. The paths are those of HTTP/1.1. A path that
/// ends the connection there (`/reset`, `/truncate`) resets the stream here, and `/close` is a GOAWAY.
extension TargetLoop {
    /// Whether the first bytes of a connection are HTTP/2 (RFC 9113, 3.4). No method begins with PRI.
    static func isPreface(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        count >= 3 && bytes[0] == UInt8(ascii: "P") && bytes[1] == UInt8(ascii: "R") && bytes[2] == UInt8(ascii: "I")
    }

    /// From now on the connection uses HTTP/2.
    func beginHTTP2(_ index: Int, _ bytes: UnsafePointer<UInt8>?, count: Int) {
        let connection = self.slab.pointer(index)
        guard let peer = HTTP2Peer(pattern: self.pattern) else { return self.closeConnection(index) }
        connection.pointee.http2 = Unmanaged.passRetained(peer)
        connection.pointee.phase = .multiplexed
        if let bytes { peer.session.feed(bytes, count: count) }
        self.readHTTP2(index, peer)
    }

    /// Reads and answers until the socket is empty or the others have their turn.
    func readHTTP2(_ index: Int) {
        if let peer = self.slab.pointer(index).pointee.http2?.takeUnretainedValue() { self.readHTTP2(index, peer) }
    }

    private func readHTTP2(_ index: Int, _ peer: HTTP2Peer) {
        let connection = self.slab.pointer(index)
        for _ in 0..<TargetLimits.requestsPerTurn {
            while let request = peer.session.nextRequest() { self.answerHTTP2(index, peer, request) }
            switch self.receive(connection, self.input, TargetLimits.readBytes) {
            case .bytes(let count) where count > 0: peer.session.feed(self.input, count: count)
            case .wouldBlock: return self.sendHTTP2(index, peer)
            case .bytes, .failed: return self.closeConnection(index)
            }
        }
        self.sendHTTP2(index, peer)
        if self.slab.pointer(index).pointee.phase == .multiplexed { self.yield(index) }
    }

    private func answerHTTP2(_ index: Int, _ peer: HTTP2Peer, _ request: HTTP2ServerSession.Request) {
        let connection = self.slab.pointer(index)
        let route = request.path.withUnsafeBufferPointer { Route(target: $0) }
        let stream = request.stream
        if route == .stats {
            connection.pointee.counts = self.shared.counts()
            peer.counts[stream] = connection.pointee.counts
        }
        self.counters.requests.add(1)
        switch route {
        case .silent: return
        case .reset: return peer.session.reset(stream)
        case .garbage:
            peer.unsent += Array("This is not HTTP/2.\r\n".utf8)
            peer.closes = true
            return
        default: break
        }
        if connection.pointee.answers < .max { connection.pointee.answers &+= 1 }
        var answer = self.plan(route, connection)
        // An interim status alone would be no answer.
        if answer.status < 200 { answer = .status(404) }
        answer.isHeadOnly = request.isHead
        peer.answers[stream] = answer
        if answer.closes || self.isLast(connection) { peer.session.goAway() }
        let due = self.due(route)
        if due == 0 {
            self.beginHTTP2Answer(peer, stream)
        } else {
            peer.timers.append(HTTP2Peer.Timer(due: due, stream: stream, released: nil))
        }
        self.setHTTP2Deadline(index, peer)
    }

    private func beginHTTP2Answer(_ peer: HTTP2Peer, _ stream: Int32) {
        guard let answer = peer.answers[stream] else { return }
        peer.session.respond(stream, answer.response)
        if answer.isDripped && !answer.isHeadOnly && answer.bodyBytes > 0 {
            peer.timers.append(
                HTTP2Peer.Timer(due: self.now &+ TargetLimits.dripNanoseconds, stream: stream, released: 0))
        } else if answer.content == .pattern {
            // The pattern's bytes need no stored answer.
            peer.answers[stream] = nil
        }
    }

    private func setHTTP2Deadline(_ index: Int, _ peer: HTTP2Peer) {
        self.deadlines.set(index, at: peer.timers.reduce(DeadlineHeap.never) { min($0, $1.due) })
    }

    /// An answer, or its next byte, is due.
    func meetHTTP2Deadlines(_ index: Int) {
        guard let peer = self.slab.pointer(index).pointee.http2?.takeUnretainedValue() else { return }
        let due = peer.timers.filter { $0.due <= self.now }
        peer.timers.removeAll { $0.due <= self.now }
        for timer in due {
            guard let before = timer.released else {
                self.beginHTTP2Answer(peer, timer.stream)
                continue
            }
            peer.session.release(timer.stream, upTo: before + 1)
            if let answer = peer.answers[timer.stream], before + 1 < answer.bodyBytes {
                peer.timers.append(
                    HTTP2Peer.Timer(
                        due: timer.due &+ TargetLimits.dripNanoseconds, stream: timer.stream, released: before + 1))
            } else {
                peer.answers[timer.stream] = nil
            }
        }
        self.setHTTP2Deadline(index, peer)
        self.readHTTP2(index, peer)
    }

    /// Continues to send.
    func sendHTTP2(_ index: Int) {
        if let peer = self.slab.pointer(index).pointee.http2?.takeUnretainedValue() { self.sendHTTP2(index, peer) }
    }

    private func sendHTTP2(_ index: Int, _ peer: HTTP2Peer) {
        let connection = self.slab.pointer(index)
        var budget = TargetLimits.sentBytesPerTurn
        while budget > 0 {
            let isRest = !peer.unsent.isEmpty
            if !isRest {
                let count = peer.session.write(into: self.scratch, capacity: TargetLimits.scratchBytes)
                self.countHTTP2(peer)
                if count == 0 { return self.settleHTTP2(index, peer) }
                peer.unsent.append(contentsOf: UnsafeBufferPointer(start: self.scratch, count: count))
            }
            let result = peer.unsent.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { self.transmit(connection, $0, bytes.count) } ?? .bytes(0)
            }
            switch result {
            case .bytes(let count) where count > 0:
                if connection.pointee.tls == nil { self.counters.bytesSent.add(UInt64(count)) }
                peer.unsent.removeFirst(count)
                budget &-= min(budget, UInt64(count))
            case .wouldBlock: return
            case .bytes, .failed: return self.closeConnection(index)
            }
        }
        self.yield(index)
    }

    /// Everything is sent: ends the connection if it is over.
    private func settleHTTP2(_ index: Int, _ peer: HTTP2Peer) {
        if peer.closes || peer.session.isBroken || peer.session.isOver { self.linger(index) }
    }

    private func countHTTP2(_ peer: HTTP2Peer) {
        self.counters.responses.add(peer.session.responses &- peer.countedResponses)
        self.counters.bodyBytesSent.add(peer.session.bodyBytes &- peer.countedBody)
        peer.countedResponses = peer.session.responses
        peer.countedBody = peer.session.bodyBytes
    }
}
