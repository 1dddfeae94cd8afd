import CLinux

/// An error number of the kernel, captured right after the call that failed.
public struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
    public let code: Int32

    /// A given number, such as `EADDRINUSE`.
    public init(_ code: Int32) { self.code = code }

    /// The calling thread's error number now.
    public static var current: Errno { Errno(linux_errno()) }

    /// The C library's words, such as "Connection refused".
    public var description: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard let text = linux_error_text(self.code, &buffer, buffer.count) else {
            return "error \(self.code)"
        }
        return String(cString: text)
    }
}

/// How often in a row an interrupted call is repeated.
public let interruptedRetryLimit = 1_000
