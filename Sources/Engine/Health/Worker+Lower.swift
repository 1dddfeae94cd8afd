import Measure

/// Lower bounds for sampled users, request by request: see `LowerTime`.
extension Worker {
    /// The worker kept something waiting: a start that was possible, or an answer that had arrived.
    @inline(__always)
    mutating func notePause(_ length: UInt64) {
        if length >= PauseBoard.shortest { self.takePause(length) }
    }

    @inline(never)
    private mutating func takePause(_ length: UInt64) {
        self.meter.note(pause: length)
        self.pauses.note(length, at: self.now, echo: self.setup.program.echo)
    }

    /// A time at which nothing of the unhandled events had arrived yet: before the last complete look.
    var lookedAt: UInt64 { self.hasLeftSome ? self.unseenSince : self.lookedFrom }

    /// A look at the sockets is over. What it was the first to find had not arrived at the look before.
    @inline(__always)
    mutating func noteLook(found count: Int) {
        // What a look left for the next one may have been there since the look before it.
        if !self.hasLeftSome { self.unseenSince = self.lookedFrom }
        self.hasLeftSome = count >= Poller.batchLimit
        if !self.hasLeftSome { self.lookedFrom = self.waitedFrom }
    }

    /// A sampled user's request starts at `now`, and could have started at `possible`.
    @inline(never)
    mutating func noteSampledStart(_ local: Int, possible: UInt64, now: UInt64, isFirst: Bool) {
        let intended = self.users[local].intended
        let start = self.sampling.start(of: local)
        start.pointee.begin(intended: intended, possible: possible, now: now)
        // The request arrives this much later than it would without us, though no single pause may have been as long.
        self.pauses.note(start.pointee.owed, at: now, echo: self.setup.program.echo)
        // A session of an open load waited for any user to become free, and the answers of those may have met any
        // pause.
        let any = isFirst && self.isOpen
        start.pointee.carried = possible <= intended ? 0 : any ? self.pauses.longest(since: 0) : start.pointee.influence
        if isFirst { start.pointee.session = start.pointee.wait }
    }

    /// A visitor that is looked at takes a slot from one that was not: of the answer that it may have waited for no
    /// stamp is known. That one waited to be read no longer than a pause, or than what is too short for one.
    mutating func noteVisitorBefore(_ local: Int, failed: Bool) {
        let start = self.sampling.start(of: local)
        start.pointee = LowerTime.Start()
        if failed { return start.pointee.fail() }
        start.pointee.influence = self.pauses.longest(since: 0)
        start.pointee.lastDelay = LowerTime.sum(start.pointee.influence, PauseBoard.shortest)
    }

    /// The last byte of a sampled user's request was handed over, some time after its clock was read.
    @inline(never)
    mutating func noteSampledSent(_ local: Int) {
        let now = MonotonicClock.now()
        // A send takes some microseconds, in which the answer may already come. So the time is kept only after a pause,
        // or for a request that was sent again.
        if self.users[local].flags.contains(.retried) || now > self.users[local].sentAt &+ Worker.longSend {
            self.sampling.start(of: local).pointee.sentBy = now
        }
    }

    /// A send that takes longer was interrupted. Nanoseconds.
    static let longSend: UInt64 = 100_000

    /// The first byte of a sampled user's answer was read, and more bytes are to come.
    @inline(never)
    mutating func noteSampledFirstByte(_ local: Int) {
        let arrived = self.sampling.arrivedAt
        self.sampling.start(of: local).pointee.firstByteBy = arrived == 0 ? max(1, self.unseenSince) : arrived
    }

    /// Records the lower bound of an answer that was as expected, and of its session.
    @inline(never)
    mutating func recordLower(_ local: Int) {
        let arrived = self.sampling.arrivedAt == 0 ? self.unseenSince : self.sampling.arrivedAt
        let time = self.lowerTime(local, end: arrived)
        let start = self.sampling.start(of: local)
        start.pointee.influence = time.influence
        start.pointee.lastDelay = self.users[local].lastByteAt &- min(self.users[local].lastByteAt, arrived)
        start.pointee.session = LowerTime.sum(start.pointee.session, time.service)
        let firstByte = start.pointee.firstByteBy == 0 ? time.service : time.firstByte
        self.recordLower(local, time, firstByte: firstByte)
    }

    /// Records the lower bound of a request, in its window and for its step.
    private mutating func recordLower(_ local: Int, _ time: LowerTime, firstByte: UInt64?) {
        self.window(of: local).pointee.lower.request.record(
            response: time.response, service: time.service, firstByte: firstByte)
        self.recordersApart(local)?.pointee.lower.record(
            response: time.response, service: time.service, firstByte: firstByte)
    }

