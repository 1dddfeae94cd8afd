import Measure
import Wire
import Workload

/// Requests over shared connections: submitted, or waiting for a stream. All that is submitted in one turn goes out
/// with one write per connection.
extension Worker {
    /// Sends the user's request if a stream is free; else it waits in line.
    @inline(never)
    mutating func startShared(_ local: Int) {
        self.multiplex.places[local].waitsSince = self.now
        // It pauses after a failure; its deadline calls this again.
        if self.users[local].retryAt > self.now { return }
        let group = self.multiplex.group(ofUser: local)
        let slot = self.multiplex.current(group)
        switch self.multiplex.connections[slot].link {
        case .open:
            let hasRoom = self.multiplex.sessions[slot].hasOutputRoom
            if self.multiplex.groups[group].firstWaiting < 0, hasRoom,
                self.multiplex.sessions[slot].availableStreams > 0
            {
                if self.submit(local, slot) { return }
            }
            self.enqueue(local, group)
            // The full output is written before the turn is over; then the line goes on.
            if !hasRoom { self.list(slot) }
        case .none:
            self.enqueue(local, group)
            self.connectForWaiting(group)
        case .connecting, .shaking, .shared: self.enqueue(local, group)
        }
    }

    private mutating func enqueue(_ local: Int, _ group: Int) {
        let place = self.multiplex.places + local
        if place.pointee.isQueued { return }
        place.pointee.isQueued = true
        place.pointee.nextWaiting = -1
        let last = Int(self.multiplex.groups[group].lastWaiting)
        let next = Int32(truncatingIfNeeded: local)
        if last < 0 {
            self.multiplex.groups[group].firstWaiting = next
        } else {
            self.multiplex.places[last].nextWaiting = next
        }
        self.multiplex.groups[group].lastWaiting = next
    }

    /// Takes the first user from the group's line; -1: the line is empty.
    private func dequeue(_ group: Int) -> Int {
        let line = self.multiplex.groups + group
        let local = Int(line.pointee.firstWaiting)
        if local < 0 { return -1 }
        let place = self.multiplex.places + local
        place.pointee.isQueued = false
        line.pointee.firstWaiting = place.pointee.nextWaiting
        if line.pointee.firstWaiting < 0 { line.pointee.lastWaiting = -1 }
        place.pointee.nextWaiting = -1
        return local
    }

    /// The user's request waits for a stream, and for nothing else.
    private func isWaiting(_ local: Int) -> Bool {
        self.users[local].request == .pending && self.multiplex.places[local].id == 0
            && self.users[local].retryAt <= self.now
    }

    /// Gives free streams to the users in line.
    mutating func drainQueue(_ group: Int) {
        let slot = self.multiplex.current(group)
        guard self.multiplex.connections[slot].link == .open else { return }
        // Each turn takes one user from a line of at most `streams`.
        for _ in 0..<self.multiplex.streams {
            let first = Int(self.multiplex.groups[group].firstWaiting)
            if first < 0 { return }
            let isWaiting = self.isWaiting(first)
            if isWaiting && self.multiplex.sessions[slot].availableStreams <= 0 { return }
            if isWaiting && !self.makesOutputRoom(slot) { return }
            let local = self.dequeue(group)
            if isWaiting && !self.submit(local, slot) { return self.enqueue(local, group) }
        }
    }

    /// Whether the output takes a further request, if need be after writing what fills it. Where the socket is full
    /// too, its next writable event goes on.
    @inline(__always)
    private mutating func makesOutputRoom(_ slot: Int) -> Bool {
        if self.multiplex.sessions[slot].hasOutputRoom { return true }
        self.flushShared(slot)
        return self.multiplex.connections[slot].link == .open && self.multiplex.sessions[slot].hasOutputRoom
    }

