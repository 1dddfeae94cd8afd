import Measure
import Wire

/// Requests: started when due, and written. The clock is read right before the first write.
extension Worker {
    @inline(__always)
    func window(of local: Int) -> UnsafeMutablePointer<HotWindow> {
        self.windows + (self.users[local].flags.contains(.requestInHold) ? 1 : 0)
    }

    /// Part of the request is not written yet.
    @inline(__always)
    func isSending(_ local: Int) -> Bool {
        self.users[local].sendOffset < self.steps[Int(self.users[local].step)].byteCount
    }

    /// Starts the request that is due, on the open connection or on a new one.
    @inline(__always)
    mutating func startRequest(_ local: Int) {
        let user = self.users + local
        let isFirst = !user.pointee.flags.contains(.inSession)
        if isFirst && !self.beginSession(local) { return }
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
        if self.hasPlan {
            self.watchLateness(local, isFirst: isFirst)
        } else {
            self.watchStart(local, isFirst: isFirst)
        }
        switch user.pointee.link {
        case .open: self.sendRequest(local)
        case .connecting, .shaking: break
        case .shared: self.startShared(local)
        case .none: if user.pointee.retryAt <= self.now { self.connect(local) }
        }
    }

    /// Hands the first bytes of the request to the kernel.
    @inline(__always)
    mutating func sendRequest(_ local: Int) {
        let user = self.users + local
        user.pointee.parser.begin(isHead: self.steps[Int(user.pointee.step)].isHead)
        user.pointee.request = .sent
        // A request that is sent again counts from its first send.
        if user.pointee.sentAt == 0 { user.pointee.sentAt = MonotonicClock.now() }
        self.addressTallies[user.pointee.tries.preferred].requests &+= 1
        self.writeRequest(local)
        if user.pointee.request == .sent {
            if user.pointee.flags.contains(.sampled) && !self.isSending(local) { self.noteSampledSent(local) }
            self.armLazily(local)
        }
    }

    /// Writes what is left of the request; the socket's next writable event continues.
    mutating func writeRequest(_ local: Int) {
        let user = self.users + local
        let step = self.steps + Int(user.pointee.step)
        // A short write means that the socket is full. The next write reports that, or goes on if there is room again.
        for _ in 0..<Worker.writesPerEventLimit {
            let offset = user.pointee.sendOffset
            let transfer = user.pointee.transport.send(
                self.tlsState, step.pointee.bytes + offset, count: step.pointee.byteCount &- offset)
            if user.pointee.transport.isSecured { self.countCiphertext(local) }
            switch transfer {
            case .bytes(let count):
                user.pointee.sendOffset = offset &+ count
                let window = self.window(of: local)
                let header = max(0, min(offset &+ count, step.pointee.headerCount) &- offset)
                if !user.pointee.transport.isSecured {
                    window.pointee.counters.sentSocket &+= UInt64(truncatingIfNeeded: count)
                }
                window.pointee.counters.sentHeader &+= UInt64(truncatingIfNeeded: header)
                window.pointee.counters.sentBody &+= UInt64(truncatingIfNeeded: count &- header)
                if offset &+ count >= step.pointee.byteCount {
                    if offset > 0 && user.pointee.flags.contains(.sampled) { self.noteSampledSent(local) }
                    return
                }
            case .wouldBlock:
                return
            case .ended:
                self.connectionLost(local, nil)
                return
            case .failed(let failure):
                self.transferFailed(local, failure)
                return
            }
        }
        self.comeBack(local)
    }

    /// More is left to read or write: a fresh edge brings the connection back after the others had their turn.
    @inline(never)
    mutating func comeBack(_ local: Int) {
        self.hasLeftSome = true
        do {
            try self.poller.rearm(self.users[local].transport.fd, tag: self.tag(local))
        } catch {
            guard let failure = Self.watchClass(error) else { return self.failure = error }
            if self.users[local].request == .none {
                self.countFault(local, failure, .unwatched(error))
                self.connectionLost(local, nil)
            } else {
                self.requestFailed(local, failure, .unwatched(error), excerpt: 0)
            }
        }
    }
}
