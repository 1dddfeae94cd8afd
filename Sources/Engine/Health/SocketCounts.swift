import Kernel

/// The TCP sockets of this machine. Each that is open or waits to be forgotten (TIME_WAIT) may have a local port.
struct SocketCounts: Sendable, Equatable {
    /// In use, listening ones as well; at least 0.
    var open: Int
    /// Closed by us, and kept by the kernel for a minute; at least 0.
    var waiting: Int

    /// As the kernel counts them now; nil where it does not report them.
    static func read() -> SocketCounts? { SystemFile.read("/proc/net/sockstat").flatMap(Self.parse) }

    /// The line `TCP: inuse 4 orphan 0 tw 9000 alloc 5 mem 1` of a /proc/net/sockstat; nil where there is none.
    static func parse(_ sockstat: String) -> SocketCounts? {
        guard let line = sockstat.split(separator: "\n").first(where: { $0.hasPrefix("TCP:") }) else { return nil }
        let words = line.split(separator: " ")
        func value(_ name: String) -> Int? {
            guard let index = words.firstIndex(where: { $0 == name }), index + 1 < words.count else { return nil }
            return Int(words[index + 1]).flatMap { $0 >= 0 ? $0 : nil }
        }
        guard let open = value("inuse"), let waiting = value("tw") else { return nil }
        return SocketCounts(open: open, waiting: waiting)
    }
}