    /// When a waiting request needs attention: after its pause, or when it got no stream in time. While a connection is
    /// being made, the connection's deadline counts.
    mutating func endOfWait(_ local: Int) -> UInt64 {
        let place = self.multiplex.places + local
        if self.users[local].retryAt > self.now || !place.pointee.isQueued { return self.users[local].retryAt }
        let connection = self.multiplex.connection(ofUser: local)
        if connection.pointee.link != .open { return DeadlineHeap.never }
        return max(place.pointee.waitsSince, connection.pointee.openedAt) &+ self.setup.timeouts.firstByte
    }

    /// Handles the deadline of a waiting request.
    @inline(never)
    mutating func checkWait(_ local: Int) {
        if self.users[local].retryAt > self.now { return }
        if !self.multiplex.places[local].isQueued {
            self.startShared(local)
        } else if self.endOfWait(local) <= self.now {
            self.requestFailed(local, .timeoutFirstByte, .noStreamInTime, excerpt: 0)
        } else {
            // It kept its place in the line through its pause: by now a stream may be free.
            self.drainQueue(self.multiplex.group(ofUser: local))
        }
    }

    /// Fails every request that waits for a connection.
    mutating func failWaiting(_ group: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        for _ in 0..<self.multiplex.streams {
            let local = self.dequeue(group)
            if local < 0 { return }
            if self.isWaiting(local) { self.requestFailed(local, error, detail, excerpt: 0) }
        }
    }

    /// Hands a request to the session. False: the session broke on it.
    @inline(__always)
    private mutating func submit(_ local: Int, _ slot: Int) -> Bool {
        let user = self.users + local
        let connection = self.multiplex.connections + slot
        let place = self.multiplex.places + local
        // For requests that go out together, the first decides whether the connection was idle.
        let isAlone = self.multiplex.sessions[slot].openStreams == 0
        if isAlone || connection.pointee.unsent < 0 {
            connection.pointee.wasIdle = isAlone && connection.pointee.isAnswered
        }
        place.pointee.wasIdle = connection.pointee.wasIdle
        let id = self.multiplex.sessions[slot].submit(
            self.requests[Int(user.pointee.step)], tag: UInt32(truncatingIfNeeded: local))
        self.list(slot)
        if id == 0 { return false }
        let header = self.multiplex.sessions[slot].counts.sentHeader
        self.window(of: local).pointee.counters.sentHeader &+= header &- connection.pointee.counted.sentHeader
        connection.pointee.counted.sentHeader = header
        self.addressTallies[connection.pointee.tries.preferred].requests &+= 1
        place.pointee.id = id
        place.pointee.slot = Int32(truncatingIfNeeded: slot)
        place.pointee.answer = HTTP2Answer()
        user.pointee.request = .sent
        // A request that is sent again counts from its first send.
        if user.pointee.sentAt == 0 {
            user.pointee.sentAt = self.now
            if !place.pointee.isUnsent {
                place.pointee.isUnsent = true
                place.pointee.nextUnsent = connection.pointee.unsent
                connection.pointee.unsent = Int32(truncatingIfNeeded: local)
            }
        }
        self.armLazily(local)
        return true
    }

    /// Lists the connection to be settled before the turn is over.
    @inline(__always)
    mutating func list(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        if connection.pointee.isListed { return }
        connection.pointee.isListed = true
        self.multiplex.listed[self.listedCount] = Int32(truncatingIfNeeded: slot)
        self.listedCount &+= 1
    }

    /// Settles the listed connections. Those that are listed meanwhile have their turn next time.
    @inline(never)
    mutating func settleListed() {
        let count = self.listedCount
        for index in 0..<count {
            let slot = Int(self.multiplex.listed[index])
            self.multiplex.connections[slot].isListed = false
            self.settleShared(slot)
        }
        for index in count..<self.listedCount { self.multiplex.listed[index &- count] = self.multiplex.listed[index] }
        self.listedCount &-= count
    }

