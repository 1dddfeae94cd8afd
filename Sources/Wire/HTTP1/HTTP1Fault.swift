/// A fault of an HTTP/1.1 message.
public enum HTTP1Fault: UInt8, Sendable, CaseIterable {
    /// The first bytes are no status line or request line.
    case startLine
    case version
    case status
    case headerName
    case headerValue
    /// A line ended with LF alone, or there was a CR without LF.
    case lineEnding
    /// A line begins with a blank but continues no value: before the first field, or in a request.
    case foldedLine
    case contentLength
    /// Content-Length together with Transfer-Encoding, or a coding that is not exactly `chunked`.
    case framing
    case chunkSize
    case chunkExtension
    case chunkEnd
    case tooManyInterim
    case unexpectedUpgrade
    /// Bytes after the end of the message.
    case surplus
    /// More header bytes or fields than allowed.
    case headerLimit
    /// The stream ended inside the message.
    case truncated

    /// The fault in plain words, to follow the name of the peer: "10.0.0.1: <sentence>".
    public var sentence: String {
        switch self {
        case .startLine:
            "the first line is not HTTP/1.x: is it an HTTP server, and is this port not for TLS or HTTP/2?"
        case .version: "the version is neither HTTP/1.0 nor HTTP/1.1"
        case .status: "the status is not one space and three digits from 100 to 999"
        case .headerName: "a field name is empty, holds a byte that names must not hold, or lacks its colon"
        case .headerValue: "a field value holds a control byte"
        case .lineEnding: "a line does not end with CR LF"
        case .foldedLine: "a line begins with a blank before the first field, or goes on with a field of a request"
        case .contentLength:
            "Content-Length is not a plain decimal number up to 9223372036854775807, or stands there with two values"
        case .framing:
            "the length of the body is ambiguous: Transfer-Encoding is not exactly one `chunked`, comes with "
                + "Content-Length, in HTTP/1.0 or in a trailer"
        case .chunkSize: "a chunk size is not 1 to 16 hexadecimal digits up to 7fffffffffffffff"
        case .chunkExtension: "a chunk extension has no name, an open quote, or a byte that must not stand there"
        case .chunkEnd: "the data of a chunk does not end with CR LF: its size is wrong"
        case .tooManyInterim: "more than \(HTTP1Limits.interimResponses) interim (1xx) responses came"
        case .unexpectedUpgrade: "101 Switching Protocols came, but no upgrade was asked for"
        case .surplus: "bytes came after the end of the message"
        case .headerLimit:
            "the header is over \(HTTP1Limits.headerBytes) bytes or \(HTTP1Limits.fields) fields, or the "
                + "request target over \(HTTP1Limits.targetBytes) bytes"
        case .truncated: "the stream ended inside the message"
        }
    }
}

/// Why a message cannot be encoded. Nothing of it reaches the wire.
public enum HTTP1EncodeFault: Error, Sendable, Equatable {
    /// The method is no token.
    case method
    /// The request target is empty or has a byte that is not visible ASCII.
    case target
    /// The name of the field at this index is no token.
    case fieldName(index: Int)
    /// The value of the field at this index has CR, LF, NUL or another control byte.
    case fieldValue(index: Int)
    /// The Content-Length at this index is not the size of the body, or is there twice.
    case contentLength(index: Int)
    /// The encoder sends bodies with Content-Length only.
    case transferEncoding(index: Int)

    /// The fault and how to fix it, in plain words.
    public var sentence: String {
        switch self {
        case .method: "the method must be a token of letters, digits and !#$%&'*+-.^_`|~"
        case .target: "the request target must be visible ASCII characters: percent-encode the others"
        case .fieldName(let index):
            "the name of field \(index + 1) must be a token of letters, digits and !#$%&'*+-.^_`|~"
        case .fieldValue(let index):
            "the value of field \(index + 1) must not hold CR, LF, NUL or other control bytes"
        case .contentLength(let index):
            "field \(index + 1) is a Content-Length that differs from the body or a second one: leave it out"
        case .transferEncoding(let index):
            "field \(index + 1) is Transfer-Encoding, but bodies are sent with Content-Length: leave it out"
        }
    }
}
