import Measure
import Synchronization

/// Intervals and the end: what the worker hands to the controller.
extension Worker {
    /// Closes the interval when its end has come, and hands its block over.
    @inline(__always)
    mutating func closeIntervalIfDue() {
        let interval = self.control.interval.load(ordering: .acquiring)
        if interval == self.closedInterval || self.now < self.control.boundary.load(ordering: .relaxed) {
            return
        }
        self.closeInterval(interval)
    }

    @inline(never)
    private mutating func closeInterval(_ interval: UInt64) {
        self.closeLevels()
        self.closedInterval = interval
        self.activeBlock = 1 &- self.activeBlock
        let block = self.activeBlock == 0 ? self.blocks.0 : self.blocks.1
        self.windows = block.hot
        self.levels = block.levels
        self.status.closed.store(interval, ordering: .releasing)
        Poller.wakeUp(self.control.controllerWaker)
    }

    func writeLevels(users: consuming Held, connections: consuming Held) {
        self.levels.pointee.usersHeld = users
        self.levels.pointee.connectionsHeld = connections
        self.levels.pointee.inFlightAtEnd = self.inFlight
        self.levels.pointee.established = self.established
        self.levels.pointee.endedAt = self.now
    }

    mutating func closeLevels() {
        let users = self.usersHeld.close(at: self.now)
        let connections = self.connectionsHeld.close(at: self.now)
        self.writeLevels(users: users, connections: connections)
        self.levels.pointee.usage = self.meter.close()
    }

    /// The longest time since a held connection's last byte, now.
    func silence() -> UInt64 {
        if self.multiplex.isOn { return self.sharedSilence() }
        var longest: UInt64 = 0
        for local in 0..<self.usersMade {
            let user = self.users + local
            if user.pointee.link == .open && user.pointee.flags.contains(.connectionAnswered)
                && user.pointee.lastByteAt < self.now
            {
                longest = max(longest, self.now &- user.pointee.lastByteAt)
            }
        }
        return longest
    }

    /// The end: what is in flight is counted as such, and a user that was never answered as timed out.
    @inline(never)
    mutating func finish() {
        if self.longestSilence == nil { self.longestSilence = self.silence() }
        self.censorConnects()
        for local in 0..<self.usersMade {
            let user = self.users + local
            self.countNeverStarted(local)
            if user.pointee.request != .none {
                if self.isOpen || user.pointee.flags.contains(.established) {
                    if self.multiplex.isOn { self.noteProgress(local) }
                    self.countAnswerBytes(local)
                } else {
                    user.pointee.flags.insert(.finished)
                    self.requestFailed(
                        local, .timeoutFirstByte, .neverAnswered, excerpt: 0)
                }
            }
        }
        for local in 0..<self.usersMade {
            let flags = self.users[local].flags
            if self.users[local].request != .none {
                self.leftRequests.add(inHold: flags.contains(.requestInHold))
                self.censorRequest(local)
            }
            if flags.contains(.inSession) {
                self.leftSessions.add(inHold: flags.contains(.sessionInHold))
                self.censorSession(local)
            }
        }
        if self.statusExampleOf >= 0 { self.dropStatusExample() }
        self.countArrivalsNeverStarted()
        // Closes the levels first: the worker itself closes the connections next.
        self.closeLevels()
        if self.setup.keepsUsers { self.handOver() }
        self.closeAllShared()
        for local in 0..<self.usersMade {
            if self.users[local].transport.fd >= 0 { self.closeConnection(local) }
            self.users[local].transport.dropTicket()
        }
        self.meter.end()
    }
}

extension InFlight {
    /// Adds one that was due in the hold, or before it.
    mutating func add(inHold: Bool) {
        self.total &+= 1
        if inHold { self.hold &+= 1 }
    }
}
