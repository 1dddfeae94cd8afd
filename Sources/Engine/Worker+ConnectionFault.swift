import CLinux
import Kernel
import Measure
import Wire

/// Connections that end with an error, or cannot be made, while no request is on them. No request fails or is sent
/// again, so the event has a count of its own. The worker repairs it with a new connection and does not hide it.
extension Worker {
    /// Counts a fault of a connection to this address (an index), and keeps the first one of each class.
    @inline(never)
    mutating func countConnectionFault(_ error: ErrorClass, _ detail: FailureDetail, address: Int) {
        self.windowNow.pointee.counters.connectionFaults[Int(error.rawValue)] &+= 1
        let bit = UInt32(1) << UInt32(error.rawValue)
        if self.faultExamplesTaken & bit != 0 { return }
        self.faultExamplesTaken |= bit
        self.examples.append(
            ErrorExample(
                error: error, at: self.now &- min(self.now, self.setup.startedAt),
                request: "connection to \(self.addresses[address])", detail: detail.sentence(self.tls), excerpt: [],
                of: .connection))
    }

    /// Counts the error that ended a user's connection while no request was on it. A clean end does not count: servers
    /// close silent connections.
    mutating func countFault(_ local: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        self.countConnectionFault(error, detail, address: self.users[local].tries.last(of: self.addressCount))
    }

    /// Bytes came that belong to no request. A 408 is no fault: servers send it before they close a silent connection
    /// (RFC 9110 15.5.9).
    mutating func countSurplus(_ local: Int, _ count: Int) {
        let bytes = UnsafeBufferPointer(start: self.scratch, count: count)
        if !HTTP1RequestTimeout.begins(bytes) { self.countFault(local, .protocolHTTP1, .unasked(count)) }
    }

    /// The same for a shared connection.
    mutating func countFault(ofShared slot: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        self.countConnectionFault(
            error, detail, address: self.multiplex.connections[slot].tries.last(of: self.addressCount))
    }

    /// The end of a shared connection ends no request: none is on it, and no waiting request would fail with it.
    func isUnasked(_ slot: Int) -> Bool {
        self.multiplex.sessions[slot].openStreams == 0 && !self.failsWaiting(slot)
    }

    /// Waiting requests fail if this connection ends now: it is the one in use, and has brought no answer.
    func failsWaiting(_ slot: Int) -> Bool {
        let connection = self.multiplex.connections + slot
        let group = self.multiplex.group(ofSlot: slot)
        return !connection.pointee.isAnswered && !connection.pointee.isDraining
            && self.multiplex.current(group) == slot && self.multiplex.groups[group].firstWaiting >= 0
    }

    /// The server announced, with an error, the end of a silent connection.
    mutating func noteGoAway(_ slot: Int, _ code: UInt32) {
        if code != HTTP2ErrorCode.noError.rawValue, self.isUnasked(slot) {
            self.countFault(ofShared: slot, .protocolHTTP2, .goneAway(code))
        }
    }

    /// The transport of a shared connection ended with an error, or the session found a fault in what it received.
    mutating func noteLoss(_ slot: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        // An end without an error is normal for silent connections. One after a GOAWAY with an error is counted
        // already.
        let code = self.multiplex.connections[slot].goAway
        let isKnown = code != SharedConnection.noGoAway && code != HTTP2ErrorCode.noError.rawValue
        if error == .truncated || isKnown || !self.isUnasked(slot) { return }
        self.countFault(ofShared: slot, error, detail)
    }

    /// The class of a failure of epoll to watch a connection again. A lack of memory is a limit of this machine, and
    /// fails the requests on the connection as such. Nil: a defect of headroom.
    static func watchClass(_ error: Errno) -> ErrorClass? {
        switch error.code {
        case ENOMEM, ENOSPC: .fdLimit
        default: nil
        }
    }
}
