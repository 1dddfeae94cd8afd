import CLinux

/// Writing whole buffers to a descriptor.
public enum FileDescriptor {
    /// Most interrupted or partial writes in a row.
    private static let attemptLimit = 10_000

    /// Writes everything; nil, or the error number.
    public static func writeAll(_ fd: Int32, _ bytes: [UInt8]) -> Int32? {
        bytes.withUnsafeBytes { buffer -> Int32? in
            guard let base = buffer.baseAddress else { return nil }
            var offset = 0
            for _ in 0..<Self.attemptLimit {
                if offset >= buffer.count { return nil }
                let count = write(fd, base + offset, buffer.count - offset)
                if count >= 0 {
                    offset += count
                    continue
                }
                let code = linux_errno()
                if code == EINTR { continue }
                if code == EAGAIN {
                    // Another process made our terminal non-blocking: waits until it takes bytes again.
                    var entry = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
                    _ = linux_poll(&entry, 1, 1_000_000_000)
                    continue
                }
                return code
            }
            return offset >= buffer.count ? nil : EIO
        }
    }
}
