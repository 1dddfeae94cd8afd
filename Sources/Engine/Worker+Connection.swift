import CLinux
import Measure
import Numerics
import Synchronization
import Wire
import Workload

/// Connections: made, lost, made again. A failure is one named class; a retry waits, longer each time.
extension Worker {
    /// The first pause after two failures in a row, and the longest.
    private static let firstBackoff: UInt64 = 10_000_000
    private static let longestBackoff: UInt64 = 1_000_000_000

    func tag(_ local: Int) -> UInt64 {
        UInt64(self.users[local].generation) &<< 32 | UInt64(UInt32(truncatingIfNeeded: local))
    }

    /// The address that is tried made no connection, and there is another one. `connected`: when TCP was established,
    /// where the handshake is what failed.
    mutating func noteMove(_ local: Int, _ detail: FailureDetail, connected: UInt64? = nil) {
        if !self.hasUntriedAddress(local) { return }
        self.addressTallies[self.addressTried(local)].failed &+= 1
        let error = self.connectClass(local, of: detail)
        self.recordFailedConnect(
            error, from: self.users[local].connectStartedAt, connected: connected, to: MonotonicClock.now())
        if self.users[local].request == .none { self.countFault(local, error, detail) }
        if self.users[local].tries.isFirst { self.countMoved(local, from: self.addressTried(local), detail) }
    }

    /// Begins a connection to the preferred address, or to the next one that was not tried yet.
    @inline(never)
    mutating func connect(_ local: Int) {
        let user = self.users + local
        user.pointee.tries.begin()
        self.connectToNextAddress(local)
    }

    /// Addresses of a name that are tried; `SocketAddress.resolve` gives no more.
    static let addressLimit = 64

    func hasUntriedAddress(_ local: Int) -> Bool {
        self.users[local].tries.areLeft(of: self.addressCount)
    }

    /// The address of the last attempt.
    private func addressTried(_ local: Int) -> Int { self.users[local].tries.last(of: self.addressCount) }

    mutating func connectToNextAddress(_ local: Int) {
        let user = self.users + local
        var refusal = Errno(ECONNREFUSED)
        while self.hasUntriedAddress(local) {
            user.pointee.tries.next()
            user.pointee.connectStartedAt = MonotonicClock.now()
            do {
                let fd = try self.localPorts.connect(to: self.addresses[self.addressTried(local)])
                user.pointee.transport.fd = fd
                user.pointee.link = .connecting
                if user.pointee.flags.contains(.sampled) { Socket.stampReceives(fd) }
                try self.poller.add(fd, tag: self.tag(local))
                self.armLazily(local)
                return
            } catch {
                if user.pointee.transport.fd >= 0 { self.dropSocket(local) }
                refusal = error
                // Another address does not help against a limit of our own.
                if self.connectClass(local, error).isOurs { break }
                self.noteMove(local, .system(error))
            }
        }
        self.connectFailed(local, self.connectClass(local, refusal).error, .system(refusal))
    }

    /// The socket became writable, or failed.
    @inline(never)
    mutating func connectEnded(_ local: Int) {
        let user = self.users + local
        if let error = Socket.connectError(user.pointee.transport.fd) {
            self.dropSocket(local)
            let (failure, ours) = self.connectClass(local, error)
            if !ours && self.hasUntriedAddress(local) {
                self.noteMove(local, .system(error))
                self.connectToNextAddress(local)
            } else {
                self.connectFailed(local, failure, .system(error))
            }
            return
        }
        let connected = MonotonicClock.now()
        self.countAddress(user.pointee.tries)
        user.pointee.lastByteAt = connected
        self.countConnection(
            from: user.pointee.connectStartedAt, to: connected,
            isReconnect: user.pointee.flags.contains(.reconnecting))
        user.pointee.flags.remove(.reconnecting)
        if self.tlsState == nil {
            self.connectionOpened(local)
        } else {
            self.beginHandshake(local)
        }
    }

    /// The connection may carry requests: the one that waits for it goes out.
    mutating func connectionOpened(_ local: Int) {
        let user = self.users + local
        user.pointee.link = .open
        self.keepAddress(&user.pointee.tries)
        if user.pointee.request == .pending {
            self.sendRequest(local)
        } else {
            self.arm(local)
        }
    }

    /// No answer to the connect in time: the next address, or a failure.
    @inline(never)
    mutating func connectTimedOut(_ local: Int) {
        let isShaking = self.users[local].link == .shaking
        let detail: FailureDetail = isShaking ? .noHandshakeInTime : .noConnectionInTime
        if self.hasUntriedAddress(local) {
            let connected = isShaking ? self.users[local].lastByteAt : nil
            self.dropSocket(local)
            self.noteMove(local, detail, connected: connected)
            self.connectToNextAddress(local)
        } else {
            self.connectFailed(local, .timeoutConnect, detail)
        }
    }

