import CLinux
import Kernel
import Measure
import Wire
import Workload

/// Makes and ends shared connections. A connect that fails fails every request that waits for it.
extension Worker {
    func sharedTag(_ slot: Int) -> UInt64 {
        UInt64(self.multiplex.connections[slot].generation) &<< 32
            | UInt64(UInt32(truncatingIfNeeded: self.userCount &+ slot))
    }

    /// Begins a connection to the preferred address, or to the next one that was not tried yet.
    @inline(never)
    mutating func connectShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        connection.pointee.tries.begin()
        self.connectSharedToNextAddress(slot)
    }

    private func hasUntriedSharedAddress(_ slot: Int) -> Bool {
        self.multiplex.connections[slot].tries.areLeft(of: self.addressCount)
    }

    private func sharedAddressTried(_ slot: Int) -> Int {
        self.multiplex.connections[slot].tries.last(of: self.addressCount)
    }

    /// The tried address made no connection, so every request that waits for one moves to the next address.
    /// `connected`: when TCP was established, if the handshake is what failed.
    private mutating func noteSharedMove(_ slot: Int, _ detail: FailureDetail, connected: UInt64? = nil) {
        if !self.hasUntriedSharedAddress(slot) { return }
        self.addressTallies[self.sharedAddressTried(slot)].failed &+= 1
        let error = Self.connectClass(of: detail, to: self.addresses[self.sharedAddressTried(slot)])
        self.recordFailedConnect(
            error, from: self.multiplex.connections[slot].connectStartedAt, connected: connected,
            to: MonotonicClock.now())
        var next = Int(self.multiplex.groups[self.multiplex.group(ofSlot: slot)].firstWaiting)
        if next < 0 { self.countFault(ofShared: slot, error, detail) }
        if !self.multiplex.connections[slot].tries.isFirst { return }
        // The line is finite: each user is in it once.
        while next >= 0 {
            self.countMoved(next, from: self.sharedAddressTried(slot), detail)
            next = Int(self.multiplex.places[next].nextWaiting)
        }
    }

    private mutating func connectSharedToNextAddress(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        var refusal = Errno(ECONNREFUSED)
        while self.hasUntriedSharedAddress(slot) {
            connection.pointee.tries.next()
            connection.pointee.connectStartedAt = MonotonicClock.now()
            do {
                let address = self.addresses[self.sharedAddressTried(slot)]
                connection.pointee.transport.fd = try self.localPorts.connect(to: address)
                connection.pointee.link = .connecting
                connection.pointee.isSampled = self.sampling.covers(self.multiplex.group(ofSlot: slot))
                connection.pointee.bytesRead = 0
                if connection.pointee.isSampled { Socket.stampReceives(connection.pointee.transport.fd) }
                try self.poller.add(connection.pointee.transport.fd, tag: self.sharedTag(slot))
                self.armShared(slot)
                return
            } catch {
                self.dropSharedSocket(slot)
                refusal = error
                // Against a limit of our own another address does not help.
                if self.sharedConnectClass(slot, error).isOurs { break }
                self.noteSharedMove(slot, .system(error))
            }
        }
        self.sharedConnectFailed(slot, self.sharedConnectClass(slot, refusal).error, .system(refusal))
    }

    private mutating func sharedConnectClass(_ slot: Int, _ error: Errno) -> (error: ErrorClass, isOurs: Bool) {
        Self.connectClass(error, to: self.addresses[self.sharedAddressTried(slot)])
    }

    /// The socket became writable, or failed.
    @inline(never)
    mutating func sharedConnectEnded(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        if let error = Socket.connectError(connection.pointee.transport.fd) {
            self.dropSharedSocket(slot)
            let (failure, ours) = self.sharedConnectClass(slot, error)
            if !ours && self.hasUntriedSharedAddress(slot) {
                self.noteSharedMove(slot, .system(error))
                self.connectSharedToNextAddress(slot)
            } else {
                self.sharedConnectFailed(slot, failure, .system(error))
            }
            return
        }
        let connected = MonotonicClock.now()
        self.now = max(self.now, connected)
        self.countAddress(connection.pointee.tries)
        connection.pointee.lastByteAt = connected
        connection.pointee.quietSince = connected
        let group = self.multiplex.groups + self.multiplex.group(ofSlot: slot)
        self.countConnection(
            from: connection.pointee.connectStartedAt, to: connected, isReconnect: group.pointee.isReconnecting)
        group.pointee.isReconnecting = false
        guard let tls = self.tls else { return self.sharedOpened(slot) }
        connection.pointee.link = .shaking
        if connection.pointee.transport.secure(tls) {
            self.handshakeShared(slot)
        } else {
            self.sharedConnectFailed(slot, .fdLimit, .system(Errno(ENOMEM)))
        }
    }

    /// Goes on with the handshake. ALPN is part of it: a server that does not pick h2 fails the handshake.
    @inline(never)
    mutating func handshakeShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        guard let secured = connection.pointee.transport.secured(self.tlsState) else { return }
        let progress = secured.handshake()
        self.countCiphertext(ofShared: slot)
        switch progress {
        case .wantsRead, .wantsWrite: self.armShared(slot)
        case .done:
            let end = MonotonicClock.now()
            self.now = max(self.now, end)
            self.countHandshake(
                secured, from: connection.pointee.connectStartedAt, connected: connection.pointee.lastByteAt, to: end)
            connection.pointee.lastByteAt = end
            self.sharedOpened(slot)
        case .failed(let fault):
            // A certificate that is not trusted is reported, not hidden by a move to another address.
            if fault.family != .verify && self.hasUntriedSharedAddress(slot) {
                let connected = connection.pointee.lastByteAt
                self.dropSharedSocket(slot)
                self.noteSharedMove(slot, .tls(fault), connected: connected)
                self.connectSharedToNextAddress(slot)
            } else {
                self.sharedConnectFailed(slot, Self.tlsClass(fault), .tls(fault))
            }
        }
    }

    /// The connection may carry requests now. Those that wait for it go out with the preface.
    private mutating func sharedOpened(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        guard let session = HTTP2ClientSession(self.multiplex.configuration) else {
            return self.sharedConnectFailed(slot, .fdLimit, .system(Errno(ENOMEM)))
        }
        (self.multiplex.sessions + slot).initialize(to: consume session)
        connection.pointee.link = .open
        self.keepAddress(&connection.pointee.tries)
        self.multiplex.sessions[slot].keepsLocations = self.wantsLocations
        connection.pointee.isAnswered = false
        connection.pointee.isDraining = false
        connection.pointee.goAway = SharedConnection.noGoAway
        connection.pointee.counted = HTTP2Counted()
        connection.pointee.openedAt = self.now
        self.armShared(slot)
        let group = self.multiplex.group(ofSlot: slot)
        self.drainQueue(group)
        // Users that still wait have a time limit from now on.
        for local in self.multiplex.users(of: group, made: self.usersMade) where self.multiplex.places[local].isQueued {
            self.armLazily(local)
        }
        self.list(slot)
    }

    /// Records a failed connect, sets the back-off of its group, and fails the requests that wait for it.
    @inline(never)
    mutating func sharedConnectFailed(_ slot: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        let connection = self.multiplex.connections + slot
        let isShaking = connection.pointee.link == .shaking
        self.dropSharedSocket(slot)
        if error != .localPorts && error != .fdLimit { self.addressTallies[self.sharedAddressTried(slot)].failed &+= 1 }
        let failed = MonotonicClock.now()
        self.now = max(self.now, failed)
        self.recordFailedConnect(
            error, from: connection.pointee.connectStartedAt,
            connected: isShaking ? connection.pointee.lastByteAt : nil, to: failed)
        let group = self.multiplex.group(ofSlot: slot)
        self.backOffGroup(group, mayBeNow: false)
        // No request waited for it, so it was a reconnect, and so is the next one.
        if self.multiplex.groups[group].firstWaiting < 0 {
            self.multiplex.groups[group].isReconnecting = true
            self.countFault(ofShared: slot, error, detail)
        }
        self.failWaiting(group, error, detail)
        self.forgetAnswers(slot)
        self.armShared(slot)
    }

    /// Handles the deadline of a connection, or of a group that has none.
    @inline(never)
    mutating func sharedDeadlineReached(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let limit = connection.pointee.connectStartedAt &+ self.setup.timeouts.connect
        switch connection.pointee.link {
        case .connecting, .shaking:
            if limit > self.now { break }
            let isShaking = connection.pointee.link == .shaking
            let detail: FailureDetail = isShaking ? .noHandshakeInTime : .noConnectionInTime
            if self.hasUntriedSharedAddress(slot) {
                let connected = isShaking ? connection.pointee.lastByteAt : nil
                self.dropSharedSocket(slot)
                self.noteSharedMove(slot, detail, connected: connected)
                self.connectSharedToNextAddress(slot)
            } else {
                self.sharedConnectFailed(slot, .timeoutConnect, detail)
            }
        case .none: self.connectForWaiting(self.multiplex.group(ofSlot: slot))
        case .open, .shared: break
        }
        self.armShared(slot)
    }

    /// Sets a connection's deadline: that of its connect, or of the next connect where a user waits for it.
    mutating func armShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let group = self.multiplex.group(ofSlot: slot)
        var next = DeadlineHeap.never
        switch connection.pointee.link {
        case .connecting, .shaking: next = connection.pointee.connectStartedAt &+ self.setup.timeouts.connect
        case .none:
            if self.multiplex.current(group) == slot && self.isNeeded(group) {
                next = self.multiplex.groups[group].retryAt
            }
        case .open, .shared: break
        }
        self.deadlines.set(self.userCount &+ slot, at: next)
    }

    /// Connects where a connection is needed, none exists or is being made, and the pause is over.
    mutating func connectForWaiting(_ group: Int) {
        let slot = self.multiplex.current(group)
        guard self.multiplex.connections[slot].link == .none, self.isNeeded(group) else { return }
        if self.multiplex.groups[group].retryAt <= self.now {
            self.connectShared(slot)
        } else {
            self.armShared(slot)
        }
    }

    /// A user's `backOff`, for the connection.
    mutating func backOffGroup(_ group: Int, mayBeNow: Bool) {
        let group = self.multiplex.groups + group
        group.pointee.retryAt =
            self.now &+ Self.pause(after: &group.pointee.failures, mayBeNow: mayBeNow, &group.pointee.random)
    }

    /// Closes the socket. The caller settles the users that were on it.
    mutating func dropSharedSocket(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let isSecured = connection.pointee.transport.isSecured
        if connection.pointee.isSampled && connection.pointee.link == .open { self.countSharedTransport(slot) }
        connection.pointee.transport.close(self.tlsState, keepsTicket: isSecured && self.setup.resumesTLS)
        if isSecured { self.countCiphertext(ofShared: slot) }
        connection.pointee.link = .none
        connection.pointee.generation &+= 1
    }
}
