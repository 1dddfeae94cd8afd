import Measure
import Wire
import Workload

/// Answers over shared connections: read, judged, and what follows from them.
extension Worker {
    /// An event whose tag belongs to no user: it is a shared connection's, or that of one that is gone.
    @inline(never)
    mutating func sharedEvent(_ index: Int, _ generation: UInt32, _ event: PollEvent) {
        let slot = index &- self.userCount
        guard slot >= 0, slot < self.multiplex.slotsMade(users: self.usersMade),
            self.multiplex.connections[slot].generation == generation
        else { return }
        let connection = self.multiplex.connections + slot
        switch connection.pointee.link {
        case .none, .shared: return
        case .connecting: if event.isWritable { self.sharedConnectEnded(slot) }
        case .shaking: self.handshakeShared(slot)
        case .open: break
        }
        guard connection.pointee.link == .open, connection.pointee.generation == generation else { return }
        if event.isReadable || connection.pointee.transport.isSecured { self.readShared(slot, ended: event.isEnded) }
        if connection.pointee.generation == generation { self.settleShared(slot) }
    }

    /// Reads what there is. The clock is read once after each read; every answer that ends in it gets that time.
    private mutating func readShared(_ slot: Int, ended: Bool) {
        let connection = self.multiplex.connections + slot
        let generation = connection.pointee.generation
        let isSecured = connection.pointee.transport.isSecured
        if isSecured { connection.pointee.transport.wake(self.tlsState, isEnded: ended) }
        for _ in 0..<(isSecured ? Worker.recordsPerEventLimit : Worker.readsPerEventLimit) {
            let wanted = Worker.bodyReadSize
            let transfer =
                connection.pointee.isSampled
                ? self.receiveSharedStamped(slot, wanted)
                : connection.pointee.transport.receive(self.tlsState, into: self.scratch, capacity: wanted)
            self.now = MonotonicClock.now()
            if isSecured { self.countCiphertext(ofShared: slot) }
            switch transfer {
            case .bytes(let count):
                connection.pointee.lastByteAt = self.now
                if self.multiplex.sessions[slot].openStreams > 0 { connection.pointee.quietSince = self.now }
                if !isSecured { self.windowNow.pointee.counters.receivedSocket &+= UInt64(truncatingIfNeeded: count) }
                self.feedShared(slot, count)
                if connection.pointee.generation != generation || self.multiplex.sessions[slot].isOver { return }
                let isDry = isSecured ? connection.pointee.transport.isDry(self.tlsState) : count < wanted
                if isDry && !ended { return }
            case .wouldBlock: return
            case .ended: return self.sharedLost(slot, .truncated, .closedEarly)
            case .failed(let failure): return self.sharedTransferFailed(slot, failure)
            }
        }
        self.comeBackShared(slot)
    }

    /// Feeds what was read to the session. It terminates: each turn uses bytes, or takes events to make room for more.
    @inline(__always)
    private mutating func feedShared(_ slot: Int, _ count: Int) {
        var offset = 0
        while offset < count {
            offset &+= self.multiplex.sessions[slot].feed(
                UnsafePointer(self.scratch + offset), count: count &- offset, now: self.now)
            self.takeEvents(slot)
        }
    }

    /// More is left to read or write: a fresh edge brings the connection back after the others had their turn.
    @inline(never)
    mutating func comeBackShared(_ slot: Int) {
        self.hasLeftSome = true
        do {
            try self.poller.rearm(self.multiplex.connections[slot].transport.fd, tag: self.sharedTag(slot))
        } catch {
            guard let failure = Self.watchClass(error) else { return self.failure = error }
            self.sharedLost(slot, failure, .unwatched(error))
        }
    }

    mutating func takeEvents(_ slot: Int) {
        while let event = self.multiplex.sessions[slot].nextEvent() {
            switch event.kind {
            case .goAway:
                self.noteGoAway(slot, event.code)
                self.multiplex.connections[slot].goAway = event.code
                self.countSilentEnd(ofShared: slot)
                self.drain(slot, isAnnounced: event.code == HTTP2ErrorCode.noError.rawValue)
            case .settings: break
            case .failed:
                guard let fault = event.fault else { continue }
                self.loss = (Self.http2Class(fault), .http2(fault))
                if event.openRequests == 0 { self.noteLoss(slot, self.loss.error, self.loss.detail) }
            default:
                let local = Int(event.tag)
                guard local < self.usersMade, self.multiplex.places[local].id == event.stream,
                    self.multiplex.places[local].slot == slot
                else { continue }
                self.take(event, of: local, slot)
            }
        }
    }

    /// The class of a request that a fault of HTTP/2 ended.
    static func http2Class(_ fault: HTTP2Fault) -> ErrorClass { fault.isHeaderLimit ? .headerLimit : .protocolHTTP2 }

