import Engine

/// Entries of the log of arrivals. Without a log each of these is one branch.
extension TargetLoop {
    /// A read has brought bytes.
    @inline(__always)
    func noteRead() {
        if self.arrivals != nil { self.readAt = MonotonicClock.now() }
    }

    /// The bytes that were just read begin a request.
    @inline(__always)
    func noteFirstByte(_ connection: UnsafeMutablePointer<Connection>) {
        if self.arrivals != nil { connection.pointee.firstByteIn = self.readAt }
    }

    /// A request is complete.
    @inline(__always)
    func noteRequest(_ connection: UnsafeMutablePointer<Connection>) {
        if self.arrivals != nil { connection.pointee.requestIn = MonotonicClock.now() }
    }

    /// The next call may send the answer's last byte.
    @inline(__always)
    func noteSend() {
        if self.arrivals != nil { self.sendAt = MonotonicClock.now() }
    }

    /// The answer is sent, or nil: there will be none. Only once per request.
    @inline(__always)
    func noteEnd(_ connection: UnsafeMutablePointer<Connection>, lastByteOut: UInt64?) {
        guard let arrivals = self.arrivals, connection.pointee.requestIn != 0 else { return }
        arrivals.append(
            Arrival(
                connection: connection.pointee.number, number: connection.pointee.logged,
                firstByteIn: connection.pointee.firstByteIn, requestIn: connection.pointee.requestIn,
                lastByteOut: lastByteOut))
        connection.pointee.logged &+= 1
        connection.pointee.requestIn = 0
    }
}
