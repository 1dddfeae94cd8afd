import CLinux
import Kernel

/// A loop's timer for waits that seldom last to their end. The kernel would start and cancel a timeout for each such
/// wait. Instead one timer stays armed, and is set again once its time is past. The worker's thread owns it.
struct WakeTimer {
    /// A shorter wait gets a timeout of its own, if no answer is likely to end it.
    static let shortestWait: UInt64 = 10_000_000

    private let fd: Int32
    /// When it expires, or expired.
    private var at: UInt64 = 0

    /// Makes a timer and adds it to the poller, which reports its events with `Poller.timerTag`.
    init(_ poller: borrowing Poller) throws(Errno) {
        let fd = linux_timer()
        if fd < 0 { throw Errno.current }
        do {
            try poller.addTimer(fd)
        } catch {
            CLinux.close(fd)
            throw error
        }
        self.fd = fd
    }

    /// The time at which the timer ends a wait from `now` to `until`; nil: the wait needs a timeout of its own.
    /// `isInterruptible`: an answer is outstanding, and may well end the wait.
    @inline(__always)
    mutating func covers(_ now: UInt64, _ until: UInt64, isInterruptible: Bool) -> UInt64? {
        if until <= now { return nil }
        if self.at > now && self.at <= until { return self.at }
        if !isInterruptible && until < now &+ Self.shortestWait { return nil }
        return self.set(until)
    }

    @inline(never)
    private mutating func set(_ until: UInt64) -> UInt64? {
        // Time 0 cannot be waited for: zero would switch the timer off.
        if until == 0 || linux_set_timer(self.fd, until) != 0 { return nil }
        self.at = until
        return until
    }

    /// Closes it.
    func close() { CLinux.close(self.fd) }
}
