import CLinux
import Kernel

/// SIGINT, SIGTERM and SIGHUP as a readable descriptor instead of handlers. Make it before any thread.
public struct SignalSource: Sendable {
    /// Readable when a signal came.
    public let fd: Int32

    /// Blocks the three signals for this thread and all that it starts, and ignores those that writing may raise. A
    /// SIGHUP that was ignored at the start stays ignored: below nohup(1) a terminal that goes away ends nothing. (A
    /// blocked signal would be read here although it is ignored.)
    public init() throws(Errno) {
        var mask = sigset_t()
        sigemptyset(&mask)
        for signal in [SIGINT, SIGTERM] { sigaddset(&mask, signal) }
        if linux_ignores(SIGHUP) == 0 { sigaddset(&mask, SIGHUP) }
        pthread_sigmask(SIG_BLOCK, &mask, nil)
        linux_ignore_write_signals()
        self.fd = signalfd(-1, &mask, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        if self.fd < 0 { throw Errno.current }
    }

    /// The next signal that came, if any.
    public func next() -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(self.fd, &info, size) == size ? Int32(bitPattern: info.ssi_signo) : nil
    }

    /// Waits until a signal came, at most so long (nil: without limit).
    public func wait(nanoseconds: UInt64?) -> Int32? {
        Descriptors.wait([self.fd], nanoseconds: nanoseconds)
        return self.next()
    }
}

/// Waiting on a few descriptors outside the loops.
enum Descriptors {
    /// Returns when one is readable, a signal interrupted, or the time is over.
    static func wait(_ fds: [Int32], nanoseconds: UInt64?) {
        var entries = fds.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = linux_poll(&entries, nfds_t(entries.count), nanoseconds.map { Int64(clamping: $0) } ?? -1)
    }
}
