import CLinux
import Measure
import Wire

/// Requests: started when due, written, answered, failed. The clock is read right before the first write and
/// right after the last read.
extension Worker {
    @inline(__always)
    func window(of local: Int) -> UnsafeMutablePointer<HotWindow> {
        self.windows + (self.users[local].flags.contains(.requestInHold) ? 1 : 0)
    }

    /// Part of the request is still to be written.
    @inline(__always)
    func isSending(_ local: Int) -> Bool {
        self.users[local].sendOffset < self.steps[Int(self.users[local].step)].byteCount
    }

    /// Starts the request that is due: on the connection there is, or on one that is made for it.
    @inline(__always)
    mutating func startRequest(_ local: Int) {
        let user = self.users + local
        if !user.pointee.flags.contains(.inSession) && !self.beginSession(local) { return }
        let intended = user.pointee.dueAt
        user.pointee.intended = intended
        self.readHoldStart()
        if intended >= self.holdStart {
            user.pointee.flags.insert(.requestInHold)
        } else {
            user.pointee.flags.remove(.requestInHold)
        }
        user.pointee.flags.subtract(.ofRequest)
        user.pointee.sentAt = 0
        user.pointee.firstByteAt = 0
        user.pointee.sendOffset = 0
        user.pointee.request = .pending
        self.inFlight &+= 1
        self.window(of: local).pointee.counters.requestsStarted &+= 1
        switch user.pointee.link {
        case .open: self.sendRequest(local)
        case .connecting: break
        case .none: if user.pointee.retryAt <= self.now { self.connect(local) }
        }
    }

    /// Hands the first bytes of the request to the kernel.
    @inline(__always)
    mutating func sendRequest(_ local: Int) {
        let user = self.users + local
        user.pointee.parser.begin(isHead: self.steps[Int(user.pointee.step)].isHead)
        user.pointee.request = .sent
        // A request that is sent again counts from its first time.
        if user.pointee.sentAt == 0 { user.pointee.sentAt = MonotonicClock.now() }
        self.writeRequest(local)
        if user.pointee.request == .sent { self.armLazily(local) }
    }

    /// Writes what is left of the request; the socket's next writable event continues.
    mutating func writeRequest(_ local: Int) {
        let user = self.users + local
        let step = self.steps + Int(user.pointee.step)
        // A short write means that the socket is full: the next one says so, or it went on meanwhile.
        for _ in 0..<Worker.writesPerEventLimit {
            let offset = user.pointee.sendOffset
            switch Socket.send(user.pointee.fd, step.pointee.bytes + offset, step.pointee.byteCount &- offset)
            {
            case .bytes(let count):
                user.pointee.sendOffset = offset &+ count
                let window = self.window(of: local)
                let header = max(0, min(offset &+ count, step.pointee.headerCount) &- offset)
                window.pointee.counters.sentSocket &+= UInt64(truncatingIfNeeded: count)
                window.pointee.counters.sentHeader &+= UInt64(truncatingIfNeeded: header)
                window.pointee.counters.sentBody &+= UInt64(truncatingIfNeeded: count &- header)
                if offset &+ count >= step.pointee.byteCount { return }
            case .wouldBlock:
                return
            case .failed(let error):
                self.connectionLost(local, error)
                return
            }
        }
        self.comeBack(local)
    }

    /// Much to do still: a fresh edge brings us back after the others had their turn.
    @inline(never)
    private mutating func comeBack(_ local: Int) {
        do {
            try self.poller.rearm(self.users[local].fd, tag: self.tag(local))
        } catch {
            self.connectionLost(local, error)
        }
    }

    /// Reads what there is. `ended`: the peer closed its side, so read to the end.
    @inline(__always)
    mutating func read(_ local: Int, ended: Bool) {
        let user = self.users + local
        let generation = user.pointee.generation
        for _ in 0..<Worker.readsPerEventLimit {
            if user.pointee.request != .sent {
                self.readIdle(local)
                return
            }
            let left = user.pointee.parser.discardable
            let wanted: Int
            let transfer: Socket.Transfer
            if left > 0 {
                // One byte more than the body shows whether anything follows it, without another call.
                wanted = Int(truncatingIfNeeded: min(left, UInt64(Int32.max))) &+ 1
                transfer = Socket.discard(user.pointee.fd, wanted)
            } else {
                wanted = user.pointee.parser.isHeadComplete ? Worker.bodyReadSize : Worker.headReadSize
                transfer = Socket.receive(user.pointee.fd, self.scratch, wanted)
            }
            switch transfer {
            case .bytes(let count):
                if count == 0 {
                    self.answerEnded(local)
                    return
                }
                if !self.took(local, count, discarded: left > 0, ended: ended) { return }
                if count < wanted && !ended { return }
                if user.pointee.generation != generation { return }
            case .wouldBlock:
                return
            case .failed(let error):
                self.connectionLost(local, error)
                return
            }
        }
        self.comeBack(local)
    }