    /// No connection came to be: it fails the request that needed it.
    @inline(never)
    mutating func connectFailed(_ local: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        let user = self.users + local
        let isShaking = user.pointee.link == .shaking
        if user.pointee.transport.fd >= 0 { self.dropSocket(local) }
        // A limit of our own is no fault of the address.
        if error != .localPorts && error != .fdLimit { self.addressTallies[self.addressTried(local)].failed &+= 1 }
        self.recordFailedConnect(
            error, from: user.pointee.connectStartedAt, connected: isShaking ? user.pointee.lastByteAt : nil,
            to: MonotonicClock.now())
        if user.pointee.request == .pending {
            self.requestFailed(local, error, detail, excerpt: 0)
        } else {
            // A reconnect ahead of the next request: no request failed, and that one will try again.
            self.countFault(local, error, detail)
            user.pointee.flags.insert(.reconnecting)
            self.backOff(local, mayBeNow: false)
            self.arm(local)
        }
    }

    /// Closes the connection for whatever reason; the user's own account is settled by the caller.
    mutating func closeConnection(_ local: Int) {
        let user = self.users + local
        if user.pointee.link == .open && user.pointee.flags.contains(.connectionAnswered) {
            self.connectionsHeld.change(up: false, at: self.now)
        }
        user.pointee.flags.remove(.connectionAnswered)
        self.dropSocket(local)
    }