    private mutating func lowerTime(_ local: Int, end: UInt64) -> LowerTime {
        let sent = self.users[local].sentAt
        return LowerTime(
            self.sampling.start(of: local).pointee, sent: sent, end: end, pause: self.pauses.longest(since: sent))
    }

    /// A session of a sampled user was completed.
    @inline(never)
    mutating func recordLowerSession(_ local: Int, in window: UnsafeMutablePointer<HotWindow>) {
        window.pointee.lower.session.record(self.sampling.start(of: local).pointee.session)
    }

    /// Over a shared connection no stamp belongs to one answer. What is known: it had not arrived at the look before.
    @inline(never)
    mutating func recordSharedLower(_ local: Int) {
        self.recordSharedLower(local, self.sharedLowerTime(local, end: self.unseenSince))
    }

    private mutating func recordSharedLower(_ local: Int, _ time: LowerTime) {
        self.window(of: local).pointee.lower.request.record(
            response: time.response, service: time.service, firstByte: nil)
    }

    private mutating func sharedLowerTime(_ local: Int, end: UInt64) -> LowerTime {
        let sent = self.users[local].sentAt
        return LowerTime(LowerTime.Start(), sent: sent, end: end, pause: self.pauses.longest(since: sent))
    }

    /// The lower bound, until now, of a request that was sent and has not ended; nil where its user is not sampled.
    private mutating func unendedLowerTime(_ local: Int) -> LowerTime? {
        let user = self.users + local
        if user.pointee.sentAt == 0 { return nil }
        if user.pointee.flags.contains(.sampled) { return self.lowerTime(local, end: self.lookedAt) }
        return self.samplesGroup(of: local) ? self.sharedLowerTime(local, end: self.lookedAt) : nil
    }

    /// The latest time until which a user would wait for the server without our pauses, which delay an answer by no
    /// more than their length. The user waits for its request in flight, or did so at the stop. Nil where the user is
    /// not sampled, or nothing was sent.
    mutating func lowerEnd(of local: Int) -> UInt64? {
        let user = self.users + local
        if user.pointee.request != .none {
            guard let time = self.unendedLowerTime(local) else { return nil }
            return self.lookedAt &- min(self.lookedAt, time.influence)
        }
        if user.pointee.flags.contains(.sampled) {
            let start = self.sampling.start(of: local)
            let ours = LowerTime.sum(start.pointee.lastDelay, start.pointee.influence)
            return user.pointee.lastByteAt &- min(user.pointee.lastByteAt, ours)
        }
        guard self.samplesGroup(of: local) else { return nil }
        return Self.lowerEnd(freed: user.pointee.lastByteAt, pause: self.pauses.longest(since: user.pointee.sentAt))
    }

    /// The same for the sessions of an open load that find no user: any pause may have delayed any of them. Nil where
    /// not every user is sampled, as these sessions may wait for any user.
    var lowerEndOfArrivals: UInt64? {
        guard self.sampling.isWhole, !self.multiplex.isOn else { return nil }
        let pause = self.pauses.longest(since: 0)
        return self.hasFreeUser
            ? Self.lowerEnd(freed: self.idleSince, pause: pause) : self.lookedAt &- min(self.lookedAt, pause)
    }

    /// The bound for an answer that was read at a known time, without a stamp. It waited to be read no longer than a
    /// pause, or than the shortest time that counts as one. Our pauses delayed its arrival by no more than their
    /// length.
    private static func lowerEnd(freed: UInt64, pause: UInt64) -> UInt64 {
        let ours = LowerTime.sum(LowerTime.sum(pause, pause), PauseBoard.shortest)
        return freed &- min(freed, ours)
    }

    /// Records what is known of a request that has not ended: in flight at the end, or given up. `at`: now.
    @inline(never)
    mutating func recordUnended(_ local: Int, at end: UInt64) {
        let user = self.users + local
        let age = end &- min(end, user.pointee.intended)
        let isSent = user.pointee.sentAt > 0
        let sentAge = isSent ? end &- min(end, user.pointee.sentAt) : nil
        let isSilent = user.pointee.firstByteAt == 0
        let silence = isSilent ? sentAge : nil
        self.window(of: local).pointee.unended.request.record(response: age, service: sentAge, firstByte: silence)
        self.recordersApart(local)?.pointee.unended.record(response: age, service: sentAge, firstByte: silence)
        guard let time = self.unendedLowerTime(local) else { return }
        if user.pointee.flags.contains(.sampled) {
            self.recordLower(local, time, firstByte: isSilent ? time.service : nil)
        } else {
            self.recordSharedLower(local, time)
        }
    }
}
