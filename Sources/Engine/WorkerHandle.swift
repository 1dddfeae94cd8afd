import Measure

/// Holds a worker while its thread runs it, and its results afterwards.
final class WorkerHandle: @unchecked Sendable {  // The worker's thread owns it between `run` and the join.
    private var worker: Worker
    let waker: Int32
    private let blocks: (IntervalBlock, IntervalBlock)

    init(_ worker: consuming Worker) {
        self.waker = worker.poller.waker
        self.blocks = worker.blocks
        self.worker = worker
    }

    func run() { self.worker.run() }

    func block(_ index: Int) -> IntervalBlock { index == 0 ? self.blocks.0 : self.blocks.1 }

    /// The results of a worker that has ended.
    struct Outcome {
        let levels: IntervalBlock.Levels
        let longestSilence: UInt64?
        let longestPause: UInt64
        let leftRequests: LeftOver
        let leftSessions: LeftOver
        let examples: [ErrorExample]
        let resentExamples: [ResentExample]
        let redirectExample: RedirectExample?
        let addresses: [AddressTally]
        let failure: Errno?
        let tlsFacts: TLSFacts?
        let transport: TransportCounts
        let delaysDropped: UInt64
        /// Slots that ever held a user.
        let usersMade: Int
        let neverStartedIsBound: Bool
        let connectionsAdopted: UInt64
    }

    /// Read it only after the join.
    var outcome: Outcome {
        Outcome(
            levels: self.worker.levels.pointee, longestSilence: self.worker.longestSilence,
            longestPause: self.worker.longestPause,
            leftRequests: self.worker.leftRequests, leftSessions: self.worker.leftSessions,
            examples: self.worker.examples, resentExamples: self.worker.resentExamples,
            redirectExample: self.worker.redirectExample, addresses: self.worker.addressCounts,
            failure: self.worker.failure,
            tlsFacts: self.worker.tls?.facts,
            transport: self.worker.sampling.transport, delaysDropped: self.worker.sampling.dropped,
            usersMade: self.worker.usersMade, neverStartedIsBound: self.worker.neverStartedIsBound,
            connectionsAdopted: self.worker.connectionsAdopted)
    }

    /// Gives away the connections that the worker left open; nil where it left none. Call it only after the join.
    func takeKept() -> KeptConnections? {
        defer { self.worker.kept = nil }
        return self.worker.kept
    }
}