    /// Writes what waits. The clock read right before the first write is the service start of every request in it.
    @inline(__always)
    mutating func flushShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        for _ in 0..<Worker.writesPerEventLimit {
            let output = self.multiplex.sessions[slot].output()
            guard let bytes = output.baseAddress, output.count > 0 else { return }
            let isFirst = connection.pointee.unsent >= 0
            let started = isFirst ? MonotonicClock.now() : 0
            let transfer = connection.pointee.transport.send(
                self.tlsState, bytes.assumingMemoryBound(to: UInt8.self), count: output.count)
            let isSecured = connection.pointee.transport.isSecured
            if isSecured { self.countCiphertext(ofShared: slot) }
            switch transfer {
            case .bytes(let count):
                self.multiplex.sessions[slot].sent(count)
                if !isSecured { self.windowNow.pointee.counters.sentSocket &+= UInt64(truncatingIfNeeded: count) }
                if isFirst { self.noteSent(slot, at: started) }
            case .wouldBlock: return
            case .ended: return self.sharedLost(slot, .truncated, .closedEarly)
            case .failed(let failure): return self.sharedTransferFailed(slot, failure)
            }
        }
        self.comeBackShared(slot)
    }

    /// Sets the send time of the requests in the chain.
    @inline(__always)
    private func noteSent(_ slot: Int, at time: UInt64) {
        var next = Int(self.multiplex.connections[slot].unsent)
        self.multiplex.connections[slot].unsent = -1
        // The chain is finite: each user is in one chain, once.
        while next >= 0 {
            let place = self.multiplex.places + next
            if self.users[next].request == .sent && place.pointee.id != 0 { self.users[next].sentAt = time }
            place.pointee.isUnsent = false
            next = Int(place.pointee.nextUnsent)
        }
    }

    /// Sends a request again where the server reports, or the protocol implies, that nothing of it was processed. After
    /// a refused stream the user pauses first.
    mutating func sendAgain(_ local: Int, _ cause: ResentCause, _ detail: FailureDetail) {
        let user = self.users + local
        user.pointee.flags.insert(.retried)
        user.pointee.flags.remove(.headSeen)
        user.pointee.request = .pending
        user.pointee.firstByteAt = 0
        self.countResent(local, cause, detail)
        if cause == .refusedStream { self.backOff(local, mayBeNow: false) }
        self.startShared(local)
        self.arm(local)
    }

    /// The user gives up its stream, if it has one: only its own request failed, not the connection.
    mutating func leaveStream(_ local: Int) {
        let place = self.multiplex.places + local
        let id = place.pointee.id
        if id == 0 { return }
        let slot = Int(place.pointee.slot)
        self.noteProgress(local)
        place.pointee.id = 0
        self.multiplex.sessions[slot].cancel(id)
        self.list(slot)
        if self.isAccepting && self.multiplex.connections[slot].lastByteAt < self.users[local].sentAt {
            // Nothing at all came since the request was sent, so no new request is risked on this connection.
            self.drain(slot, isAnnounced: true)
        }
    }

    /// Notes what has come of an answer so far.
    mutating func noteProgress(_ local: Int) {
        let place = self.multiplex.places + local
        let slot = Int(place.pointee.slot)
        guard place.pointee.id != 0, let event = self.multiplex.sessions[slot].progress(of: place.pointee.id) else {
            return
        }
        self.note(event, of: local, slot)
    }

    /// Keeps what an event reported of an answer.
    @inline(__always)
    func note(_ event: HTTP2Event, of local: Int, _ slot: Int) {
        let connection = self.multiplex.connections + slot
        self.multiplex.places[local].answer = HTTP2Answer(
            status: event.status, interimCount: event.interimCount, headerBytes: event.headerBytes,
            bodyBytes: event.bodyBytes)
        connection.pointee.counted.receivedHeader &+= UInt64(event.headerBytes)
        connection.pointee.counted.receivedBody &+= event.bodyBytes
        if !event.isWhole { return }
        let step = self.steps + Int(self.users[local].step)
        let body = UInt64(truncatingIfNeeded: step.pointee.byteCount &- step.pointee.headerCount)
        self.window(of: local).pointee.counters.sentBody &+= body
        connection.pointee.counted.sentBody &+= body
    }
}
