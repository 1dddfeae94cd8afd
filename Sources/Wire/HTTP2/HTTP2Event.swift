/// An event of a connection, in order. Plain data of 32 bytes.
///
/// Every submitted request gets at most one `.head`, then exactly one event that ends it (`ended`, `reset`, `refused`,
/// `unprocessed`, `fault` or `lost`), unless the caller cancels it. Ignore an event of a stream that was cancelled
/// before the event was read: compare `stream`.
public struct HTTP2Event: Sendable, Equatable {
    /// The kind of event, which decides the fields that are set.
    public enum Kind: UInt8, Sendable {
        /// The final head was read: `status`.
        case head
        /// Body bytes came; at most one per stream and `feed`, for the caller's idle timeouts.
        case body
        /// The response is complete: `status`, `headerBytes`, `bodyBytes`, `interimCount`, `isWhole`.
        case ended
        /// The server reset the stream: `code`.
        case reset
        /// The server reset the stream and reports that it processed nothing of it: it may be sent again.
        case refused
        /// By a GOAWAY the stream was not processed: it may be sent again, on another connection. `code` is the
        /// GOAWAY's.
        case unprocessed
        /// The response broke a rule: `fault`. The stream was reset with `fault.code`, or the connection is
        /// broken and `.failed` follows.
        case fault
        /// The transport ended while the stream was open. With `headerBytes` 0 nothing of a response had come.
        case lost
        /// The server announces the end of the connection: `stream` is the last one that it processes, `code` the
        /// reason.
        case goAway
        /// SETTINGS came: `code` holds MAX_CONCURRENT_STREAMS, or its largest value if there is none.
        case settings
        /// The connection is broken: `fault`, and `openRequests` ended with it. A GOAWAY waits in the output.
        case failed
    }

    /// The kind of event.
    public internal(set) var kind: Kind
    /// The fault, for `.fault` and `.failed`.
    public internal(set) var fault: HTTP2Fault?
    /// Interim responses before the final one.
    public internal(set) var interimCount: UInt8 = 0
    /// The request was completely sent before the response ended. If not, its rest is dropped.
    public internal(set) var isWhole = true
    /// The status of the final response, 0 while there is none.
    public internal(set) var status: UInt16 = 0
    /// The stream's id.
    public internal(set) var stream: UInt32 = 0
    /// The caller's tag from `submit`.
    public internal(set) var tag: UInt32 = 0
    /// The server's error code, or the number of streams that it allows.
    public internal(set) var code: UInt32 = 0
    /// For `.failed`: requests that were open and ended with the connection.
    public var openRequests: Int { kind == .failed ? Int(code) : 0 }
    /// Payload of the response's HEADERS and CONTINUATION frames so far.
    public internal(set) var headerBytes: UInt32 = 0
    /// Payload of its DATA frames without padding so far.
    public internal(set) var bodyBytes: UInt64 = 0
}

/// Bytes transferred on a connection, by class.
public struct HTTP2ByteCounts: Sendable, Equatable {
    /// All bytes fed, framing included, and those dropped in the kernel.
    public internal(set) var receivedSocket: UInt64 = 0
    /// Payload of HEADERS and CONTINUATION frames.
    public internal(set) var receivedHeader: UInt64 = 0
    /// Payload of DATA frames without their padding.
    public internal(set) var receivedBody: UInt64 = 0
    /// The same of our own frames, counted as they are framed.
    public internal(set) var sentHeader: UInt64 = 0
    /// The same of our own frames, counted as they are framed.
    public internal(set) var sentBody: UInt64 = 0
}
