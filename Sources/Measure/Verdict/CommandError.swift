/// Why a command failed: what, where, how to fix it, and the exit code.
public struct CommandError: Error {
    public let sentence: String
    public let code: ExitCode

    /// An error with both given.
    public init(sentence: String, code: ExitCode) {
        self.sentence = sentence
        self.code = code
    }
}