    /// Handles an event of a user's request.
    @inline(__always)
    private mutating func take(_ event: HTTP2Event, of local: Int, _ slot: Int) {
        let user = self.users + local
        user.pointee.lastByteAt = self.now
        switch event.kind {
        case .head:
            if user.pointee.firstByteAt == 0 {
                user.pointee.firstByteAt = self.now
                self.armLazily(local)
            }
            self.multiplex.places[local].answer.status = event.status
            if self.isRedirect(event.status) { self.lookAtSharedRedirect(local, slot, event) }
            let isFollowed = self.setup.follow > 0 && self.isRedirect(event.status)
            if self.isUnwelcome(local) && !isFollowed {
                self.keepExample(local, .status, .status(event.status), excerpt: 0)
            }
        case .body: break
        case .ended:
            self.note(event, of: local, slot)
            self.multiplex.places[local].id = 0
            self.sharedAnswered(local, slot)
        default:
            self.note(event, of: local, slot)
            self.multiplex.places[local].id = 0
            self.streamEnded(event, of: local)
        }
    }

    /// A stream ended without a complete answer.
    @inline(never)
    private mutating func streamEnded(_ event: HTTP2Event, of local: Int) {
        let user = self.users + local
        if event.headerBytes > 0 && user.pointee.firstByteAt == 0 { user.pointee.firstByteAt = self.now }
        let wasRetried = user.pointee.flags.contains(.retried)
        switch event.kind {
        case .refused where !wasRetried: self.sendAgain(local, .refusedStream, .streamReset(event.code))
        case .unprocessed where !wasRetried: self.sendAgain(local, .goAway, .unprocessed(event.code))
        case .unprocessed: self.requestFailed(local, .reset, .unprocessed(event.code), excerpt: 0)
        case .fault:
            let fault = event.fault ?? .compression
            self.requestFailed(local, Self.http2Class(fault), .http2(fault), excerpt: 0)
        case .lost:
            // As over HTTP/1.1, the server may have closed an idle connection just as the request was sent. A TLS fault
            // fails the request.
            let mayRetry =
                !wasRetried && event.headerBytes == 0 && self.multiplex.places[local].wasIdle
                && (self.loss.error == .truncated || self.loss.error == .reset)
                && self.steps[Int(user.pointee.step)].isIdempotent
                && self.lossEnd.isPrompt(since: user.pointee.sentAt)
            if mayRetry {
                // The connection is lost with the request on it, so its user was not held for a moment.
                self.loseHold(local)
                self.sendAgain(local, .idleClose, self.loss.error == .reset ? self.loss.detail : .closedIdle)
            } else {
                self.requestFailed(local, self.loss.error, self.loss.detail, excerpt: 0)
            }
        default: self.requestFailed(local, .reset, .streamReset(event.code), excerpt: 0)
        }
    }

    /// The answer is complete.
    @inline(__always)
    private mutating func sharedAnswered(_ local: Int, _ slot: Int) {
        let connection = self.multiplex.connections + slot
        if !connection.pointee.isAnswered {
            connection.pointee.isAnswered = true
            self.connectionsHeld.change(up: true, at: self.now)
            self.multiplex.groups[self.multiplex.group(ofSlot: slot)].failures = 0
        }
        if connection.pointee.isSampled { self.recordSharedDelay(local) }
        self.settleAnswer(local, at: self.now)
        let isLastOfSession = self.advance(local, at: self.now)
        if self.setup.connection != .perUser { self.endByPlan(slot, sessionOver: isLastOfSession) }
        self.goOn(local)
    }

    /// With a connection for each session or request, the connection ends here. Its one user is alone on it.
    private mutating func endByPlan(_ slot: Int, sessionOver: Bool) {
        guard sessionOver || self.setup.connection == .perRequest else { return }
        self.multiplex.connections[slot].isDraining = true
        self.multiplex.sessions[slot].close()
        // The plan ends it, whichever side closes first. So the next connection does not count as a reconnect.
        self.multiplex.groups[self.multiplex.group(ofSlot: slot)].isReconnecting = false
    }

    /// Settles a connection when its turn is over: ends it if it is due to end, serves the line, and writes what waits.
    @inline(__always)
    mutating func settleShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        guard connection.pointee.link == .open else { return }
        let session = self.multiplex.sessions + slot
        if session.pointee.isExhausted && !connection.pointee.isDraining { self.drain(slot, isAnnounced: true) }
        if !session.pointee.isOver {
            if connection.pointee.isDraining && session.pointee.openStreams == 0 { return self.endShared(slot) }
            self.drainQueue(self.multiplex.group(ofSlot: slot))
            guard connection.pointee.link == .open else { return }
            self.flushShared(slot)
        }
        if connection.pointee.link == .open && session.pointee.isOver {
            self.takeEvents(slot)
            self.endShared(slot)
        }
    }
}
