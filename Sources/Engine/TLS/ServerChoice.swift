import CLinux
import Workload

/// Which HTTP a server picks where the choice is its own: one handshake that offers HTTP/2 and HTTP/1.1, before a
/// load (RFC 7301). No byte of a request is sent on it.
public enum ServerChoice {
    /// Asks the addresses one after the other. Nil where none completes a handshake, or a signal comes meanwhile,
    /// which is left to be read: the load meets the same and tells it. Throws what no connection can be made with.
    public static func ask(
        _ profile: Profile, at addresses: [SocketAddress], signals: SignalSource
    ) throws(EngineError) -> ApplicationProtocol? {
        var options = TLSClientOptions(profile: profile)
        options.protocols = [.http2, .http11]
        options.requiresProtocol = false
        let until = MonotonicClock.now() &+ profile.timeouts.connect
        do {
            let context = try TLSContext(client: options)
            let transport = try TLSTransport()
            for address in addresses {
                if let choice = Self.ask(address, context, transport, signals.fd, until) { return choice }
            }
        } catch {
            throw .tls(error)
        }
        return nil
    }

    private static func ask(
        _ address: SocketAddress, _ context: TLSContext, _ transport: TLSTransport, _ signal: Int32, _ until: UInt64
    ) -> ApplicationProtocol? {
        guard let fd = try? Socket.connect(to: address) else { return nil }
        defer { close(fd) }
        guard Self.wait(fd, POLLOUT, signal, until), Socket.connectError(fd) == nil,
            let connection = TLSConnection(context: context, transport: transport, fd: fd)
        else { return nil }
        defer { connection.free() }
        while true {
            switch connection.handshake() {
            case .done:
                let choice = connection.negotiatedProtocol
                connection.shutdown()
                // A server without ALPN speaks what everybody spoke before it.
                return choice ?? .http11
            case .wantsRead: if !Self.wait(fd, POLLIN, signal, until) { return nil }
            case .wantsWrite: if !Self.wait(fd, POLLOUT, signal, until) { return nil }
            case .failed: return nil
            }
        }
    }

    /// False where the time is over, or a signal came.
    private static func wait(_ fd: Int32, _ events: Int32, _ signal: Int32, _ until: UInt64) -> Bool {
        while true {
            let now = MonotonicClock.now()
            if now >= until { return false }
            var entries = [
                pollfd(fd: fd, events: Int16(events), revents: 0),
                pollfd(fd: signal, events: Int16(POLLIN), revents: 0),
            ]
            _ = linux_poll(&entries, nfds_t(entries.count), Int64(clamping: until - now))
            if entries[1].revents != 0 { return false }
            if entries[0].revents != 0 { return true }
        }
    }
}
