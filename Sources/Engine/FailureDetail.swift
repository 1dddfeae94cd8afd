import Kernel
import Wire

/// What exactly was wrong with a request, as a plain value. Its sentence is made only for the one example that is kept
/// of each class.
enum FailureDetail {
    case noConnectionInTime
    case noHandshakeInTime
    case noFirstByteInTime
    case silentTooLong
    case notCompleteInTime
    case neverAnswered
    case closedEarly
    case closedUnanswered
    case noCloseNotify
    /// The server closed an idle connection while a request was on its way.
    case closedIdle
    case speaksTLS
    case noStreamInTime
    /// RST_STREAM with this code.
    case streamReset(UInt32)
    /// GOAWAY with this code, on a connection without a request.
    case goneAway(UInt32)
    /// At least this many bytes that belong to no request.
    case unasked(Int)
    /// epoll refused to watch the connection.
    case unwatched(Errno)
    /// GOAWAY with this code: the request was not processed.
    case unprocessed(UInt32)
    /// The connection ended, by itself or with an error, after a GOAWAY with this code.
    case closedAfterGoAway(UInt32)
    case failedAfterGoAway(Errno, UInt32)
    case http2(HTTP2Fault)
    case tls(TLSFault)
    case system(Errno)
    case fault(HTTP1Fault)
    case status(UInt16)
    /// A redirect that was to be followed and names no place to go to.
    case noLocation(UInt16)
    /// More redirects than are followed.
    case tooManyRedirects(Int)
    /// Status 400, to the first request of a connection in clear text.
    case badRequest
    case bodyBytes(found: UInt64, expected: UInt64)

    /// One sentence without a full stop. `tls`: where the failure happened, right after it did.
    func sentence(_ tls: WorkerTLS?) -> String {
        switch self {
        case .noConnectionInTime: "no connection within the connect timeout"
        case .noHandshakeInTime: "TCP was established, but the TLS handshake was not over within the connect timeout"
        case .noFirstByteInTime: "no first byte within the first-byte timeout"
        case .silentTooLong: "nothing came for the idle timeout"
        case .notCompleteInTime: "no complete answer within the total timeout"
        case .neverAnswered: "never answered before the run ended"
        case .closedEarly: "the server closed before the answer was complete"
        case .closedUnanswered: "the server closed without a byte of an answer: is the port for TLS (https://)?"
        case .closedIdle: "the server closed the connection, which had been idle, as the request was on its way"
        case .noCloseNotify: "the server closed without TLS's close_notify: the body may have been cut"
        case .speaksTLS: "the server speaks TLS: use https://"
        case .noStreamInTime: "no stream of the shared connection became free within the first-byte timeout"
        case .streamReset(let code): "the server reset the stream: \(HTTP2ErrorCode(rawValue: code).name)"
        case .goneAway(let code): "the server ended the connection: GOAWAY with \(Self.name(code))"
        case .unasked(let count): "\(count) bytes or more came while nothing was asked"
        case .unwatched(let error): "epoll takes no more of this connection: \(error.description)"
        case .unprocessed(let code):
            "the server ended the connection before it processed the request: GOAWAY with \(Self.name(code))"
        case .closedAfterGoAway(let code):
            "the server closed before the answer was complete, after GOAWAY with \(Self.name(code))"
        case .failedAfterGoAway(let error, let code): "\(error.description), after GOAWAY with \(Self.name(code))"
        case .http2(let fault): fault.sentence
        case .tls(let fault): tls.map { $0.transport.sentence(of: fault, context: $0.context) } ?? "TLS failed"
        case .system(let error): error.description
        case .fault(let fault): fault.sentence
        case .badRequest: "status 400; if the port is for TLS, use https://"
        case .status(let status): "status \(status)"
        case .noLocation(let status): "status \(status) without a Location that can be followed (RFC 3986)"
        case .tooManyRedirects(let count): "still redirected after \(count) redirects (--follow)"
        case .bodyBytes(let found, let expected): "\(found) body bytes, not \(expected)"
        }
    }

    /// The same end, on a connection whose end the server had announced with this code.
    func after(goAway code: UInt32) -> FailureDetail {
        switch self {
        case .closedEarly: .closedAfterGoAway(code)
        case .system(let error): .failedAfterGoAway(error, code)
        default: self
        }
    }

    /// RFC 9113's name of an error code.
    private static func name(_ code: UInt32) -> String { HTTP2ErrorCode(rawValue: code).name }
}
