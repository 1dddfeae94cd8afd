/// The limits of the HTTP/1.1 engines. Each run of bytes that a peer can make long ends at one of them.
public enum HTTP1Limits {
    /// Start line, fields, blank line and trailers of one message, with interim heads and chunk extensions. curl's cap
    /// after CVE-2023-38039 has the same size; an ALB sends at most 32 KB.
    public static let headerBytes = 262_144
    /// Field lines of one message, with trailers and interim heads.
    public static let fields = 256
    /// Interim (1xx) responses before the final one; real servers send one or two.
    public static let interimResponses = 32
    /// Digits of a chunk size: those of 64 bits.
    public static let chunkSizeDigits = 16
    /// The largest Content-Length and chunk size: it fits an `Int`, so that no count needs a later check.
    public static let bodyBytes = UInt64(Int64.max)
    /// Bytes of a request target that the server's parser keeps.
    public static let targetBytes = 1_024
    /// Bytes of a method name; the longest registered one, UPDATEREDIRECTREF, has 17.
    public static let methodBytes = 32
}

/// The result of feeding bytes to a parser.
public enum HTTP1Outcome: Sendable, Equatable {
    /// All bytes are used and the message continues.
    case more
    /// The message ended after `consumed` of the bytes fed in this call. The rest belongs to the caller.
    case complete(consumed: Int)
    /// The message is broken, and so is the connection: nothing after it can be trusted.
    case failed(HTTP1Fault)
}
