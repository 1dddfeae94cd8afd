import CLinux
import Kernel

/// Checks before a load which of a name's addresses take a connection. Users take these in turn. An address without a
/// listener is left out (`::1`, where a server has 127.0.0.1 only).
public enum AddressCheck {
    /// The addresses that users get, and those left out with the reason. An address that is silent for `limit`
    /// nanoseconds is kept, as it may be slow. Where no address takes a connection all are kept, and the run shows what
    /// they do.
    public static func split(
        _ addresses: [SocketAddress], limit: UInt64
    ) -> (kept: [SocketAddress], leftOut: [(address: SocketAddress, error: Errno)]) {
        if addresses.count < 2 { return (addresses, []) }
        var errors = [Errno?](repeating: nil, count: addresses.count)
        var waiting: [(index: Int, fd: Int32)] = []
        for (index, address) in addresses.enumerated() {
            do {
                waiting.append((index, try Socket.connect(to: address)))
            } catch {
                errors[index] = error
            }
        }
        let until = MonotonicClock.now() &+ limit
        // Each turn ends a connect, or is the last.
        while !waiting.isEmpty {
            let now = MonotonicClock.now()
            if now >= until { break }
            var entries = waiting.map { pollfd(fd: $0.fd, events: Int16(POLLOUT), revents: 0) }
            if linux_poll(&entries, nfds_t(entries.count), Int64(clamping: until - now)) <= 0 { break }
            for (entry, one) in zip(entries, waiting) where entry.revents != 0 {
                errors[one.index] = Socket.connectError(one.fd)
                close(one.fd)
            }
            waiting = zip(entries, waiting).filter { $0.0.revents == 0 }.map(\.1)
        }
        for one in waiting { close(one.fd) }
        let kept = zip(addresses, errors).filter { $0.1 == nil }.map(\.0)
        if kept.isEmpty { return (addresses, []) }
        let leftOut = zip(addresses, errors).compactMap { address, error in
            error.map { (address: address, error: $0) }
        }
        return (kept, leftOut)
    }
}
