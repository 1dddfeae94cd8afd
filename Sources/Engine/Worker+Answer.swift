import CLinux
import Measure
import Wire

/// Answers: read, judged, and the next request after them. The clock is read right after the last read.
extension Worker {
    /// Reads what there is. `ended`: the peer closed its side, so read to the end.
    @inline(__always)
    mutating func read(_ local: Int, ended: Bool) {
        let user = self.users + local
        let generation = user.pointee.generation
        let isSecured = user.pointee.transport.isSecured
        if isSecured { user.pointee.transport.wake(self.tlsState, isEnded: ended) }
        for _ in 0..<(isSecured ? Worker.recordsPerEventLimit : Worker.readsPerEventLimit) {
            if user.pointee.request != .sent {
                self.readIdle(local)
                return
            }
            let left = user.pointee.parser.discardable
            let wanted: Int
            let transfer: Transport.Transfer
            if left > 0 {
                // One byte more than the body shows without another call whether anything follows it.
                wanted = Int(truncatingIfNeeded: min(left, UInt64(Int32.max))) &+ 1
                transfer = self.receive(local, nil, wanted)
            } else {
                // OpenSSL has read the record whole, so nothing can be left in the kernel.
                let isHead = !user.pointee.parser.isHeadComplete && !isSecured
                wanted = isHead ? Worker.headReadSize : Worker.bodyReadSize
                transfer = self.receive(local, self.scratch, wanted)
            }
            switch transfer {
            case .bytes(let count):
                if !self.took(local, count, discarded: left > 0, ended: ended) { return }
                if user.pointee.generation != generation { return }
                let isDry = isSecured ? user.pointee.transport.isDry(self.tlsState) : count < wanted
                if isDry && !ended { return }
            case .wouldBlock:
                if isSecured { self.countCiphertext(local) }
                return
            case .ended(let isClean):
                self.answerEnded(local, isClean: isClean)
                return
            case .failed(let failure):
                self.transferFailed(local, failure)
                return
            }
        }
        self.comeBack(local)
    }

    /// One read into a buffer; without one the bytes are dropped.
    @inline(__always)
    private mutating func receive(
        _ local: Int, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int
    ) -> Transport.Transfer {
        let user = self.users + local
        if user.pointee.flags.contains(.sampled) {
            return self.receiveStamped(local, buffer, capacity)
        }
        guard let buffer else {
            return user.pointee.transport.discard(
                self.tlsState, capacity, scratch: self.scratch, capacity: Worker.bodyReadSize)
        }
        return user.pointee.transport.receive(self.tlsState, into: buffer, capacity: capacity)
    }

    /// Handles bytes of the answer. False when they ended the connection or the request with a fault.
    @inline(__always)
    private mutating func took(_ local: Int, _ count: Int, discarded: Bool, ended: Bool) -> Bool {
        let user = self.users + local
        let window = self.window(of: local)
        if user.pointee.transport.isSecured {
            self.countCiphertext(local)
        } else {
            window.pointee.counters.receivedSocket &+= UInt64(truncatingIfNeeded: count)
        }
        let outcome =
            discarded
            ? user.pointee.parser.discarded(UInt64(truncatingIfNeeded: count))
            : user.pointee.parser.feed(
                UnsafePointer(self.scratch), count: count,
                memo: &self.memos[min(Int(user.pointee.step), self.stepCount)])
        let excerpt = discarded ? 0 : count
        switch outcome {
        case .more:
            user.pointee.lastByteAt = self.now
            if user.pointee.firstByteAt == 0 {
                user.pointee.firstByteAt = MonotonicClock.now()
                if user.pointee.flags.contains(.sampled) { self.noteSampledFirstByte(local) }
                self.armLazily(local)
            }
            if !user.pointee.flags.contains(.headSeen) {
                if user.pointee.parser.isHeadComplete {
                    user.pointee.flags.insert(.headSeen)
                    self.lookAtHead(local, excerpt)
                } else {
                    self.gatherHead(local, excerpt)
                }
            }
            return true
        case .complete(let consumed):
            if !discarded && consumed < count {
                self.requestFailed(
                    local, .protocolHTTP1,
                    .fault(.surplus), excerpt: excerpt)
                return false
            }
            if !user.pointee.flags.contains(.headSeen) { self.lookAtHead(local, excerpt) }
            self.requestAnswered(local, ended: ended)
            return user.pointee.link == .open
        case .failed(let fault):
            let failure: ErrorClass = fault == .headerLimit ? .headerLimit : .protocolHTTP1
            let isTLS = fault == .startLine && TLSFault.looksLikeTLS(self.scratch, count: excerpt)
            self.requestFailed(local, failure, isTLS ? .speaksTLS : .fault(fault), excerpt: excerpt)
            return false
        }
    }

    /// The final head is whole, and its end is in the buffer.
    @inline(__always)
    private mutating func lookAtHead(_ local: Int, _ excerpt: Int) {
        if self.gatheredCount > 0 || self.isRedirect(self.users[local].parser.status) {
            self.lookAtRedirect(local, excerpt)
        }
        if self.isUnwelcome(local) { self.keepStatusExample(local, excerpt) }
    }

    /// The status fails the request, whatever its body is.
    @inline(__always)
    func isUnwelcome(_ local: Int) -> Bool {
        let status = Int32(self.status(of: local))
        let expected = self.steps[Int(self.users[local].step)].expectStatus
        return status >= 400 || (expected >= 0 && status != expected)
    }

