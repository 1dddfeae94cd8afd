/// What was wrong with an HTTP/1.1 message.
public enum HTTP1Fault: UInt8, Sendable, CaseIterable {
    /// The first bytes are no status line or request line.
    case startLine
    case version
    case status
    case headerName
    case headerValue
    /// A line ended with LF alone, or CR stood alone.
    case lineEnding
    case foldedLine
    case contentLength
    /// Two Content-Lengths, Content-Length with Transfer-Encoding, a coding that is not exactly `chunked`.
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
}
