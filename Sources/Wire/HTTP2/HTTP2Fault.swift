/// A fault in what an HTTP/2 server sent.
public enum HTTP2Fault: UInt8, Sendable, CaseIterable {
    // The connection is broken: header compression, or trust in the framing, is lost.
    /// The first bytes are an HTTP/1.x status line.
    case notHTTP2
    /// The first frame is not SETTINGS.
    case preface
    /// A frame is longer than we allowed.
    case frameSize
    /// A frame's length does not fit its type.
    case frameLength
    /// A frame is on stream 0 that must not be, or on another that must be on 0.
    case streamID
    /// A frame for a stream that was never opened.
    case idleStream
    /// A frame after END_STREAM.
    case afterEnd
    /// Padding that is as long as the payload or longer.
    case padding
    /// A header block was interrupted, or CONTINUATION came without one.
    case continuation
    /// A header block that cannot be decompressed.
    case compression
    /// A header block with more table size updates than allowed.
    case tableSizeUpdates
    /// More header bytes or fields than allowed.
    case headerLimit
    /// A header block in more frames than allowed.
    case continuationFlood
    /// A SETTINGS value outside its range, or an acknowledgement of nothing.
    case settings
    /// WINDOW_UPDATE by 0 on the connection.
    case windowIncrement
    /// WINDOW_UPDATE or SETTINGS take a window over 2^31-1.
    case windowOverflow
    /// More DATA than the connection's window.
    case flowControl
    /// PUSH_PROMISE, which we disabled.
    case pushPromise
    /// GOAWAY with an impossible or growing stream id.
    case goAway
    /// Too many frames that bring no progress.
    case flood
    /// Too many replies wait to be read.
    case replyLimit
    /// More events in one step of reading than there is room for: a defect of this program.
    case eventLimit
    /// Our own requests cannot be compressed: memory is short.
    case encoder

    // One stream is broken; the others go on.
    /// A field name is empty, has upper case, or has a byte that is not allowed in names.
    case fieldName
    /// A field value has a control byte, or begins or ends with a blank.
    case fieldValue
    /// A field that belongs to an HTTP/1.1 connection.
    case connectionField
    /// A pseudo field that is unknown, is there twice, comes after the others, or is in a trailer.
    case pseudoField
    /// `:status` is missing or is not three digits from 100 to 999.
    case status
    /// 101 Switching Protocols, which HTTP/2 does not have.
    case unexpectedUpgrade
    case tooManyInterim
    /// An interim response ends the stream.
    case interimEnd
    /// Content-Length is no number, has two values, or is not the body's length.
    case contentLength
    /// DATA before the head of the response.
    case dataBeforeHead
    /// A body where there must be none: HEAD, 204, 304.
    case unexpectedBody
    /// Trailers that do not end the stream.
    case trailers
    /// WINDOW_UPDATE by 0 on a stream.
    case streamWindowIncrement
    /// WINDOW_UPDATE takes a stream's window over 2^31-1.
    case streamWindowOverflow
    /// More DATA than the stream's window.
    case streamFlowControl
    /// PRIORITY of a wrong length.
    case priorityLength

    /// The code of the GOAWAY or RST_STREAM in reply.
    public var code: HTTP2ErrorCode {
        switch self {
        case .frameSize, .frameLength, .priorityLength: .frameSizeError
        case .afterEnd: .streamClosed
        case .compression, .tableSizeUpdates: .compressionError
        case .headerLimit, .continuationFlood, .flood, .replyLimit, .tooManyInterim: .enhanceYourCalm
        case .windowOverflow, .flowControl, .streamWindowOverflow, .streamFlowControl: .flowControlError
        case .encoder, .eventLimit: HTTP2ErrorCode(rawValue: 2)
        default: .protocolError
        }
    }

    /// The fault is about the amount of header bytes, whose error class is `header_limit`.
    public var isHeaderLimit: Bool { self == .headerLimit || self == .continuationFlood }

    /// The fault in plain words, to follow the name of the peer: "10.0.0.1: <sentence>".
    public var sentence: String {
        switch self {
        case .notHTTP2:
            "the answer is HTTP/1.x: the server does not speak HTTP/2 on this port; use --http 1.1"
        case .preface:
            "the first frame is not SETTINGS: is it an HTTP/2 server, and is this port not for TLS?"
        case .frameSize: "a frame is longer than the \(HTTP2Limits.defaultFrameSize) bytes or more we allowed"
        case .frameLength: "a frame's length is not what its type wants"
        case .streamID: "a frame stands on stream 0 that must not, or on another stream that must stand on 0"
        case .idleStream: "a frame came for a stream that was never opened"
        case .afterEnd: "a frame came for a stream that the server had ended"
        case .padding: "the padding of a frame is as long as the frame, or longer"
        case .continuation: "a header block was interrupted, or a CONTINUATION frame came without one"
        case .compression: "a header block cannot be decompressed (or one string in it is over 64 KiB)"
        case .tableSizeUpdates:
            "a header block changes the table's size more than \(HTTP2Limits.tableSizeUpdates) times"
        case .headerLimit:
            "the header is over \(HTTP2Limits.headerBytes) bytes or \(HTTP2Limits.fields) fields"
        case .continuationFlood:
            "a header block has more than \(HTTP2Limits.continuationFrames) CONTINUATION frames"
        case .settings: "a SETTINGS frame has a value outside its range, or acknowledges nothing"
        case .windowIncrement, .streamWindowIncrement: "a WINDOW_UPDATE frame is by 0"
        case .windowOverflow, .streamWindowOverflow: "a flow-control window was taken over 2147483647"
        case .flowControl, .streamFlowControl: "more DATA came than the flow-control window allowed"
        case .pushPromise: "a PUSH_PROMISE frame came, though push is disabled"
        case .goAway: "a GOAWAY frame names a stream that cannot be, or a later one than before"
        case .flood:
            "over \(HTTP2Limits.idleFrames) frames in 10 s, or \(HTTP2Limits.settingsEntries) settings in one, "
                + "brought nothing forward"
        case .replyLimit: "the server asks for replies that it does not read: \(HTTP2Limits.replyBytes) bytes wait"
        case .eventLimit:
            "more happened at once than headroom's queue of events holds: a defect of headroom, please report it"
        case .encoder: "the request could not be compressed: memory is short"
        case .fieldName: "a field name is empty, in upper case, or holds a byte that names must not hold"
        case .fieldValue: "a field value holds a control byte, or begins or ends with a blank"
        case .connectionField: "a field came that HTTP/2 forbids: connection, transfer-encoding and the like"
        case .pseudoField:
            "a pseudo field is unknown, stands twice, behind other fields, or in a trailer section"
        case .status: ":status is missing, or is not three digits from 100 to 999"
        case .unexpectedUpgrade: "101 Switching Protocols came, which HTTP/2 does not have"
        case .tooManyInterim: "more than \(HTTP2Limits.interimResponses) interim (1xx) responses came"
        case .interimEnd: "an interim (1xx) response ended the stream"
        case .contentLength: "content-length is no number, stands there with two values, or is not the body's length"
        case .dataBeforeHead: "body bytes came before the head of the response"
        case .unexpectedBody: "a body came with a response that has none (HEAD, 204, 304)"
        case .trailers: "a trailer section did not end the stream"
        case .priorityLength: "a PRIORITY frame is not 5 bytes long"
        }
    }
}
