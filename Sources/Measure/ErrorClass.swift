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

    /// The snake_case key of machine output.
    public var name: String {
        switch self {
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .timeoutConnect: "timeout_connect"
        case .timeoutFirstByte: "timeout_ttfb"
        case .timeoutIdle: "timeout_idle"
        case .timeoutTotal: "timeout_total"
        case .reset: "reset"
        case .truncated: "truncated"
        case .protocolHTTP1: "proto_h1"
        case .headerLimit: "header_limit"
        case .status: "status"
        case .bodyMismatch: "body_mismatch"
        case .dns: "dns"
        case .localPorts: "local_ports"
        case .fdLimit: "fd_limit"
        case .tlsVerify: "tls_verify"
        case .tlsHandshake: "tls_handshake"
        case .tlsAlert: "tls_alert"
        case .protocolHTTP2: "proto_h2"
        case .redirect: "redirect"
        }
    }

    /// The request was given up because it took too long: how long it would have taken is not known.
    public var isTimeout: Bool {
        switch self {
        case .timeoutConnect, .timeoutFirstByte, .timeoutIdle, .timeoutTotal: true
        default: false
        }
    }

    /// The request was given up, or its answer broke off: its time is a lower bound.
    public var isCut: Bool {
        switch self {
        case .timeoutConnect, .timeoutFirstByte, .timeoutIdle, .timeoutTotal, .reset, .truncated: true
        default: false
        }
    }
}
