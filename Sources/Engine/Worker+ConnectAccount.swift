import Measure
import Wire

/// What is counted of connects and handshakes, whether one user has the connection or several share it.
extension Worker {
    /// The window of what belongs to no request, by when it happened or was begun.
    func window(at time: UInt64) -> UnsafeMutablePointer<HotWindow> {
        self.windows + (time >= self.holdStart ? 1 : 0)
    }

    /// The window of what happens now and belongs to no request.
    var windowNow: UnsafeMutablePointer<HotWindow> { self.window(at: self.now) }

    /// TCP is established.
    mutating func countConnection(from started: UInt64, to connected: UInt64, isReconnect: Bool) {
        let window = self.window(at: started)
        window.pointee.succeeded.connect.record(connected &- min(connected, started))
        // It was not there at the look before, and what was connected late by us is no server's.
        let influence = self.pauses.longest(since: started)
        let least = self.unseenSince &- min(self.unseenSince, started)
        window.pointee.lower.connect.record(least &- min(least, influence))
        window.pointee.counters.connectionsOpened &+= 1
        if isReconnect { window.pointee.counters.reconnects &+= 1 }
    }

    /// TLS is established on a connection that was begun at `started` and connected at `connected`.
    mutating func countHandshake(_ secured: TLSConnection, from started: UInt64, connected: UInt64, to end: UInt64) {
        let window = self.window(at: started)
        window.pointee.succeeded.tls.record(end &- min(end, connected))
        window.pointee.counters.handshakes &+= 1
        if secured.wasResumed { window.pointee.counters.handshakesResumed &+= 1 }
        self.tls?.noteFacts(of: secured)
    }

    /// A connect that was begun at `started` has not ended, or was given up for want of time.
    mutating func recordUnendedConnect(from started: UInt64, to end: UInt64) {
        let window = self.window(at: started)
        window.pointee.unended.connect.record(end &- min(end, started))
        window.pointee.lower.connect.record(self.lookedAt &- min(self.lookedAt, started))
    }

    /// No connection came to be; `connected`: when TCP was, where the handshake is what failed.
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

    /// A connect that goes on when the run ends took at least until now: of a user or of several, whether a request
    /// waits for it or not. Before anything is closed, for what is closed goes on no more.
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

    /// The server ended a user's connection: counted where nothing was asked on it, and had not been for a while.
    mutating func countSilentEnd(_ local: Int) {
        let user = self.users + local
        if user.pointee.link == .open && user.pointee.request == .none {
            self.countSilentEnd(since: user.pointee.lastByteAt)
        }
    }

    /// The same of a connection that users share.
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

    /// A connection that ends sooner after its last answer was ended because of that, not because it was silent:
    /// nanoseconds.
    static let shortestSilence: UInt64 = 100_000_000
}
