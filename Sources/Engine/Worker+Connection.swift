import CLinux
import Kernel
import Measure
import Numerics
import Synchronization
import Wire
import Workload

/// Connections: made, lost, made again. A failure has one named class. Each retry waits longer than the one before.
extension Worker {
    /// The first pause after two failures in a row, and the longest.
    private static let firstBackoff: UInt64 = 10_000_000
    private static let longestBackoff: UInt64 = 1_000_000_000

    func tag(_ local: Int) -> UInt64 {
        UInt64(self.users[local].generation) &<< 32 | UInt64(UInt32(truncatingIfNeeded: local))
    }

    /// The tried address made no connection, and there is another one. `connected`: when TCP was established, where the
    /// handshake failed.
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

    /// Most addresses of a name that are tried; `SocketAddress.resolve` returns no more.
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
                // Against a limit of our own another address does not help.
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

    /// The connection is ready: the request that waits for it goes out.
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

    /// The connect took too long: tries the next address, or fails.
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

    /// The connect failed, and with it the request that needed it.
    @inline(never)
    mutating func connectFailed(_ local: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        let user = self.users + local
        let isShaking = user.pointee.link == .shaking
        if user.pointee.transport.fd >= 0 { self.dropSocket(local) }
        // A limit of our own is not the address's fault.
        if error != .localPorts && error != .fdLimit { self.addressTallies[self.addressTried(local)].failed &+= 1 }
        self.recordFailedConnect(
            error, from: user.pointee.connectStartedAt, connected: isShaking ? user.pointee.lastByteAt : nil,
            to: MonotonicClock.now())
        if user.pointee.request == .pending {
            self.requestFailed(local, error, detail, excerpt: 0)
        } else {
            // A reconnect before the next request failed: no request fails, and the next one will try again.
            self.countFault(local, error, detail)
            user.pointee.flags.insert(.reconnecting)
            self.backOff(local, mayBeNow: false)
            self.arm(local)
        }
    }

    /// Closes the connection for any reason; the caller settles the user's counts.
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

    /// The connection was lost: the server ended it, or an error did.
    @inline(never)
    mutating func connectionLost(_ local: Int, _ error: Errno?) {
        let user = self.users + local
        self.countSilentEnd(local)
        let wasUsed = user.pointee.flags.contains(.connectionAnswered)
        let mayRetry = user.pointee.request == .sent && wasUsed && self.mayResend(local, error)
        if user.pointee.request == .sent && !mayRetry {
            let failure: ErrorClass = error == nil ? .truncated : .reset
            // That is mostly a TLS server's reaction to a request in clear text.
            let isMute = !wasUsed && !user.pointee.parser.hasStarted && !user.pointee.transport.isSecured
            self.requestFailed(
                local, failure, error.map(FailureDetail.system) ?? (isMute ? .closedUnanswered : .closedEarly),
                excerpt: 0)
            return
        }
        if let error, user.pointee.request == .none { self.countFault(local, .reset, .system(error)) }
        self.closeConnection(local)
        user.pointee.flags.insert(.reconnecting)
        // No request was on it. Still, the pause grows with each new connection that the server ends.
        if user.pointee.request == .none { self.backOff(local, mayBeNow: wasUsed) }
        if mayRetry {
            // A request was on it, so its user was not held for a moment. On a silent connection no answer was missing.
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

    /// Reconnects at once where the load measures the open connections (`--idle`, `--storm`). Otherwise the user
    /// connects when its next request is due.
    mutating func reconnectIfKept(_ local: Int) {
        if self.isMissed(local) && self.users[local].retryAt <= self.now { self.connect(local) }
    }

    /// The user has no request and has lost the connection that it is to keep.
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

    /// Delays the next connect. There is no delay after the first failure of a connection that had brought answers
    /// (`mayBeNow`). Otherwise it doubles from 10 ms to 1 s, and half of it is random, so that users do not come back
    /// together.
    mutating func backOff(_ local: Int, mayBeNow: Bool) {
        let user = self.users + local
        user.pointee.retryAt =
            self.now &+ Self.pause(after: &user.pointee.failures, mayBeNow: mayBeNow, &user.pointee.random)
    }

    /// The pause after one more failure; `failures` counts those in a row before it.
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
        // In an open load a user is held while its session lasts.
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

    /// A first request was answered: the next user in turn sends its own.
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

    /// The error class of a failed connect to the address that was tried last.
    private mutating func connectClass(_ local: Int, of detail: FailureDetail) -> ErrorClass {
        Self.connectClass(of: detail, to: self.addresses[self.addressTried(local)])
    }

    /// The error class of a failed connect to an address.
    static func connectClass(of detail: FailureDetail, to address: SocketAddress) -> ErrorClass {
        switch detail {
        case .system(let error): Self.connectClass(error, to: address).error
        case .tls(let fault): Self.tlsClass(fault)
        default: .timeoutConnect
        }
    }

    /// The class of an error from `connect`, and whether it is a limit of this machine and not the server's fault.
    static func connectClass(_ error: Errno, to address: SocketAddress) -> (error: ErrorClass, isOurs: Bool) {
        switch error.code {
        case ECONNREFUSED: (.refused, false)
        case ETIMEDOUT: (.timeoutConnect, false)
        case ECONNRESET, EPIPE, ECONNABORTED: (.reset, false)
        // The kernel has one error for no free port and for no address of the target's family (no IPv6, for example).
        case EADDRNOTAVAIL where !Socket.hasSource(for: address): (.unreachable, false)
        case EADDRNOTAVAIL, EADDRINUSE, EAGAIN: (.localPorts, true)
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, ENOSPC: (.fdLimit, true)
        default: (.unreachable, false)
        }
    }
}
