import Kernel
import Measure
import Wire
import Workload

/// Ends of shared connections: announced, by our plan, or lost.
extension Worker {
    /// The connection takes no further request. The group's next requests go over another connection: at once where its
    /// other slot is free, else when the older connection has drained too. A user without a request stays held; its
    /// next request decides.
    @inline(never)
    mutating func drain(_ slot: Int, isAnnounced: Bool) {
        let connection = self.multiplex.connections + slot
        if connection.pointee.isDraining { return }
        connection.pointee.isDraining = true
        self.multiplex.sessions[slot].close()
        self.list(slot)
        let group = self.multiplex.group(ofSlot: slot)
        self.multiplex.groups[group].isReconnecting = true
        // The pause grows with each connection that the server ends before it answers.
        self.backOffGroup(group, mayBeNow: connection.pointee.isAnswered)
        self.replace(slot)
    }

    /// Switches the group to its other slot if the current one drains, and connects where a user needs it.
    private mutating func replace(_ slot: Int) {
        let group = self.multiplex.group(ofSlot: slot)
        guard self.setup.connection == .perUser else { return self.connectForWaiting(group) }
        let current = self.multiplex.current(group)
        if self.multiplex.connections[current].isDraining {
            guard self.multiplex.connections[current ^ 1].link == .none else { return }
            self.multiplex.groups[group].usesSecond.toggle()
        }
        let next = self.multiplex.current(group)
        guard self.multiplex.connections[next].link == .none else { return }
        self.connectForWaiting(group)
        self.armShared(next)
    }

    /// Whether the group needs a connection. It does if a user waits. It also does if connections are what the load
    /// measures, the last one was lost, and a user has a request to come before the stop. Users with a request in
    /// flight are looked at when that is over: it may have been their last.
    mutating func isNeeded(_ group: Int) -> Bool {
        if self.multiplex.groups[group].firstWaiting >= 0 { return true }
        if !self.keepsConnections || !self.multiplex.groups[group].isReconnecting { return false }
        for local in self.multiplex.users(of: group, made: self.usersMade)
        where self.multiplex.places[local].id == 0 && self.mayStart(local) {
            return true
        }
        return false
    }

    /// The transport ended: the connection is lost.
    @inline(never)
    mutating func sharedLost(_ slot: Int, _ error: ErrorClass, _ detail: FailureDetail) {
        self.now = max(self.now, MonotonicClock.now())
        self.countSilentEnd(ofShared: slot)
        self.noteLoss(slot, error, detail)
        let code = self.multiplex.connections[slot].goAway
        self.loss = (error, code == SharedConnection.noGoAway ? detail : detail.after(goAway: code))
        var failure: Errno?
        if case .system(let error) = detail { failure = error }
        self.lossEnd = ConnectionEnd(
            foundAt: self.turnAt, now: self.now, of: self.multiplex.connections[slot].transport.fd, failure)
        self.multiplex.sessions[slot].endOfStream()
        self.takeEvents(slot)
        self.endShared(slot)
    }

    /// Reading or writing failed.
    @inline(never)
    mutating func sharedTransferFailed(_ slot: Int, _ failure: Transport.Failure) {
        switch failure {
        case .system(let error): self.sharedLost(slot, .reset, .system(error))
        case .tls(let fault): self.sharedLost(slot, Self.tlsClass(fault), .tls(fault))
        }
    }

