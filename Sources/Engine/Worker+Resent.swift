import Kernel
import Measure
import Wire
import Workload

/// Requests that are sent again, or have to move before they are sent. Each is counted by its cause, and the first of
/// each cause is kept. A repair that hid the event that it repairs would give a false result.
extension Worker {
    /// Whether a request that met the end of a connection which had brought answers may be sent again, on a fresh
    /// one: once, if it may be repeated (RFC 9110 9.2.2), nothing of an answer came, and the server cannot well have
    /// worked on it.
    @inline(never)
    mutating func mayResend(_ local: Int, _ error: Errno?) -> Bool {
        let user = self.users + local
        return !user.pointee.parser.hasStarted && !user.pointee.flags.contains(.retried)
            && self.steps[Int(user.pointee.step)].isIdempotent
            && ConnectionEnd(foundAt: self.turnAt, now: MonotonicClock.now(), of: user.pointee.transport.fd, error)
                .isPrompt(since: user.pointee.sentAt)
    }

    /// Counts a request that is sent again.
    @inline(never)
    mutating func countResent(_ local: Int, _ cause: ResentCause, _ detail: FailureDetail) {
        self.countResent(local, cause, detail, from: nil)
    }

    /// Counts a waiting request that has to move from the first address of a connect to the next one: once, however
    /// many addresses fail.
    @inline(never)
    mutating func countMoved(_ local: Int, from address: Int, _ detail: FailureDetail) {
        if self.users[local].request == .pending { self.countResent(local, .address, detail, from: address) }
    }

    private mutating func countResent(_ local: Int, _ cause: ResentCause, _ detail: FailureDetail, from address: Int?) {
        self.window(of: local).pointee.counters.resent[Int(cause.rawValue)] &+= 1
        if self.resentExamples.contains(where: { $0.cause == cause }) { return }
        let place = address.map { "\(self.addresses[$0]): " } ?? ""
        self.resentExamples.append(
            ResentExample(
                cause: cause, at: self.now &- min(self.now, self.setup.startedAt),
                request: self.title(of: local),
                detail: place + detail.sentence(self.tls)))
    }
}