    /// Bytes of the answer came. False when the connection or the request ended with them badly.
    @inline(__always)
    private mutating func took(_ local: Int, _ count: Int, discarded: Bool, ended: Bool) -> Bool {
        let user = self.users + local
        let window = self.window(of: local)
        window.pointee.counters.receivedSocket &+= UInt64(truncatingIfNeeded: count)
        let outcome =
            discarded
            ? user.pointee.parser.discarded(UInt64(truncatingIfNeeded: count))
            : user.pointee.parser.feed(
                UnsafePointer(self.scratch), count: count, memo: &self.memos[Int(user.pointee.step)])
        let excerpt = discarded ? 0 : count
        switch outcome {
        case .more:
            user.pointee.lastByteAt = self.now
            if user.pointee.firstByteAt == 0 {
                user.pointee.firstByteAt = MonotonicClock.now()
                self.armLazily(local)
            }
            if !user.pointee.flags.contains(.headSeen) && user.pointee.parser.isHeadComplete {
                user.pointee.flags.insert(.headSeen)
                if self.isUnwelcome(local) { self.keepStatusExample(local, excerpt) }
            }
            return true
        case .complete(let consumed):
            if !discarded && consumed < count {
                self.requestFailed(
                    local, .protocolHTTP1,
                    .fault(.surplus), excerpt: excerpt)
                return false
            }
            if !user.pointee.flags.contains(.headSeen) && self.isUnwelcome(local) {
                self.keepStatusExample(local, excerpt)
            }
            self.requestAnswered(local, ended: ended)
            return user.pointee.link == .open
        case .failed(let fault):
            let failure: ErrorClass = fault == .headerLimit ? .headerLimit : .protocolHTTP1
            self.requestFailed(local, failure, .fault(fault), excerpt: excerpt)
            return false
        }
    }

    /// The status fails the request, whatever its body is.
    @inline(__always)
    private func isUnwelcome(_ local: Int) -> Bool {
        let status = Int32(self.users[local].parser.status)
        let expected = self.steps[Int(self.users[local].step)].expectStatus
        return status >= 400 || (expected >= 0 && status != expected)
    }

    /// Keeps an example of a status that fails the request, while its head is still in the buffer.
    @inline(never)
    private mutating func keepStatusExample(_ local: Int, _ count: Int) {
        self.keepExample(local, .status, .status(self.users[local].parser.status), excerpt: count)
    }

    /// The stream ended while an answer was due.
    @inline(never)
    private mutating func answerEnded(_ local: Int) {
        let user = self.users + local
        if !user.pointee.parser.hasStarted {
            self.connectionLost(local, nil)
            return
        }
        switch user.pointee.parser.endOfStream() {
        case .complete: self.requestAnswered(local, ended: true)
        case .more, .failed:
            self.requestFailed(
                local, .truncated, .closedEarly, excerpt: 0)
        }
    }

    /// Something came while nothing was asked: the end of the connection, or bytes that belong to no request.
    @inline(never)
    private mutating func readIdle(_ local: Int) {
        let user = self.users + local
        switch Socket.receive(user.pointee.fd, self.scratch, Worker.headReadSize) {
        case .bytes(let count):
            (self.windows + (self.now >= self.holdStart ? 1 : 0)).pointee.counters.receivedSocket &+=
                UInt64(truncatingIfNeeded: count)
            self.connectionLost(local, nil)
        case .wouldBlock: return
        case .failed(let error): self.connectionLost(local, error)
        }
    }

    /// Adds the answer's bytes by class.
    @inline(__always)
    func countAnswerBytes(_ local: Int) {
        let user = self.users + local
        if user.pointee.request != .sent { return }
        let window = self.window(of: local)
        window.pointee.counters.receivedHeader &+= UInt64(user.pointee.parser.headerBytes)
        window.pointee.counters.receivedBody &+= user.pointee.parser.bodyBytes
        window.pointee.counters.status[0] &+= UInt64(user.pointee.parser.interimCount)
    }

