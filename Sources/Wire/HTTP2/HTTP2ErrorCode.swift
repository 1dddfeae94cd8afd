/// An error code of RST_STREAM and GOAWAY (RFC 9113 section 7). Unknown codes are kept unchanged.
public struct HTTP2ErrorCode: RawRepresentable, Sendable, Equatable {
    /// The 32 bits on the wire.
    public let rawValue: UInt32

    /// A code as it came.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The end is no error.
    public static var noError: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 0) }
    /// A rule of the protocol was broken, and there is no more specific code.
    public static var protocolError: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 1) }
    /// More was sent than the window allowed.
    public static var flowControlError: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 3) }
    /// A frame came for a stream that had ended.
    public static var streamClosed: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 5) }
    /// A frame has a wrong length.
    public static var frameSizeError: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 6) }
    /// Nothing of the request was processed.
    public static var refusedStream: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 7) }
    /// The stream is no longer wanted.
    public static var cancel: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 8) }
    /// The header compression state is lost.
    public static var compressionError: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 9) }
    /// The peer causes too much work.
    public static var enhanceYourCalm: HTTP2ErrorCode { HTTP2ErrorCode(rawValue: 11) }

    /// The name in RFC 9113, or the number.
    public var name: String {
        switch rawValue {
        case 0: "NO_ERROR"
        case 1: "PROTOCOL_ERROR"
        case 2: "INTERNAL_ERROR"
        case 3: "FLOW_CONTROL_ERROR"
        case 4: "SETTINGS_TIMEOUT"
        case 5: "STREAM_CLOSED"
        case 6: "FRAME_SIZE_ERROR"
        case 7: "REFUSED_STREAM"
        case 8: "CANCEL"
        case 9: "COMPRESSION_ERROR"
        case 10: "CONNECT_ERROR"
        case 11: "ENHANCE_YOUR_CALM"
        case 12: "INADEQUATE_SECURITY"
        case 13: "HTTP_1_1_REQUIRED"
        default: "error code \(rawValue)"
        }
    }
}
