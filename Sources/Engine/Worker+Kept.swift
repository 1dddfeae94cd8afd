import CLinux
import Measure
import Wire
import Workload

/// Connections that pass from one load to the next. A search adds and removes users; those that stay do not reconnect.
extension Worker {
    /// The deadline id of the next connection that leaves: it follows those of users and shared connections.
    var leavingID: Int { self.userCount + self.multiplex.capacity * Multiplex.connectionsPerGroup }

    /// Takes over the connections of the load before. A user is held from its first answer in this load on. Connections
    /// without a user close one by one over the join.
    mutating func adopt(_ kept: KeptConnections) {
        if let tls {
            self.tlsReceived = tls.transport.received
            self.tlsSent = tls.transport.sent
        }
        if self.multiplex.isOn {
            for slot in 0..<self.multiplex.slotsMade(users: self.usersMade) { self.adoptShared(slot, kept) }
        } else {
            for local in 0..<self.usersMade { self.adoptOwn(local, kept) }
        }
        if kept.count == 0 { return }
        self.leaving = kept
        self.leavingGap = self.setup.join.length / UInt64(kept.count)
        self.deadlines.set(self.leavingID, at: self.setup.startedAt &+ self.leavingGap)
    }

    private mutating func adoptOwn(_ local: Int, _ kept: KeptConnections) {
        guard let own = kept.take(ofUser: local) else { return }
        let user = self.users + local
        user.pointee.transport = own.transport
        user.pointee.tries = own.tries
        user.pointee.generation = own.generation &+ 1
        user.pointee.lastByteAt = own.lastByteAt
        user.pointee.link = .open
        user.pointee.flags.insert(.connectionAnswered)
        self.connectionsHeld.change(up: true, at: self.setup.startedAt)
        self.connectionsAdopted &+= 1
        if user.pointee.flags.contains(.sampled) { self.adoptSampled(own.transport.fd) }
        do {
            try self.poller.add(own.transport.fd, tag: self.tag(local))
        } catch {
            // The user connects again when its first request is due.
            self.countFault(local, Self.watchClass(error) ?? .fdLimit, .unwatched(error))
            self.closeConnection(local)
            user.pointee.flags.insert(.reconnecting)
        }
    }

    private mutating func adoptShared(_ slot: Int, _ kept: KeptConnections) {
        guard let shared = kept.take(slot: slot, session: self.multiplex.sessions + slot) else { return }
        let connection = self.multiplex.connections + slot
        let group = self.multiplex.group(ofSlot: slot)
        connection.pointee = shared
        connection.pointee.generation = shared.generation &+ 1
        connection.pointee.isSampled = self.sampling.covers(group)
        connection.pointee.bytesRead = 0
        connection.pointee.isListed = false
        self.multiplex.groups[group].usesSecond = slot % Multiplex.connectionsPerGroup > 0
        self.multiplex.sessions[slot].keepsLocations = self.wantsLocations
        self.connectionsHeld.change(up: true, at: self.setup.startedAt)
        self.connectionsAdopted &+= 1
        if connection.pointee.isSampled { self.adoptSampled(shared.transport.fd) }
        do {
            try self.poller.add(shared.transport.fd, tag: self.sharedTag(slot))
        } catch {
            self.countFault(ofShared: slot, Self.watchClass(error) ?? .fdLimit, .unwatched(error))
            self.multiplex.groups[group].isReconnecting = true
            self.closeShared(slot)
        }
    }

    /// The kernel's counts of this connection start here.
    private mutating func adoptSampled(_ fd: Int32) {
        Socket.stampReceives(fd)
        if let info = Self.transportInfo(fd) { self.sampling.begin(fd, at: info) }
    }

    /// Closes one of the connections without a user.
    @inline(never)
    mutating func endLeaving() {
        let isOver = self.leaving.map { !$0.endNext() } ?? true
        if isOver { self.leaving = nil }
        self.deadlines.set(self.leavingID, at: isOver ? DeadlineHeap.never : self.now &+ self.leavingGap)
    }

    /// Hands over the connections of users without a request; the caller closes the others.
    mutating func handOver() {
        let kept = KeptConnections(
            tls: self.tls, users: self.multiplex.isOn ? 0 : self.usersMade,
            slots: self.multiplex.slotsMade(users: self.usersMade))
        if self.multiplex.isOn {
            for slot in 0..<self.multiplex.slotsMade(users: self.usersMade) { self.handOverShared(slot, to: kept) }
        } else {
            for local in 0..<self.usersMade { self.handOverOwn(local, to: kept) }
        }
        self.kept = kept
    }

    private mutating func handOverOwn(_ local: Int, to kept: KeptConnections) {
        let user = self.users + local
        guard user.pointee.link == .open, user.pointee.request == .none,
            user.pointee.flags.contains(.connectionAnswered)
        else { return }
        if user.pointee.flags.contains(.sampled) {
            self.countTransport(local)
            self.sampling.forget(local)
        }
        kept.keep(
            KeptConnections.Own(
                transport: user.pointee.transport, tries: user.pointee.tries, generation: user.pointee.generation,
                lastByteAt: user.pointee.lastByteAt),
            ofUser: local)
        user.pointee.transport = Transport()
        user.pointee.link = .none
    }

    private mutating func handOverShared(_ slot: Int, to kept: KeptConnections) {
        let connection = self.multiplex.connections + slot
        guard connection.pointee.link == .open, connection.pointee.isAnswered, !connection.pointee.isDraining,
            self.multiplex.sessions[slot].openStreams == 0, !self.multiplex.sessions[slot].isOver
        else { return }
        if connection.pointee.isSampled { self.countSharedTransport(slot) }
        self.countRest(slot)
        kept.keep(connection.pointee, slot: slot, session: self.multiplex.sessions + slot)
        connection.pointee.transport = Transport()
        connection.pointee.link = .none
    }
}
