import CLinux
import Kernel
import Workload

/// Finds out before a load which HTTP a server picks: one handshake that offers HTTP/2 and HTTP/1.1 (RFC 7301). It
/// sends no byte of a request.
public enum ServerChoice {
    /// The result.
    public enum Answer: Sendable, Equatable {
        case picked(ApplicationProtocol)
        /// No address completed a handshake in time; why the last one did not, as part of a sentence.
        case noHandshake(because: String)
        /// A signal came; it is left to be read.
        case interrupted
    }

    /// Tries the addresses one after the other; each may take its share of what is left of `limit` nanoseconds. Throws
    /// settings that no connection can be made with.
    public static func ask(
        _ profile: Profile, at addresses: [SocketAddress], signals: SignalSource, limit: UInt64
    ) throws(EngineError) -> Answer {
        try Self.ask(profile, at: addresses, signal: signals.fd, limit: limit)
    }

    /// `signal` becomes readable when a signal comes; -1 for never.
    static func ask(
        _ profile: Profile, at addresses: [SocketAddress], signal: Int32, limit: UInt64
    ) throws(EngineError) -> Answer {
        var options = TLSClientOptions(profile: profile)
        options.protocols = [.http2, .http11]
        options.requiresProtocol = false
        let until = MonotonicClock.now() &+ limit
        do {
            let context = try TLSContext(client: options)
            let transport = try TLSTransport()
            var refusal = "it has no address"
            for (index, address) in addresses.enumerated() {
                let now = MonotonicClock.now()
                let share = (until &- min(until, now)) / UInt64(addresses.count - index)
                let answer = Self.ask(address, context, transport, signal, now &+ share)
                guard case .noHandshake(let because) = answer else { return answer }
                refusal = because
            }
            return .noHandshake(because: refusal)
        } catch {
            throw .tls(error)
        }
    }

    private static func ask(
        _ address: SocketAddress, _ context: TLSContext, _ transport: TLSTransport, _ signal: Int32, _ until: UInt64
    ) -> Answer {
        let fd: Int32
        do {
            fd = try Socket.connect(to: address)
        } catch {
            return .noHandshake(because: "\(error)")
        }
        defer { close(fd) }
        if let stop = Self.wait(fd, POLLOUT, signal, until) { return stop }
        if let error = Socket.connectError(fd) { return .noHandshake(because: "\(error)") }
        guard let connection = TLSConnection(context: context, transport: transport, fd: fd) else {
            return .noHandshake(because: "\(Errno(ENOMEM))")
        }
        defer { connection.free() }
        while true {
            switch connection.handshake() {
            case .done:
                let choice = connection.negotiatedProtocol
                connection.shutdown()
                // A server without ALPN speaks HTTP/1.1, as all did before ALPN.
                return .picked(choice ?? .http11)
            case .wantsRead: if let stop = Self.wait(fd, POLLIN, signal, until) { return stop }
            case .wantsWrite: if let stop = Self.wait(fd, POLLOUT, signal, until) { return stop }
            case .failed(let fault):
                return .noHandshake(because: transport.sentence(of: fault, context: context))
            }
        }
    }

    /// Why the handshake cannot go on: the time is over, or a signal came; nil once the socket is ready.
    private static func wait(_ fd: Int32, _ events: Int32, _ signal: Int32, _ until: UInt64) -> Answer? {
        while true {
            let now = MonotonicClock.now()
            if now >= until { return .noHandshake(because: "it did not answer in time") }
            var entries = [
                pollfd(fd: fd, events: Int16(events), revents: 0),
                pollfd(fd: signal, events: Int16(POLLIN), revents: 0),
            ]
            _ = linux_poll(&entries, nfds_t(entries.count), Int64(clamping: until - now))
            if entries[1].revents != 0 { return .interrupted }
            if entries[0].revents != 0 { return nil }
        }
    }
}
