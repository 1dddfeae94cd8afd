/// The one name of each way in which a request can fail. Raw values index counters; `name` is the word in run.json. A
/// new class joins docs/reference/error-classes.md.
public enum ErrorClass: UInt8, CaseIterable, Sendable {
    case refused, unreachable
    case timeoutConnect, timeoutFirstByte, timeoutIdle, timeoutTotal
    case reset, truncated, protocolHTTP1, headerLimit
    case status, bodyMismatch
    case dns, localPorts, fdLimit
    case tlsVerify, tlsHandshake, tlsAlert
    case protocolHTTP2
    case redirect

    /// The number of classes.
    public static let count = ErrorClass.allCases.count

    /// What is declared of a class, besides its case.
    private struct Facts {
        let name: String
        /// Its time is a lower bound: the request was given up for its time, or its answer broke off.
        var cut: Cut?
        /// A lack of the generator's machine causes it.
        var isOwn = false

        enum Cut { case timeout, brokenOff }
    }

    private var facts: Facts {
        switch self {
        case .refused: Facts(name: "refused")
        case .unreachable: Facts(name: "unreachable")
        case .timeoutConnect: Facts(name: "timeout_connect", cut: .timeout)
        case .timeoutFirstByte: Facts(name: "timeout_ttfb", cut: .timeout)
        case .timeoutIdle: Facts(name: "timeout_idle", cut: .timeout)
        case .timeoutTotal: Facts(name: "timeout_total", cut: .timeout)
        case .reset: Facts(name: "reset", cut: .brokenOff)
        case .truncated: Facts(name: "truncated", cut: .brokenOff)
        case .protocolHTTP1: Facts(name: "proto_h1")
        case .headerLimit: Facts(name: "header_limit")
        case .status: Facts(name: "status")
        case .bodyMismatch: Facts(name: "body_mismatch")
        case .dns: Facts(name: "dns")
        case .localPorts: Facts(name: "local_ports", isOwn: true)
        case .fdLimit: Facts(name: "fd_limit", isOwn: true)
        case .tlsVerify: Facts(name: "tls_verify")
        case .tlsHandshake: Facts(name: "tls_handshake")
        case .tlsAlert: Facts(name: "tls_alert")
        case .protocolHTTP2: Facts(name: "proto_h2")
        case .redirect: Facts(name: "redirect")
        }
    }

    /// The snake_case key of machine output.
    public var name: String { self.facts.name }

    /// The request was given up because it took too long: how long it would have taken is not known.
    public var isTimeout: Bool { self.facts.cut == .timeout }

    /// The request was given up, or its answer broke off: its time is a lower bound.
    public var isCut: Bool { self.facts.cut != nil }

    /// The generator's machine lacked something: ports or descriptors.
    public var isOwn: Bool { self.facts.isOwn }
}
