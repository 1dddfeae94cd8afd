/// A command line that cannot be understood.
public struct UsageError: Error, Sendable, Equatable {
    /// One sentence: what is wrong, and what to write instead.
    public let message: String

    /// An error with this sentence.
    public init(_ message: String) { self.message = message }
}
