/// A word of a command line or a profile that cannot be used: one sentence that says what is wrong and what
/// to write instead. The caller knows where the word stood and adds that.
public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence, without the place.
    public let message: String

    /// A new error with this sentence.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}
