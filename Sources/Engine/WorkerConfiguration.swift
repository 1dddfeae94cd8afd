import Workload

/// What a worker is built from.
struct WorkerConfiguration: Sendable {
    let index: Int
    let threads: Int
    /// Users of this worker, and of all.
    let userCount: Int
    let totalUsers: Int
    let program: RequestProgram
    let addresses: [SocketAddress]
    /// The TLS context of connections to the server; nil in clear text.
    let tls: TLSContext?
    /// A user's connection resumes the TLS session of its last one.
    let resumesTLS: Bool
    /// Users of one HTTP/2 connection; 0: HTTP/1.1.
    let streams: Int
    /// Settings announced on it.
    let http2: HTTP2Plan
    let timeouts: Timeouts
    let connection: ConnectionPolicy
    let join: Join
    let startedAt: UInt64
    let seed: UInt64
    /// Sessions of this worker; nil without a limit.
    let sessions: Int?
    /// See `Ticks`; 0 for none.
    let tick: UInt64
    /// See `slot(ofUser:)`.
    let slotStride: Int
    /// When the sessions of an open load are due, for all workers together; nil in a closed load.
    let arrivals: ArrivalPlan?
    /// The loop stops sleeping this many nanoseconds before a due time.
    let spin: UInt64
    /// All users connect at once.
    let isStorm: Bool
    /// A connection that the server ended while silent is made again at once.
    let keepsConnections: Bool
    /// No certificate is verified.
    var takesAnyCertificate = false
    /// Most redirects followed for one answer.
    let follow: Int
    /// Most requests of this worker per second, by plan or by its users' pauses; nil where the server decides.
    let mostRate: Double?
    /// Connections that the load before left open for this worker.
    let kept: KeptConnections?
    /// Connections are left open for the next load.
    let keepsUsers: Bool

    /// When a user joins at the earliest: evenly over the ramp, workers interleaved.
    func start(ofUser local: Int) -> UInt64 {
        let global = UInt64(local * self.threads + self.index)
        let (high, low) = self.join.length.multipliedFullWidth(by: global)
        let offset = UInt64(max(1, self.totalUsers)).dividingFullWidth((high, low)).quotient
        return self.startedAt &+ max(offset, global)
    }

    /// Users that begin without waiting for another user's answer: all of them, unless they join in turn.
    var firstInTurn: Int {
        if self.join.kind != .inTurn { return self.userCount }
        return min(self.userCount, max(1, Join.unansweredLimit / self.threads))
    }

    /// Which of `totalUsers` equal shares of a cycle belongs to this user. Neighbours are far apart, and each share is
    /// taken once: multiplying by a number that has no factor in common with the modulus is a permutation.
    func slot(ofUser local: Int) -> Int {
        (local * self.threads + self.index) % self.totalUsers * self.slotStride % self.totalUsers
    }

    /// About 0.618 of the users, and coprime to their number.
    static func slotStride(users: Int) -> Int {
        var stride = max(1, Int(Double(users) * 0.618))
        while Self.greatestCommonDivisor(stride, users) > 1 { stride += 1 }
        return stride
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        var (first, second) = (first, second)
        while second != 0 { (first, second) = (second, first % second) }
        return first
    }
}
