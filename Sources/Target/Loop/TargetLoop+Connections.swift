import CLinux
import Engine

/// How connections begin and end.
extension TargetLoop {
    /// Accepts waiting connections, up to a limit; as it is level triggered, the rest is reported again.
    func acceptConnections() {
        for _ in 0..<TargetLimits.acceptsPerTurn {
            do {
                guard let fd = try Socket.accept(self.listener) else { return }
                self.open(fd)
            } catch {
                // Mostly EMFILE or ENFILE. The client waits in the backlog, and the loop does not spin.
                self.poller.remove(self.listener)
                self.deadlines.set(
                    self.listenerDeadline, at: self.now &+ TargetLimits.acceptPauseNanoseconds)
                return
            }
        }
    }

    /// The listener's pause is over.
    func resumeListening() {
        do {
            try self.poller.addListener(self.listener, tag: Self.listenerTag)
        } catch {
            // The kernel is short of memory: tries again later.
            self.deadlines.set(self.listenerDeadline, at: self.now &+ TargetLimits.acceptPauseNanoseconds)
        }
    }

    private func open(_ fd: Int32) {
        guard self.shared.admit() else { return self.refuse(fd) }
        guard let index = self.slab.take(fd: fd) else {
            self.shared.leave()
            return self.refuse(fd)
        }
        do {
            try self.poller.add(fd, tag: self.slab.tag(index))
            self.slab.pointer(index).pointee.number =
                self.counters.connectionsAccepted.value &* UInt64(self.shared.options.threads) &+ self.index
        } catch {
            self.slab.release(index)
            self.shared.leave()
            return self.refuse(fd)
        }
        self.counters.connectionsAccepted.add(1)
        if let context = self.shared.tls, let transport = self.transport {
            let connection = self.slab.pointer(index)
            connection.pointee.tls = TLSConnection(context: context, transport: transport, fd: fd)
            connection.pointee.phase = .handshaking
            self.deadlines.set(index, at: self.now &+ TargetLimits.handshakeNanoseconds)
            // Without memory for TLS there is no handshake, so the connection ends at once.
            if connection.pointee.tls == nil { self.closeConnection(index) }
        }
    }

    private func refuse(_ fd: Int32) {
        self.counters.connectionsRefused.add(1)
        Socket.reset(fd)
    }

    /// Closes a connection in the usual way and frees its slot.
    func closeConnection(_ index: Int) {
        let fd = self.slab.pointer(index).pointee.fd
        self.free(index)
        close(fd)
    }

    /// Ends a connection with a reset and frees its slot.
    func resetConnection(_ index: Int) {
        let fd = self.slab.pointer(index).pointee.fd
        self.free(index)
        Socket.reset(fd)
    }

    /// Counts before the descriptor is closed, so that a client that sees the end finds it counted.
    private func free(_ index: Int) {
        let connection = self.slab.pointer(index)
        self.noteEnd(connection, lastByteOut: nil)
        connection.pointee.tls?.free()
        if let parser = connection.pointee.parser { self.parsers.giveBack(parser) }
        connection.pointee.pipelined?.deallocate()
        connection.pointee.http2?.release()
        self.deadlines.set(index, at: DeadlineHeap.never)
        self.leave(connection)
        self.slab.release(index)
        self.counters.connectionsClosed.add(1)
    }

    /// The connection no longer counts against the limit.
    func leave(_ connection: UnsafeMutablePointer<Connection>) {
        guard connection.pointee.isAdmitted else { return }
        connection.pointee.isAdmitted = false
        self.shared.leave()
    }

    /// Our side has ended: sends the end and waits a while for the client's.
    func linger(_ index: Int) {
        let connection = self.slab.pointer(index)
        connection.pointee.phase = .lingering
        // Without close_notify a truncated answer looks truncated (RFC 8446, 6.1).
        if let tls = connection.pointee.tls, !connection.pointee.answer.isCut { self.counted { tls.shutdown() } }
        shutdown(connection.pointee.fd, Int32(SHUT_WR))
        self.deadlines.set(index, at: self.now &+ TargetLimits.lingerNanoseconds)
        self.discardInput(index)
    }

    /// Drops bytes of a client that gets no more answers; closes when the client ends.
    func discardInput(_ index: Int) {
        let connection = self.slab.pointer(index)
        var dropped = 0
        while dropped < TargetLimits.discardedBytesPerTurn {
            switch self.discard(connection, TargetLimits.discardedBytesPerTurn) {
            case .bytes(let count) where count > 0:
                dropped &+= count
            case .wouldBlock: return
            case .bytes, .failed: return self.closeConnection(index)
            }
        }
        // A client that sends megabytes on a closed connection gets no more time.
        if connection.pointee.phase == .lingering { return self.closeConnection(index) }
        self.yield(index)
    }
}