    mutating func dropSocket(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.sampled) && user.pointee.link == .open { self.countTransport(local) }
        let isSecured = user.pointee.transport.isSecured
        user.pointee.transport.close(self.tlsState, keepsTicket: self.setup.resumesTLS)
        if isSecured { self.countCiphertext(local) }
        if user.pointee.flags.contains(.sampled) { self.sampling.forget(local) }
        user.pointee.link = .none
        user.pointee.generation &+= 1
    }

    /// The connection ended under us: by the server, or by an error.
    @inline(never)
    mutating func connectionLost(_ local: Int, _ error: Errno?) {
        let user = self.users + local
        self.countSilentEnd(local)
        let wasUsed = user.pointee.flags.contains(.connectionAnswered)
        let mayRetry = user.pointee.request == .sent && wasUsed && self.mayResend(local, error)
        if user.pointee.request == .sent && !mayRetry {
            let failure: ErrorClass = error == nil ? .truncated : .reset
            // What a server of TLS does with a request in clear text, mostly.
            let isMute = !wasUsed && !user.pointee.parser.hasStarted && !user.pointee.transport.isSecured
            self.requestFailed(
                local, failure, error.map(FailureDetail.system) ?? (isMute ? .closedUnanswered : .closedEarly),
                excerpt: 0)
            return
        }
        if let error, user.pointee.request == .none { self.countFault(local, .reset, .system(error)) }
        self.closeConnection(local)
        user.pointee.flags.insert(.reconnecting)
        // Nothing was asked: a server that ends each new connection is asked less and less often all the same.
        if user.pointee.request == .none { self.backOff(local, mayBeNow: wasUsed) }
        if mayRetry {
            // A request was on it: its user was not held for a moment. In silence no answer was missing.
            self.loseHold(local)
            user.pointee.flags.insert(.retried)
            user.pointee.request = .pending
            user.pointee.sendOffset = 0
            self.countResent(local, .idleClose, error.map(FailureDetail.system) ?? .closedIdle)
            self.connect(local)
        } else {
            self.reconnectIfKept(local)
        }
        self.arm(local)
    }

    /// Connects again at once where the open connection is what the load is about (`--idle`, `--storm`); else the user
    /// connects when its next request is due.
    mutating func reconnectIfKept(_ local: Int) {
        if self.isMissed(local) && self.users[local].retryAt <= self.now { self.connect(local) }
    }

    /// The user asks nothing and has lost the connection that it is to keep.
    @inline(__always)
    func isMissed(_ local: Int) -> Bool {
        self.keepsConnections && self.users[local].link == .none && self.users[local].request == .none
            && self.users[local].flags.contains(.reconnecting) && self.users[local].dueAt > self.now
            && self.mayStart(local)
    }

    /// Reading or writing failed.
    @inline(never)
    mutating func transferFailed(_ local: Int, _ failure: Transport.Failure) {
        if self.users[local].transport.isSecured { self.countCiphertext(local) }
        switch failure {
        case .system(let error): self.connectionLost(local, error)
        case .tls(let fault): self.requestFailed(local, Self.tlsClass(fault), .tls(fault), excerpt: 0)
        }
    }

    /// Lets the next connect wait: not at all after the first failure of a connection that had brought
    /// answers (`mayBeNow`), else 10 ms doubling to 1 s, with half of it drawn so that users do not come back
    /// together.
    mutating func backOff(_ local: Int, mayBeNow: Bool) {
        let user = self.users + local
        user.pointee.retryAt =
            self.now &+ Self.pause(after: &user.pointee.failures, mayBeNow: mayBeNow, &user.pointee.random)
    }

    /// The pause after one failure more, of which there were so many in a row before.
    static func pause(
        after failures: inout UInt8, mayBeNow: Bool, _ random: inout RandomGenerator
    ) -> UInt64 {
        let before = failures
        if before < 32 { failures &+= 1 }
        if before == 0 && mayBeNow { return 0 }
        let span = min(Self.longestBackoff, Self.firstBackoff &<< UInt64(min(max(before, 1) &- 1, 10)))
        return span / 2 &+ random.next() % (span / 2)
    }

    /// The user is not held any more.
    mutating func loseHold(_ local: Int) {
        let user = self.users + local
        // In an open load a user is held as long as its session goes on.
        if self.isOpen || !user.pointee.flags.contains(.held) { return }
        user.pointee.flags.remove(.held)
        self.usersHeld.change(up: false, at: self.now)
        self.windowNow.pointee.counters.holdsLost &+= 1
    }

    /// An answer came: user and connection are established and held.
    @inline(__always)
    mutating func hold(_ local: Int, at time: UInt64) {
        let user = self.users + local
        user.pointee.failures = 0
        if user.pointee.flags.isSuperset(of: .wellHeld) { return }
        if !user.pointee.flags.contains(.connectionAnswered) {
            user.pointee.flags.insert(.connectionAnswered)
            if user.pointee.link != .shared { self.connectionsHeld.change(up: true, at: time) }
        }
        if !user.pointee.flags.contains(.held) {
            user.pointee.flags.insert(.held)
            self.usersHeld.change(up: true, at: time)
        }
        if !user.pointee.flags.contains(.established) {
            user.pointee.flags.insert(.established)
            self.established &+= 1
            self.status.established.store(self.established, ordering: .releasing)
            if self.established == UInt64(self.userCount) {
                self.isStorming = false
                Poller.wakeUp(self.control.controllerWaker)
            }
            if self.nextInTurn < self.userCount { self.beginNextInTurn() }
        }
    }

    /// A first request was answered: the next user that waits for its turn makes its own.
    @inline(never)
    private mutating func beginNextInTurn() {
        let local = self.nextInTurn
        self.nextInTurn &+= 1
        self.users[local].dueAt = max(self.now, self.setup.start(ofUser: local))
        self.arm(local)
    }

    private mutating func connectClass(_ local: Int, _ error: Errno) -> (error: ErrorClass, isOurs: Bool) {
        Self.connectClass(error, to: self.addresses[self.addressTried(local)])
    }

    /// The class of what kept a connect from the address that was tried last.
    private mutating func connectClass(_ local: Int, of detail: FailureDetail) -> ErrorClass {
        Self.connectClass(of: detail, to: self.addresses[self.addressTried(local)])
    }

    /// The class of what kept a connect from an address.
    static func connectClass(of detail: FailureDetail, to address: SocketAddress) -> ErrorClass {
        switch detail {
        case .system(let error): Self.connectClass(error, to: address).error
        case .tls(let fault): Self.tlsClass(fault)
        default: .timeoutConnect
        }
    }

    /// The class of an error from `connect`, and whether it is a limit of this machine rather than the
    /// server's doing.
    static func connectClass(_ error: Errno, to address: SocketAddress) -> (error: ErrorClass, isOurs: Bool) {
        switch error.code {
        case ECONNREFUSED: (.refused, false)
        case ETIMEDOUT: (.timeoutConnect, false)
        case ECONNRESET, EPIPE, ECONNABORTED: (.reset, false)
        // The kernel's one word for no free port and for no address of the target's family (no IPv6, say).
        case EADDRNOTAVAIL where !Socket.hasSource(for: address): (.unreachable, false)
        case EADDRNOTAVAIL, EADDRINUSE, EAGAIN: (.localPorts, true)
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, ENOSPC: (.fdLimit, true)
        default: (.unreachable, false)
        }
    }
}