    /// Closes a connection that is drained, broken or lost, and settles its group.
    @inline(never)
    mutating func endShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let group = self.multiplex.group(ofSlot: slot)
        let wasAnswered = connection.pointee.isAnswered
        // If so, its users and the pause before the next connection were settled when its end was announced.
        let wasDraining = connection.pointee.isDraining
        let isCurrent = self.multiplex.current(group) == slot
        self.failLeft(slot)
        self.sayGoodbye(slot)
        self.closeShared(slot)
        if isCurrent && !wasDraining {
            self.multiplex.groups[group].isReconnecting = true
            self.backOffGroup(group, mayBeNow: wasAnswered)
            // Users that wait may get the next connection, if this one brought answers.
            if !wasAnswered { self.failWaiting(group, self.loss.error, self.loss.detail) }
            self.forgetAnswers(slot)
            self.connectForWaiting(group)
        } else {
            self.replace(slot)
        }
    }

    /// Fails the requests that are left: none outlives its connection, whatever the session reported of it.
    private mutating func failLeft(_ slot: Int) {
        guard self.multiplex.sessions[slot].isOver else { return }
        for local in self.multiplex.users(of: self.multiplex.group(ofSlot: slot), made: self.usersMade)
        where self.multiplex.places[local].id != 0 && Int(self.multiplex.places[local].slot) == slot {
            self.requestFailed(local, self.loss.error, self.loss.detail, excerpt: 0)
        }
    }

    /// Writes what waits, as far as the socket takes it at once. A GOAWAY comes last.
    private mutating func sayGoodbye(_ slot: Int) {
        let session = self.multiplex.sessions + slot
        session.pointee.close()
        let output = session.pointee.output()
        guard let bytes = output.baseAddress, output.count > 0 else { return }
        let connection = self.multiplex.connections + slot
        if case .bytes(let count) = connection.pointee.transport.send(
            self.tlsState, bytes.assumingMemoryBound(to: UInt8.self), count: output.count),
            !connection.pointee.transport.isSecured
        {
            self.windowNow.pointee.counters.sentSocket &+= UInt64(truncatingIfNeeded: count)
        }
    }

    /// Closes the connection. Bytes on it that belong to no request, such as the rest of answers that were given up,
    /// are counted where it ends.
    mutating func closeShared(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        if connection.pointee.isAnswered { self.connectionsHeld.change(up: false, at: self.now) }
        connection.pointee.isAnswered = false
        connection.pointee.isDraining = false
        self.clearUnsent(slot)
        self.countRest(slot)
        (self.multiplex.sessions + slot).deinitialize(count: 1)
        self.dropSharedSocket(slot)
        self.armShared(slot)
    }

    /// Counts the bytes on a connection that belong to no request.
    mutating func countRest(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let counts = self.multiplex.sessions[slot].counts
        let counted = connection.pointee.counted
        let counters = self.windowNow
        counters.pointee.counters.receivedHeader &+= counts.receivedHeader &- counted.receivedHeader
        counters.pointee.counters.receivedBody &+= counts.receivedBody &- counted.receivedBody
        counters.pointee.counters.sentHeader &+= counts.sentHeader &- counted.sentHeader
        counters.pointee.counters.sentBody &+= counts.sentBody &- counted.sentBody
        connection.pointee.counted = HTTP2Counted(
            receivedHeader: counts.receivedHeader, receivedBody: counts.receivedBody, sentHeader: counts.sentHeader,
            sentBody: counts.sentBody)
    }

    private func clearUnsent(_ slot: Int) {
        var next = Int(self.multiplex.connections[slot].unsent)
        self.multiplex.connections[slot].unsent = -1
        while next >= 0 {
            self.multiplex.places[next].isUnsent = false
            next = Int(self.multiplex.places[next].nextUnsent)
        }
    }

    /// The group's connection was lost without notice, and the next one brought no answer yet. A user without a request
    /// stays held until its next request is answered or fails.
    mutating func forgetAnswers(_ slot: Int) {
        let group = self.multiplex.group(ofSlot: slot)
        for local in self.multiplex.users(of: group, made: self.usersMade)
        where self.multiplex.places[local].id == 0 || Int(self.multiplex.places[local].slot) == slot {
            self.users[local].flags.remove(.connectionAnswered)
        }
    }

    /// The end of the run: counts what is in flight as far as it came, and ends every connection.
    mutating func closeAllShared() {
        for slot in 0..<self.multiplex.slotsMade(users: self.usersMade) {
            switch self.multiplex.connections[slot].link {
            case .none, .shared: break
            case .connecting, .shaking: self.dropSharedSocket(slot)
            case .open:
                self.sayGoodbye(slot)
                self.closeShared(slot)
            }
            self.multiplex.connections[slot].transport.dropTicket()
        }
    }

    /// The longest time since the last byte of a held connection, now.
    func sharedSilence() -> UInt64 {
        var longest: UInt64 = 0
        for slot in 0..<self.multiplex.slotsMade(users: self.usersMade) {
            let connection = self.multiplex.connections + slot
            if connection.pointee.link == .open && connection.pointee.isAnswered
                && connection.pointee.lastByteAt < self.now
            {
                longest = max(longest, self.now &- connection.pointee.lastByteAt)
            }
        }
        return longest
    }
}
