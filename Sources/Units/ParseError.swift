/// A word of a command line or a profile that cannot be used: one sentence with what is wrong and what to write
/// instead. The caller adds the place of the word.
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
