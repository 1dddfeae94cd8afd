import Workload

/// Which names redirects may lead to over the target's own connections. A connection serves another name where that
/// name resolves to the same address, and over TLS the certificate covers it (RFC 9113 9.1.1).
public enum FollowHosts {
    /// A name that is not followed, and why.
    public struct Elsewhere: Sendable {
        public let host: FollowHost
        public let reason: String
    }

    /// Splits names into those that resolve to every address of the target, and the others. Blocking: before a run.
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

    /// At most so many addresses are listed in a reason.
    private static let shown = 3
}
