import Measure

/// Holds a worker while its thread runs it, and its results afterwards.
final class WorkerHandle: @unchecked Sendable {  // The worker's thread owns it between `run` and the join.
    /// Read its results only after the join.
    private(set) var worker: Worker
    let waker: Int32
    private let blocks: (IntervalBlock, IntervalBlock)

    init(_ worker: consuming Worker) {
        self.waker = worker.poller.waker
        self.blocks = worker.blocks
        self.worker = worker
    }

    func run() { self.worker.run() }

    func block(_ index: Int) -> IntervalBlock { index == 0 ? self.blocks.0 : self.blocks.1 }

    /// Gives away the connections that the worker left open; nil where it left none. Call it only after the join.
    func takeKept() -> KeptConnections? {
        defer { self.worker.kept = nil }
        return self.worker.kept
    }
}
