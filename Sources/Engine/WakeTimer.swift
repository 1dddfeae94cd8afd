import CLinux

/// A loop's timer for waits that seldom last to their end. Such a wait has no timeout of its own, which the kernel
/// would start and cancel with each sleep: one timer stays, and is set again once it is past. The worker's thread owns
/// it.
struct WakeTimer {
    /// A wait that would be shorter, and that no answer is likely to end, has a timeout of its own.
    static let shortestWait: UInt64 = 10_000_000

    private let fd: Int32
    /// When it expires, or did.
    private var at: UInt64 = 0

    /// Makes a timer whose events, with `Poller.timerTag`, the poller tells.
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

    /// The time at which a wait from `now` to `until` wakes up by the timer; nil: it needs a timeout of its own.
    /// `isInterruptible`: an answer is outstanding, and ends the wait as likely as not.
    @inline(__always)
    mutating func covers(_ now: UInt64, _ until: UInt64, isInterruptible: Bool) -> UInt64? {
        if until <= now { return nil }
        if self.at > now && self.at <= until { return self.at }
        if !isInterruptible && until < now &+ Self.shortestWait { return nil }
        return self.set(until)
    }

    @inline(never)
    private mutating func set(_ until: UInt64) -> UInt64? {
        // The epoch of the clock is no time to wait for: zero would switch the timer off.
        if until == 0 || linux_set_timer(self.fd, until) != 0 { return nil }
        self.at = until
        return until
    }

    /// Ends it.
    func close() { CLinux.close(self.fd) }
}
