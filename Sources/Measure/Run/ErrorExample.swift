/// The first failure of a class: what it was, and the beginning of the answer as it came.
public struct ErrorExample: Sendable, Equatable {
    /// What failed: a request, or a connection without a request on it.
    public enum Subject: String, Sendable, CaseIterable {
        case request, connection
    }

    public var error: ErrorClass
    public var of: Subject
    /// Nanoseconds since the run began.
    public var at: UInt64
    /// The request: method and path; or the connection, by its address.
    public var request: String
    /// What exactly was wrong, in words.
    public var detail: String
    /// At most `excerptLimit` bytes of the answer, not redacted yet.
    public var excerpt: [UInt8]

    /// Most bytes of an answer that are kept.
    public static let excerptLimit = 1024

    /// An example with every value given.
    public init(
        error: ErrorClass, at: UInt64, request: String, detail: String, excerpt: [UInt8], of: Subject = .request
    ) {
        self.of = of
        self.error = error
        self.at = at
        self.request = request
        self.detail = detail
        self.excerpt = excerpt
    }
}
