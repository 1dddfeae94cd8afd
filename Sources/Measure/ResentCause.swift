/// Why a request was sent again, or had to move before it was sent. Raw values index counters; `name` is the word in
/// run.json. Each cause is counted, shown, and bounded by an objective: a repair never hides the event that it repairs.
public enum ResentCause: UInt8, CaseIterable, Sendable {
    /// The server ended an idle connection while the request was on its way.
    case idleClose
    /// GOAWAY: the server ended the connection and reports that it did not process the request.
    case goAway
    /// The server refused the stream.
    case refusedStream
    /// One of the name's addresses made no connection, and the request moved to the next one.
    case address

    /// The number of causes.
    public static let count = ResentCause.allCases.count

    /// The snake_case key of machine output.
    public var name: String {
        switch self {
        case .idleClose: "idle_close"
        case .goAway: "goaway"
        case .refusedStream: "refused_stream"
        case .address: "address"
        }
    }
}

/// The first request of a cause that was sent again: which it was, and what the server did.
public struct ResentExample: Sendable, Equatable {
    public var cause: ResentCause
    /// Nanoseconds since the run began.
    public var at: UInt64
    /// The request: method and path.
    public var request: String
    /// What happened, in words, with the server's code where it sent one.
    public var detail: String

    /// An example with every value given.
    public init(cause: ResentCause, at: UInt64, request: String, detail: String) {
        self.cause = cause
        self.at = at
        self.request = request
        self.detail = detail
    }
}