    /// The last byte of an answer was read.
    @inline(__always)
    private mutating func requestAnswered(_ local: Int, ended: Bool) {
        let end = MonotonicClock.now()
        self.now = end
        let user = self.users + local
        user.pointee.lastByteAt = end
        if user.pointee.firstByteAt == 0 { user.pointee.firstByteAt = end }
        let status = user.pointee.parser.status
        let window = self.window(of: local)
        window.pointee.counters.status[max(0, min(4, Int(status) / 100 &- 1))] &+= 1
        self.hold(local, at: end)
        if self.isUnwelcome(local) {
            self.settleFailure(local, .status, at: end)
        } else if self.isBodyUnexpected(local) {
            self.bodyMismatched(local, at: end)
        } else {
            self.countAnswerBytes(local)
            window.pointee.counters.requestsOK &+= 1
            self.record(local, window.pointee.succeeded, at: end)
            user.pointee.request = .none
            self.inFlight &-= 1
        }
        let isWhole = !self.isSending(local)
        let isLastOfSession = self.advance(local, at: end)
        self.settleConnection(local, ended: ended, isWhole: isWhole, sessionOver: isLastOfSession)
        self.goOn(local)
    }

    @inline(__always)
    private func isBodyUnexpected(_ local: Int) -> Bool {
        let step = self.steps + Int(self.users[local].step)
        return step.pointee.expectBytes != .max && !step.pointee.isHead
            && self.users[local].parser.bodyBytes != step.pointee.expectBytes
    }

    @inline(never)
    private mutating func bodyMismatched(_ local: Int, at end: UInt64) {
        let found = self.users[local].parser.bodyBytes
        let expected = self.steps[Int(self.users[local].step)].expectBytes
        self.keepExample(local, .bodyMismatch, .bodyBytes(found: found, expected: expected), excerpt: 0)
        self.settleFailure(local, .bodyMismatch, at: end)
    }

    /// Records a request that began to be sent.
    @inline(__always)
    private func record(_ local: Int, _ recorders: HotWindow.Recorders, at end: UInt64) {
        let user = self.users + local
        recorders.response.record(end &- min(end, user.pointee.intended))
        if user.pointee.sentAt == 0 { return }
        recorders.service.record(end &- min(end, user.pointee.sentAt))
        recorders.sendLag.record(user.pointee.sentAt &- min(user.pointee.sentAt, user.pointee.intended))
        if user.pointee.firstByteAt == 0 { return }
        recorders.firstByte.record(
            user.pointee.firstByteAt &- min(user.pointee.firstByteAt, user.pointee.sentAt))
    }

    /// Counts the request as failed; what becomes of its connection is the caller's.
    @inline(never)
    private mutating func settleFailure(_ local: Int, _ error: ErrorClass, at end: UInt64) {
        let user = self.users + local
        let window = self.window(of: local)
        self.countAnswerBytes(local)
        window.pointee.counters.errors[Int(error.rawValue)] &+= 1
        self.record(local, window.pointee.failed, at: end)
        user.pointee.flags.insert(.sessionFailed)
        user.pointee.request = .none
        self.inFlight &-= 1
    }

    /// The request failed, and its connection with it.
    @inline(never)
    mutating func requestFailed(
        _ local: Int, _ error: ErrorClass, _ detail: FailureDetail, excerpt: Int
    ) {
        self.now = max(self.now, MonotonicClock.now())
        let user = self.users + local
        self.keepExample(local, error, detail, excerpt: excerpt)
        self.settleFailure(local, error, at: self.now)
        let wasUsed = user.pointee.flags.contains(.connectionAnswered)
        if wasUsed { user.pointee.flags.insert(.reconnecting) }
        self.closeConnection(local)
        self.loseHold(local)
        self.backOff(local, mayBeNow: wasUsed)
        _ = self.advance(local, at: self.now)
        if !self.isPlannedDue(local) && user.pointee.dueAt < user.pointee.retryAt {
            // Not a plan: the pause before the next try belongs to the user's waiting, not to its answer.
            user.pointee.dueAt = user.pointee.retryAt
        }
        self.arm(local)
    }

    /// Keeps the first example of a class: the request, what was wrong, and the beginning of the answer.
    @inline(never)
    mutating func keepExample(
        _ local: Int, _ error: ErrorClass, _ detail: FailureDetail, excerpt: Int
    ) {
        let bit = UInt32(1) << UInt32(error.rawValue)
        if self.examplesTaken & bit != 0 { return }
        self.examplesTaken |= bit
        let count = max(0, min(excerpt, ErrorExample.excerptLimit))
        self.examples.append(
            ErrorExample(
                error: error, at: self.now &- min(self.now, self.setup.startedAt),
                request: self.program.titles[Int(self.users[local].step)], detail: detail.sentence,
                excerpt: Array(UnsafeBufferPointer(start: self.scratch, count: count))))
    }
}
