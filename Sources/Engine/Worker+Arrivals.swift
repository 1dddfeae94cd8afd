import Measure
import Numerics
import Workload

/// Open load: sessions begin when the plan has them due. While every user is busy, sessions that are due stay in the
/// cursor. It is the queue: first come first served, without memory, and nothing is dropped.
extension Worker {
    /// Most sessions begun in one turn, so that a burst does not starve the answers.
    static let arrivalsPerTurnLimit = 128

    /// Some user could begin a session now.
    @inline(__always)
    var hasFreeUser: Bool { self.idleCount > 0 || self.usersMade < self.userCount }

    /// Begins the sessions that are due, as far as users are free.
    @inline(never)
    mutating func startArrivals() {
        for _ in 0..<Worker.arrivalsPerTurnLimit {
            if self.nextArrival > self.startLimit || self.nextArrival >= self.stopAt || !self.isAccepting { return }
            if self.sessionsLeft <= 0 {
                self.nextArrival = DeadlineHeap.never
                return
            }
            let local = self.takeUser()
            if local < 0 { return }
            let user = self.users + local
            user.pointee.dueAt = self.nextArrival
            user.pointee.random = RandomGenerator(seed: self.setup.seed, stream: self.arrivalNumber)
            if self.sampling.takesArrivals && user.pointee.link == .none { self.sampleVisitor(local) }
            // A visitor of its own: it does not wait for what happened to the one before it.
            user.pointee.failures = 0
            user.pointee.retryAt = 0
            if self.setup.connection == .perSession { user.pointee.flags.remove(.reconnecting) }
            if self.setup.connection != .perUser { self.spreadVisitor(local) }
            user.pointee.flags.insert(.held)
            self.usersHeld.change(up: true, at: self.now)
            self.toNextArrival()
            self.startRequest(local)
            self.arm(local)
        }
    }

    /// Whether a visitor is looked at is drawn for it, whichever slot it takes.
    private mutating func sampleVisitor(_ local: Int) {
        let user = self.users + local
        guard self.sampling.covers(arrival: self.arrivalNumber / UInt64(self.setup.threads)) else {
            user.pointee.flags.remove(.sampled)
            return
        }
        if user.pointee.flags.contains(.sampled) { return }
        user.pointee.flags.insert(.sampled)
        self.noteVisitorBefore(local, failed: user.pointee.failures > 0)
    }

    /// A visitor of its own goes to the address whose turn it is, whichever slot it takes: few slots serve most.
    private mutating func spreadVisitor(_ local: Int) {
        let address = Int(self.arrivalNumber % UInt64(self.addressCount))
        switch self.users[local].link {
        case .none: self.users[local].tries.prefer(address)
        case .shared: self.prefer(address, group: self.multiplex.group(ofUser: local))
        case .connecting, .shaking, .open: break
        }
    }

    /// Looks up when the next session of this worker is due.
    mutating func toNextArrival() {
        guard self.isOpen else { return }
        if let due = self.arrivals?.next() {
            if self.nextArrival != DeadlineHeap.never { self.arrivalNumber &+= UInt64(self.setup.threads) }
            self.nextArrival = self.setup.startedAt &+ due
        } else {
            self.nextArrival = DeadlineHeap.never
        }
    }

    /// The user that was used last, as its connection is most likely alive; else a slot that was never used; -1 where
    /// all users have a session.
    private mutating func takeUser() -> Int {
        if self.idleCount > 0 {
            self.idleCount &-= 1
            return Int(self.idle[self.idleCount])
        }
        if self.usersMade >= self.userCount { return -1 }
        let local = self.usersMade
        self.makeUser(local)
        self.share(local)
        self.usersMade &+= 1
        return local
    }

    /// Initialises a slot for its first session, so that a slot that is never needed costs no memory.
    private func makeUser(_ local: Int) {
        var user = User(random: RandomGenerator(seed: 0))
        // It runs whole sessions and never joins in the middle of one.
        user.flags = .onPlan
        user.tries.prefer((local * self.setup.threads + self.index) % self.addressCount)
        if self.samples(local) { user.flags.insert(.sampled) }
        self.sampling.make(local)
        (self.users + local).initialize(to: user)
    }

    /// A user whose session is over is free for the next arrival.
    @inline(__always)
    mutating func releaseIfDone(_ local: Int) {
        let user = self.users + local
        if user.pointee.flags.contains(.inSession) || !user.pointee.flags.contains(.held) { return }
        user.pointee.flags.remove(.held)
        self.usersHeld.change(up: false, at: self.now)
        if !self.hasFreeUser { self.idleSince = self.now }
        self.idle[self.idleCount] = Int32(truncatingIfNeeded: local)
        self.idleCount &+= 1
    }

    /// Counts the sessions that were due before the stop and found no user in time, with the requests that they had
    /// planned.
    mutating func countArrivalsNeverStarted() {
        guard self.isOpen, self.sessionsLeft > 0 else { return }
        self.makeUser(self.userCount)
        let walker = self.users + self.userCount
        // No user was free at the stop; one may have become free since then.
        let isServer = !self.hasFreeUser || self.idleSince >= self.stopAt
        let hindrance = Hindrance(isServer: isServer, lowerEnd: isServer ? self.lowerEndOfArrivals : nil)
        while self.nextArrival < self.stopAt && self.sessionsLeft > 0 {
            if self.sessionsLeft != Int.max { self.sessionsLeft &-= 1 }
            walker.pointee.dueAt = self.nextArrival
            walker.pointee.random = RandomGenerator(seed: self.setup.seed, stream: self.arrivalNumber)
            walker.pointee.step = 0
            walker.pointee.iteration = 0
            self.countPlanned(self.userCount, from: self.nextArrival, hindrance)
            self.toNextArrival()
            if self.mustEndCounting() { return }
        }
    }
}
