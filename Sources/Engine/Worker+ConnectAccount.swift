import Measure
import Wire

/// Counts of connects and handshakes, for connections of one user and for shared ones.
extension Worker {
    /// The window for events that belong to no request, by when they happened or began.
    func window(at time: UInt64) -> UnsafeMutablePointer<HotWindow> {
        self.windows + (time >= self.holdStart ? 1 : 0)
    }

    /// The window for an event that happens now and belongs to no request.
    var windowNow: UnsafeMutablePointer<HotWindow> { self.window(at: self.now) }

    /// TCP is established.
    mutating func countConnection(from started: UInt64, to connected: UInt64, isReconnect: Bool) {
        let window = self.window(at: started)
        window.pointee.succeeded.connect.record(connected &- min(connected, started))
        // The connect was not complete at the look before. A delay that we caused is not the server's.
        let influence = self.pauses.longest(since: started)
        let least = self.unseenSince &- min(self.unseenSince, started)
        window.pointee.lower.connect.record(least &- min(least, influence))
        window.pointee.counters.connectionsOpened &+= 1
        if isReconnect { window.pointee.counters.reconnects &+= 1 }
    }

    /// TLS is established on a connection that began at `started` and was connected at `connected`.
    mutating func countHandshake(_ secured: TLSConnection, from started: UInt64, connected: UInt64, to end: UInt64) {
        let window = self.window(at: started)
        window.pointee.succeeded.tls.record(end &- min(end, connected))
        window.pointee.counters.handshakes &+= 1
        if secured.wasResumed { window.pointee.counters.handshakesResumed &+= 1 }
        self.tls?.noteFacts(of: secured)
    }

    /// A connect that began at `started` has not ended, or was given up because it took too long.
    mutating func recordUnendedConnect(from started: UInt64, to end: UInt64) {
        let window = self.window(at: started)
        window.pointee.unended.connect.record(end &- min(end, started))
        window.pointee.lower.connect.record(self.lookedAt &- min(self.lookedAt, started))
    }

    /// The connect failed. `connected`: when TCP was established, where the handshake failed.
    mutating func recordFailedConnect(
        _ error: ErrorClass, from started: UInt64, connected: UInt64?, to failed: UInt64
    ) {
        let window = self.window(at: started)
        if let connected {
            window.pointee.failed.tls.record(failed &- min(failed, connected))
            return
        }
        window.pointee.failed.connect.record(failed &- min(failed, started))
        if error == .timeoutConnect { self.recordUnendedConnect(from: started, to: self.now) }
    }

    /// Records the connects that are in progress when the run ends, as lower bounds: those of one user and shared ones,
    /// whether a request waits for them or not. Call it before anything is closed, as closing ends them.
    @inline(never)
    mutating func censorConnects() {
        for local in 0..<self.usersMade where self.users[local].link == .connecting {
            self.censorConnect(from: self.users[local].connectStartedAt)
        }
        for slot in 0..<self.multiplex.slotsMade(users: self.usersMade)
        where self.multiplex.connections[slot].link == .connecting {
            self.censorConnect(from: self.multiplex.connections[slot].connectStartedAt)
        }
    }

    private mutating func censorConnect(from started: UInt64) {
        self.recordFailedConnect(.timeoutConnect, from: started, connected: nil, to: self.now)
    }

    /// The server ended a user's connection: counted if no request was on it, and none had been for a while.
    mutating func countSilentEnd(_ local: Int) {
        let user = self.users + local
        if user.pointee.link == .open && user.pointee.request == .none {
            self.countSilentEnd(since: user.pointee.lastByteAt)
        }
    }

    /// The same for a shared connection.
    mutating func countSilentEnd(ofShared slot: Int) {
        let connection = self.multiplex.connections + slot
        if connection.pointee.link == .open && !connection.pointee.isDraining
            && self.multiplex.sessions[slot].openStreams == 0
        {
            self.countSilentEnd(since: connection.pointee.quietSince)
        }
    }

    private mutating func countSilentEnd(since last: UInt64) {
        let silence = self.now &- min(self.now, last)
        if silence < Worker.shortestSilence { return }
        self.windowNow.pointee.counters.silentEnds &+= 1
        self.windowNow.pointee.counters.silence &+= silence
    }

    /// An end that comes sooner after the last answer is due to that answer, not to silence. Nanoseconds.
    static let shortestSilence: UInt64 = 100_000_000
}
