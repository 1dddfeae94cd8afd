import Measure
import Wire

/// How a request is counted when it ends, and what follows from a failure.
extension Worker {
    /// Adds the answer's bytes by class.
    @inline(__always)
    func countAnswerBytes(_ local: Int) {
        let user = self.users + local
        if user.pointee.request != .sent { return }
        let window = self.window(of: local)
        if self.multiplex.isOn {
            let answer = self.multiplex.places[local].answer
            window.pointee.counters.receivedHeader &+= UInt64(answer.headerBytes)
            window.pointee.counters.receivedBody &+= answer.bodyBytes
            window.pointee.counters.status[0] &+= UInt64(answer.interimCount)
            return
        }
        window.pointee.counters.receivedHeader &+= UInt64(user.pointee.parser.headerBytes)
        window.pointee.counters.receivedBody &+= user.pointee.parser.bodyBytes
        window.pointee.counters.status[0] &+= UInt64(user.pointee.parser.interimCount)
    }

    /// Records the times of a request, as far as it came: one that was not sent has a response time only.
    @inline(__always)
    func record(_ local: Int, _ recorders: HotWindow.Recorders, at end: UInt64) {
        let user = self.users + local
        recorders.response.record(end &- min(end, user.pointee.intended))
        if user.pointee.sentAt == 0 { return }
        recorders.service.record(end &- min(end, user.pointee.sentAt))
        recorders.sendLag.record(user.pointee.sentAt &- min(user.pointee.sentAt, user.pointee.intended))
        if user.pointee.firstByteAt == 0 { return }
        recorders.firstByte.record(
            user.pointee.firstByteAt &- min(user.pointee.firstByteAt, user.pointee.sentAt))
    }

    /// A request that has not ended and has no first byte will have a first byte time no smaller than its age now. So
    /// every attempt has a value here, as it has one among those that have not ended.
    @inline(never)
    mutating func recordSilence(_ local: Int, at end: UInt64) {
        let user = self.users + local
        if user.pointee.sentAt == 0 || user.pointee.firstByteAt != 0 { return }
        self.window(of: local).pointee.failed.firstByte.record(end &- min(end, user.pointee.sentAt))
    }

    /// Counts the request as failed; the caller handles its connection.
    @inline(never)
    mutating func settleFailure(_ local: Int, _ error: ErrorClass, at end: UInt64) {
        let user = self.users + local
        let window = self.window(of: local)
        if self.gatheredCount > 0 { self.forgetHead(local) }
        self.countAnswerBytes(local)
        if self.statusExampleOf == local { self.statusExampleOf = -1 }
        window.pointee.counters.errors[Int(error.rawValue)] &+= 1
        if error.isCut { window.pointee.counters.requestsCensored &+= 1 }
        self.record(local, window.pointee.failed, at: end)
        self.recordApart(local, failed: true, at: end)
        if error.isTimeout {
            self.recordSilence(local, at: end)
            self.recordUnended(local, at: end)
            user.pointee.flags.insert(.sessionTimedOut)
        }
        if user.pointee.flags.contains(.sampled) { self.sampling.start(of: local).pointee.fail() }
        user.pointee.flags.insert(.sessionFailed)
        user.pointee.request = .none
        self.inFlight &-= 1
    }

    /// The request failed, and with it its connection, unless others share that.
    @inline(never)
    mutating func requestFailed(
        _ local: Int, _ error: ErrorClass, _ detail: FailureDetail, excerpt: Int
    ) {
        self.now = max(self.now, MonotonicClock.now())
        let user = self.users + local
        let isShared = user.pointee.link == .shared
        if isShared { self.leaveStream(local) }
        if self.statusExampleOf == local { self.dropStatusExample() }
        self.keepExample(local, error, detail, excerpt: excerpt)
        self.settleFailure(local, error, at: self.now)
        let wasUsed = user.pointee.flags.contains(.connectionAnswered)
        if !isShared {
            if wasUsed { user.pointee.flags.insert(.reconnecting) }
            self.closeConnection(local)
        }
        self.loseHold(local)
        self.backOff(local, mayBeNow: wasUsed)
        _ = self.advance(local, at: self.now)
        if !self.plan.isPlannedDue(user.pointee) && user.pointee.dueAt < user.pointee.retryAt {
            // Not a plan: the pause before the next try is the user's own wait, not part of its answer's time.
            user.pointee.dueAt = user.pointee.retryAt
        }
        if self.isOpen { self.releaseIfDone(local) }
        self.arm(local)
    }

    /// Keeps the first example of a class: the request, what was wrong, and the beginning of the answer.
    @inline(never)
    mutating func keepExample(
        _ local: Int, _ error: ErrorClass, _ detail: FailureDetail, excerpt: Int
    ) {
        let bit = UInt32(1) << UInt32(error.rawValue)
        if self.examplesTaken & bit != 0 { return }
        self.examplesTaken |= bit
        if error == .status { self.statusExampleOf = local }
        let count = max(0, min(excerpt, ErrorExample.excerptLimit))
        self.examples.append(
            ErrorExample(
                error: error, at: self.now &- min(self.now, self.setup.startedAt),
                request: self.title(of: local), detail: detail.sentence(self.tls),
                excerpt: Array(UnsafeBufferPointer(start: self.scratch, count: count))))
    }

    /// The answer that gave the example of a status did not complete: its request failed in another way, or never
    /// ended. One request gives only one example.
    @inline(never)
    mutating func dropStatusExample() {
        self.statusExampleOf = -1
        self.examplesTaken &= ~(UInt32(1) << UInt32(ErrorClass.status.rawValue))
        self.examples.removeAll { $0.error == .status }
    }
}
