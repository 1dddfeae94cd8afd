/// The counts of one window of time. A plain value of unsigned integers: adding two is exact.
public struct Counters: Sendable, Equatable {
    /// Requests whose first byte was handed to the kernel, or whose connect began.
    public var requestsStarted: UInt64 = 0
    /// Requests with a complete answer that was as expected.
    public var requestsOK: UInt64 = 0
    /// Sessions whose first request was started.
    public var sessionsStarted: UInt64 = 0
    /// Sessions whose every request was answered as expected.
    public var sessionsCompleted: UInt64 = 0
    /// Sessions that continued or ended with a failed request.
    public var sessionsFailed: UInt64 = 0
    /// Complete answers by hundreds of their status: `[1xx, 2xx, 3xx, 4xx, 5xx]`; interim answers are the 1xx.
    public var status = InlineArray<5, UInt64>(repeating: 0)
    /// Failed requests by `ErrorClass.rawValue`. `requestsFailed` is their sum.
    public var errors = InlineArray<32, UInt64>(repeating: 0)
    /// Connections that ended with an error, or could not be made, without a request that failed or was sent again for
    /// it, by `ErrorClass.rawValue`.
    public var connectionFaults = InlineArray<32, UInt64>(repeating: 0)
    /// Redirects that no `expect` names, by `RedirectStatus.rawValue`.
    public var redirects = InlineArray<8, UInt64>(repeating: 0)
    /// Requests that followed a redirect.
    public var redirectsFollowed: UInt64 = 0
    /// Body bytes read, of complete answers or not.
    public var receivedBody: UInt64 = 0
    /// Bytes of status lines and header fields read.
    public var receivedHeader: UInt64 = 0
    /// All bytes read from sockets, framing included.
    public var receivedSocket: UInt64 = 0
    /// Body bytes handed to the kernel.
    public var sentBody: UInt64 = 0
    /// Bytes of request lines and header fields handed to the kernel.
    public var sentHeader: UInt64 = 0
    /// All bytes handed to the kernel, framing included.
    public var sentSocket: UInt64 = 0
    /// Connections established.
    public var connectionsOpened: UInt64 = 0
    /// TLS handshakes that succeeded.
    public var handshakes: UInt64 = 0
    /// Handshakes among these that resumed an earlier session.
    public var handshakesResumed: UInt64 = 0
    /// Connections made again after the server ended one.
    public var reconnects: UInt64 = 0
    /// Requests that were sent again, or moved to another address, by `ResentCause.rawValue`.
    public var resent = InlineArray<8, UInt64>(repeating: 0)
    /// How often a held user stopped being held without an announced end.
    public var holdsLost: UInt64 = 0
    /// Connections that the server ended after a silence, while no request was on them.
    public var silentEnds: UInt64 = 0
    /// Total silence of these connections, in nanoseconds.
    public var silence: UInt64 = 0
    /// Planned requests that were due and never started when the run ended.
    public var neverStarted: UInt64 = 0
    /// Those among these whose users waited for the server when the plan ended: the generator could not start them.
    public var neverStartedServer: UInt64 = 0
    /// Planned requests that the server made start later than due by more than the tolerance: the answer before them
    /// was late, or no user was free.
    public var lateServer: UInt64 = 0
    /// Planned requests started later than due by more than the tolerance, though they could have started in time: our
    /// loop was late.
    public var lateGenerator: UInt64 = 0
    /// Response times of failed attempts that are lower bounds: answers that timed out or broke off, and requests that
    /// were in flight or never started when the run ended.
    public var requestsCensored: UInt64 = 0
    /// Session times of failed attempts that are lower bounds: sessions that were in progress, or never began, when the
    /// run ended.
    public var sessionsCensored: UInt64 = 0

    /// All zero.
    public init() {}

    /// Failed requests: the sum over all classes.
    public var requestsFailed: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<32 { sum &+= self.errors[index] }
        return sum
    }

    /// Failures of classes that this version does not know, from a record of a newer one, or whose columns it does not
    /// have. They stand in the last place of `errors`, which no class has.
    public var failuresNotKnown: UInt64 {
        get { self.errors[31] }
        set { self.errors[31] = newValue }
    }

    /// The average silence of connections before the server ended them; nil where it ended none.
    public var meanSilence: UInt64? { self.silentEnds == 0 ? nil : self.silence / self.silentEnds }

    /// The count of one class.
    public func failed(_ error: ErrorClass) -> UInt64 { self.errors[Int(error.rawValue)] }

    /// Faults of connections that failed no request: the sum over all classes.
    public var connectionFaultCount: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<32 { sum &+= self.connectionFaults[index] }
        return sum
    }

    /// The count of one class of these faults.
    public func connectionFaults(_ error: ErrorClass) -> UInt64 { self.connectionFaults[Int(error.rawValue)] }

    /// Requests that were sent again: the sum over all causes.
    public var requestsResent: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<8 { sum &+= self.resent[index] }
        return sum
    }

    /// The count of one cause.
    public func resent(_ cause: ResentCause) -> UInt64 { self.resent[Int(cause.rawValue)] }

    /// Answers that were redirects which no `expect` names: the sum over their statuses.
    public var requestsRedirected: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<8 { sum &+= self.redirects[index] }
        return sum
    }

    /// The count of one status.
    public func redirected(_ status: RedirectStatus) -> UInt64 { self.redirects[Int(status.rawValue)] }

    /// Requests that ended, well or not.
    public var requestsEnded: UInt64 { self.requestsOK &+ self.requestsFailed }

    /// Requests that were sent again as a share of those that ended; nil where none did.
    public var resentFraction: Double? {
        self.requestsEnded == 0 ? nil : Double(self.requestsResent) / Double(self.requestsEnded)
    }

    /// Adds another window, count by count.
    public mutating func add(_ other: Counters) { self.combine(other, &+) }

    /// Subtracts a part, count by count. A count that is larger here than in the whole wraps, as in `add`.
    func subtracting(_ part: Counters) -> Counters {
        var rest = self
        rest.combine(part, &-)
        return rest
    }

    /// All counts are words of 64 bits.
    private mutating func combine(_ other: Counters, _ operation: (UInt64, UInt64) -> UInt64) {
        withUnsafeMutableBytes(of: &self) { bytes in
            withUnsafeBytes(of: other) { otherBytes in
                let words = bytes.assumingMemoryBound(to: UInt64.self)
                for (index, word) in otherBytes.assumingMemoryBound(to: UInt64.self).enumerated() {
                    words[index] = operation(words[index], word)
                }
            }
        }
    }

    /// Field by field.
    public static func == (left: Counters, right: Counters) -> Bool {
        var left = left
        var right = right
        return withUnsafeBytes(of: &left) { leftBytes in
            withUnsafeBytes(of: &right) { rightBytes in leftBytes.elementsEqual(rightBytes) }
        }
    }
}
