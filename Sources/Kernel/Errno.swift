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

/// Makes a call until no signal interrupts it; returns its result, or throws the error number. The limit stops a call
/// that is interrupted for ever.
@inlinable @inline(__always)
public func retryingInterrupts<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
) throws(Errno) -> Result {
    for _ in 0..<interruptedRetryLimit {
        let result = call()
        if result >= 0 { return result }
        let error = Errno.current
        if error.code != EINTR { throw error }
    }
    throw Errno(EINTR)
}

/// How often in a row an interrupted call is repeated.
public let interruptedRetryLimit = 1_000
