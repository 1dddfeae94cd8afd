/// What happened on a connection, in the order in which it did. Plain data of 32 bytes.
///
/// Every submitted request gets at most one `.head`, then exactly one event that ends it (`endsRequest`),
/// unless the caller cancels it. An event of a stream that the caller cancelled before it read the event is
/// to be ignored: compare `stream`.
public struct HTTP2Event: Sendable, Equatable {
    /// What an event says, and which fields it fills.
    public enum Kind: UInt8, Sendable {
        /// The final head was read: `status`.
        case head
        /// Body bytes came; at most one a stream and `feed`, for the caller's idle timeouts.
        case body
        /// The response is complete: `status`, `headerBytes`, `bodyBytes`, `interimCount`, `isWhole`.
        case ended
        /// The server reset the stream: `code`.
        case reset
        /// The server reset the stream and says that it processed nothing of it: it may be sent again.
        case refused
        /// GOAWAY says that the stream was not processed: it may be sent again, on another connection. `code` is the
        /// GOAWAY's.
        case unprocessed
        /// The response broke a rule: `fault`. The stream was reset with `fault.code`, or the connection is
        /// broken and `.failed` follows.
        case fault
        /// The transport ended under the stream. With `headerBytes` 0 nothing of a response had come.
        case lost
        /// The server announces the end of the connection: `stream` is the last one it processes, `code` why.
        case goAway
        /// SETTINGS came: `code` holds MAX_CONCURRENT_STREAMS, its largest value where there is none.
        case settings
        /// The connection is broken: `fault`, and `openRequests` ended with it. A GOAWAY waits in the output.
        case failed
    }

    /// What happened.
    public internal(set) var kind: Kind
    /// What was wrong, for `.fault` and `.failed`.
    public internal(set) var fault: HTTP2Fault?
    /// Interim responses before the final one.
    public internal(set) var interimCount: UInt8 = 0
    /// The request was sent to its last byte before the response ended. If not, its rest is dropped.
    public internal(set) var isWhole = true
    /// The status of the final response, 0 while there is none.
    public internal(set) var status: UInt16 = 0
    /// The stream's id.
    public internal(set) var stream: UInt32 = 0
    /// What the caller gave to `submit`.
    public internal(set) var tag: UInt32 = 0
    /// The server's error code, or the number of streams it allows.
    public internal(set) var code: UInt32 = 0
    /// Of `.failed`: requests that were open and ended with the connection.
    public var openRequests: Int { kind == .failed ? Int(code) : 0 }
    /// Payload of the response's HEADERS and CONTINUATION frames, as far as it came.
    public internal(set) var headerBytes: UInt32 = 0
    /// Payload of its DATA frames without padding, as far as it came.
    public internal(set) var bodyBytes: UInt64 = 0

    /// The request that the event belongs to is over.
    public var endsRequest: Bool {
        switch kind {
        case .ended, .reset, .refused, .unprocessed, .fault, .lost: true
        case .head, .body, .goAway, .settings, .failed: false
        }
    }
}

/// Bytes that passed a connection, by class.
public struct HTTP2ByteCounts: Sendable, Equatable {
    /// All bytes fed, framing included; what was dropped in the kernel too.
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
