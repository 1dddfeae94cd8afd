/// The statuses that send a client elsewhere (RFC 9110 15.4). Raw values index counters.
public enum RedirectStatus: UInt8, CaseIterable, Sendable {
    case movedPermanently, found, seeOther, temporary, permanent

    /// Such as 302.
    public var code: UInt16 {
        switch self {
        case .movedPermanently: 301
        case .found: 302
        case .seeOther: 303
        case .temporary: 307
        case .permanent: 308
        }
    }

    /// Nil for every other status.
    public init?(code: UInt16) {
        guard let status = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = status
    }
}

/// The first redirect that no `expect` names.
public struct RedirectExample: Sendable, Equatable {
    public var status: UInt16
    /// The request: method and path.
    public var request: String
    /// Its Location as it came, not redacted yet; nil where none could be read.
    public var location: String?

    /// An example with every value given.
    public init(status: UInt16, request: String, location: String?) {
        self.status = status
        self.request = request
        self.location = location
    }
}

/// What one of the addresses of the target's name got.
public struct AddressCount: Sendable, Equatable {
    /// Such as `127.0.0.1:8080`.
    public var address: String
    /// Connections established, and connects that failed.
    public var connections: UInt64
    public var failed: UInt64
    /// Requests sent over them; one that is sent again counts again.
    public var requests: UInt64

    /// Known counts.
    public init(address: String, connections: UInt64 = 0, failed: UInt64 = 0, requests: UInt64 = 0) {
        self.address = address
        self.connections = connections
        self.failed = failed
        self.requests = requests
    }

    /// The counts of several runs, by address, in the order in which they come.
    public static func sum(_ lists: [[AddressCount]]) -> [AddressCount] {
        var sum: [AddressCount] = []
        for count in lists.joined() {
            if let index = sum.firstIndex(where: { $0.address == count.address }) {
                sum[index].connections &+= count.connections
                sum[index].failed &+= count.failed
                sum[index].requests &+= count.requests
            } else {
                sum.append(count)
            }
        }
        return sum
    }
}
