import CLinux
import Kernel
import Measure

/// The TLS handshake between a connect and the first request; it shares the connect's timeout. No byte of a request is
/// written before the handshake is over and the certificate verified.
extension Worker {
    /// TCP is established.
    @inline(never)
    mutating func beginHandshake(_ local: Int) {
        let user = self.users + local
        user.pointee.link = .shaking
        guard let tls = self.tls, user.pointee.transport.secure(tls) else {
            self.connectFailed(local, .fdLimit, .system(Errno(ENOMEM)))
            return
        }
        self.handshake(local)
    }

    /// Goes on with the handshake.
    @inline(never)
    mutating func handshake(_ local: Int) {
        let user = self.users + local
        guard let secured = user.pointee.transport.secured(self.tlsState) else { return }
        let progress = secured.handshake()
        self.countCiphertext(local)
        switch progress {
        case .wantsRead, .wantsWrite: self.armLazily(local)
        case .done: self.handshakeEnded(local, secured)
        case .failed(let fault): self.handshakeFailed(local, fault)
        }
    }

    private mutating func handshakeEnded(_ local: Int, _ secured: TLSConnection) {
        let user = self.users + local
        let end = MonotonicClock.now()
        self.countHandshake(
            secured, from: user.pointee.connectStartedAt, connected: user.pointee.lastByteAt, to: end)
        user.pointee.lastByteAt = end
        self.connectionOpened(local)
    }

    /// Another address may lead to another server. But a certificate that is not trusted is reported, not hidden by a
    /// move.
    private mutating func handshakeFailed(_ local: Int, _ fault: TLSFault) {
        if fault.family != .verify && self.hasUntriedAddress(local) {
            let connected = self.users[local].lastByteAt
            self.dropSocket(local)
            self.noteMove(local, .tls(fault), connected: connected)
            self.connectToNextAddress(local)
        } else {
            self.connectFailed(local, Self.tlsClass(fault), .tls(fault))
        }
    }

    /// The error class of a request that a TLS fault ended.
    static func tlsClass(_ fault: TLSFault) -> ErrorClass {
        switch fault.family {
        case .verify: .tlsVerify
        case .handshake: .tlsHandshake
        case .alert: .tlsAlert
        case .socket: .reset
        }
    }

    /// Adds the ciphertext that passed the sockets since the last time, in the request's window where there is one.
    mutating func countCiphertext(_ local: Int) {
        if self.users[local].flags.contains(.sampled), let state = self.tlsState {
            self.sampling.read(local, Int(truncatingIfNeeded: state.pointee.received &- self.tlsReceived))
        }
        self.countCiphertext(in: self.users[local].request == .none ? self.windowNow : self.window(of: local))
    }

    /// The same for a shared connection, in the current window.
    mutating func countCiphertext(ofShared slot: Int) {
        guard let state = self.tlsState else { return }
        self.multiplex.connections[slot].bytesRead &+= state.pointee.received &- self.tlsReceived
        self.countCiphertext(in: self.windowNow)
    }

    /// Adds the ciphertext that passed the sockets since the last time.
    mutating func countCiphertext(in window: UnsafeMutablePointer<HotWindow>) {
        guard let state = self.tlsState else { return }
        let (received, sent) = (state.pointee.received, state.pointee.sent)
        window.pointee.counters.receivedSocket &+= received &- self.tlsReceived
        window.pointee.counters.sentSocket &+= sent &- self.tlsSent
        self.tlsReceived = received
        self.tlsSent = sent
    }
}