    /// Keeps an example of a status that fails the request, while its head is still in the buffer.
    @inline(never)
    private mutating func keepStatusExample(_ local: Int, _ count: Int) {
        let user = self.users + local
        let status = user.pointee.parser.status
        // A redirect that is followed is no failure. Whether it can be followed shows at its end.
        if self.setup.follow > 0 && self.isRedirect(status) { return }
        // nginx and other servers answer so when a request in clear text comes to a TLS port.
        let isMaybeTLS =
            status == 400 && !user.pointee.transport.isSecured
            && !user.pointee.flags.contains(.connectionAnswered)
        self.keepExample(local, .status, isMaybeTLS ? .badRequest : .status(status), excerpt: count)
    }

    /// The stream ended while an answer was due. `isClean`: with TLS, close_notify came, so nothing is missing.
    @inline(never)
    private mutating func answerEnded(_ local: Int, isClean: Bool) {
        let user = self.users + local
        if user.pointee.transport.isSecured { self.countCiphertext(local) }
        if !user.pointee.parser.hasStarted {
            self.connectionLost(local, nil)
            return
        }
        switch user.pointee.parser.endOfStream() {
        case .complete where isClean: self.requestAnswered(local, ended: true)
        case .complete: self.requestFailed(local, .truncated, .noCloseNotify, excerpt: 0)
        case .more, .failed: self.requestFailed(local, .truncated, .closedEarly, excerpt: 0)
        }
    }

    /// Something came while no request was open: the end of the connection, or bytes that belong to no request.
    @inline(never)
    private mutating func readIdle(_ local: Int) {
        let user = self.users + local
        let transfer = self.receive(local, self.scratch, Worker.headReadSize)
        if user.pointee.transport.isSecured {
            self.countCiphertext(local)
        } else if case .bytes(let count) = transfer {
            self.windowNow.pointee.counters.receivedSocket &+= UInt64(truncatingIfNeeded: count)
        }
        switch transfer {
        case .bytes(let count):
            self.countSurplus(local, count)
            self.connectionLost(local, nil)
        case .failed(.tls(let fault)):
            self.countFault(local, Self.tlsClass(fault), .tls(fault))
            self.connectionLost(local, nil)
        case .ended: self.connectionLost(local, nil)
        case .wouldBlock: return
        case .failed(.system(let error)): self.connectionLost(local, error)
        }
    }

    /// The last byte of an answer was read.
    @inline(__always)
    mutating func requestAnswered(_ local: Int, ended: Bool) {
        let end = MonotonicClock.now()
        self.now = end
        self.settleAnswer(local, at: end)
        let isWhole = !self.isSending(local)
        let isLastOfSession = self.advance(local, at: end)
        self.settleConnection(local, ended: ended, isWhole: isWhole, sessionOver: isLastOfSession)
        self.goOn(local)
    }

    /// The status of the answer, whichever protocol brought it.
    @inline(__always)
    private func status(of local: Int) -> UInt16 {
        self.multiplex.isOn ? self.multiplex.places[local].answer.status : self.users[local].parser.status
    }

    /// The bytes of its body.
    @inline(__always)
    private func bodyBytes(of local: Int) -> UInt64 {
        self.multiplex.isOn ? self.multiplex.places[local].answer.bodyBytes : self.users[local].parser.bodyBytes
    }

    /// Judges and counts the answer that was complete at `end`.
    @inline(__always)
    mutating func settleAnswer(_ local: Int, at end: UInt64) {
        let user = self.users + local
        user.pointee.lastByteAt = end
        if user.pointee.firstByteAt == 0 { user.pointee.firstByteAt = end }
        let status = self.status(of: local)
        let window = self.window(of: local)
        if user.pointee.flags.contains(.sampled) { self.recordClientDelay(local, at: end) }
        window.pointee.counters.status[max(0, min(4, Int(status) / 100 &- 1))] &+= 1
        self.hold(local, at: end)
        if self.isRedirect(status) && self.takeRedirect(local, status, at: end) { return }
        if self.isUnwelcome(local) {
            self.settleFailure(local, .status, at: end)
        } else if self.isBodyUnexpected(local) {
            self.bodyMismatched(local, at: end)
        } else {
            self.settleSuccess(local, at: end)
        }
    }

    /// Counts and records an answer that was as expected.
    @inline(__always)
    mutating func settleSuccess(_ local: Int, at end: UInt64) {
        let user = self.users + local
        let window = self.window(of: local)
        self.countAnswerBytes(local)
        window.pointee.counters.requestsOK &+= 1
        self.record(local, window.pointee.succeeded, at: end)
        self.recordApart(local, failed: false, at: end)
        if user.pointee.flags.contains(.sampled) { self.recordLower(local) }
        user.pointee.request = .none
        self.inFlight &-= 1
    }

    @inline(__always)
    private func isBodyUnexpected(_ local: Int) -> Bool {
        let step = self.steps + Int(self.users[local].step)
        return step.pointee.expectBytes != .max && !step.pointee.isHead
            && self.bodyBytes(of: local) != step.pointee.expectBytes
    }

    @inline(never)
    private mutating func bodyMismatched(_ local: Int, at end: UInt64) {
        let found = self.bodyBytes(of: local)
        let expected = self.steps[Int(self.users[local].step)].expectBytes
        self.keepExample(local, .bodyMismatch, .bodyBytes(found: found, expected: expected), excerpt: 0)
        self.settleFailure(local, .bodyMismatch, at: end)
    }
}
