import CLinux
import Kernel

/// The end of a connection that had a request on it: when it came, as far as that is known. A pause of this process
/// does not make it later.
struct ConnectionEnd {
    /// An end that comes within this time of a request, and twice its round-trip time, may have been on its way when
    /// the request was: only then was the connection idle when the server decided to end it. Nanoseconds.
    static let idleCloseWindow: UInt64 = 10_000_000
    /// The kernel counts the time since an acknowledgement in ticks of its timer, of 4 ms as a rule. Nanoseconds.
    static let kernelTick: UInt64 = 4_000_000

    /// The turn of the loop that found it.
    var foundAt: UInt64
    /// The smoothed round-trip time.
    var roundTrip: UInt64 = 0
    /// When the last acknowledgement came, by the kernel's clock of ticks. A FIN carries one, so it came no later; a
    /// reset is not taken for one. nil for a reset, or where the kernel does not say.
    var acknowledgedAt: UInt64?

    /// Nothing is known but when it was found.
    init(foundAt: UInt64) { self.foundAt = foundAt }

    /// Of a connection whose socket is still there. `error`: nil where the stream ended with a FIN. EPIPE is that of a
    /// reset behind a FIN.
    init(foundAt: UInt64, now: UInt64, of fd: Int32, _ error: Errno?) {
        self.init(foundAt: foundAt)
        guard let info = Socket.endInfo(fd) else { return }
        self.roundTrip = info.roundTrip
        if error == nil || error?.code == EPIPE {
            self.acknowledgedAt = now &- min(now, info.sinceAcknowledgement)
        }
    }

    /// It came so soon after a request that the two may have crossed.
    ///
    /// - The loop found it within the window: then it also arrived within the window. There is one exception. The event
    ///   may have been earlier bytes, and the process may have paused before the read that met the end. The kernel's
    ///   time of the last acknowledgement shows that.
    /// - The loop found it later: it may have waited while the process paused. A FIN arrived no later than the last
    ///   acknowledgement. The kernel keeps no time of a reset, so a reset counts from when it was found, and the
    ///   request fails, because the server may have worked on it.
    func isPrompt(since sentAt: UInt64) -> Bool {
        let window = Self.idleCloseWindow &+ 2 &* min(self.roundTrip, 1 &<< 60)
        let found = self.foundAt &- min(self.foundAt, sentAt)
        guard let acknowledgedAt else { return found <= window }
        // How far the request was out at the earliest and the latest.
        let least = acknowledgedAt &- min(acknowledgedAt, sentAt &+ Self.kernelTick)
        let most = acknowledgedAt &+ Self.kernelTick &- min(acknowledgedAt &+ Self.kernelTick, sentAt)
        return found <= window ? least <= window : most <= window
    }
}
