import Workload

/// Which names redirects may lead to over the target's own connections (RFC 9113 9.1.1: a connection serves another
/// name where that resolves to the same address, and over TLS the certificate covers it).
public enum FollowHosts {
    /// A name that is not followed, and why.
    public struct Elsewhere: Sendable {
        public let host: FollowHost
        public let reason: String
    }

    /// Names that resolve to every one of the target's addresses, and the others. Blocking: before a run.
    public static func split(
        _ hosts: [FollowHost], port: UInt16, addresses: [SocketAddress]
    ) -> (served: [FollowHost], elsewhere: [Elsewhere]) {
        var served: [FollowHost] = []
        var elsewhere: [Elsewhere] = []
        for host in hosts {
            do {
                let found = try SocketAddress.resolve(host: host.host, port: port)
                if let missing = addresses.first(where: { !found.contains($0) }) {
                    let names = found.prefix(Self.shown).map(\.description).joined(separator: ", ")
                    elsewhere.append(
                        Elsewhere(host: host, reason: "it has the address \(names), and not \(missing) of the target"))
                } else {
                    served.append(host)
                }
            } catch {
                elsewhere.append(Elsewhere(host: host, reason: "dns: it cannot be resolved: \(error.reason)"))
            }
        }
        return (served, elsewhere)
    }

    /// Addresses that a reason lists.
    private static let shown = 3
}
