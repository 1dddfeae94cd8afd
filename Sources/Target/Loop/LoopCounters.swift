import Synchronization

/// The counts of one loop. Only the loop's thread writes (so a load and a store are enough, without locking the bus);
/// any thread reads.
final class LoopCounters: Sendable {
    /// One counter with a single writer.
    struct Counter: ~Copyable, Sendable {
        private let cell = Atomic<UInt64>(0)

        /// Adds to it; only for the loop's own thread.
        @inline(__always)
        func add(_ count: UInt64) {
            self.cell.store(self.cell.load(ordering: .relaxed) &+ count, ordering: .relaxed)
        }
        /// The count now; from any thread.
        var value: UInt64 { self.cell.load(ordering: .relaxed) }
    }

    let connectionsAccepted = Counter()
    let connectionsClosed = Counter()
    let connectionsRefused = Counter()
    let requests = Counter()
    let responses = Counter()
    let bytesReceived = Counter()
    let bytesSent = Counter()
    let bodyBytesSent = Counter()
    let malformedRequests = Counter()
    let tlsHandshakes = Counter()
    let tlsResumptions = Counter()
    let tlsFailures = Counter()
    /// Keeps the counters of two loops on different cache lines.
    private let apart: InlineArray<16, UInt64> = .init(repeating: 0)

    /// Adds this loop's counts to a sum.
    func add(to counts: inout TargetCounts) {
        // Closed is read first: a connection that is counted as closed was counted as accepted before.
        let closed = self.connectionsClosed.value
        let accepted = self.connectionsAccepted.value
        counts.connectionsAccepted &+= accepted
        counts.connectionsOpen &+= accepted &- min(accepted, closed)
        counts.connectionsRefused &+= self.connectionsRefused.value
        counts.requests &+= self.requests.value
        counts.responses &+= self.responses.value
        counts.bytesReceived &+= self.bytesReceived.value
        counts.bytesSent &+= self.bytesSent.value
        counts.bodyBytesSent &+= self.bodyBytesSent.value
        counts.malformedRequests &+= self.malformedRequests.value
        counts.tlsHandshakes &+= self.tlsHandshakes.value
        counts.tlsResumptions &+= self.tlsResumptions.value
        counts.tlsFailures &+= self.tlsFailures.value
    }
}
