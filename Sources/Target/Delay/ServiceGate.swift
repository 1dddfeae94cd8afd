import Engine
import Synchronization

/// The one queue that all threads share. A request takes the lock once, for some 50 ns; a server without service time
/// has no gate at all.
final class ServiceGate: Sendable {
    private let queue: Mutex<ServiceQueue>

    /// See `TargetOptions`; `concurrency` nil: no waiting.
    init(time: ServiceTime, concurrency: Int?, seed: UInt64) {
        self.queue = Mutex(ServiceQueue(time: time, servers: concurrency, seed: seed))
    }

    /// When the request that arrives now is complete. The clock is read under the lock, so the arrival order of two
    /// threads is the order in which they got the lock.
    func completion() -> UInt64 {
        self.queue.withLock { queue in queue.completion(arrivingAt: MonotonicClock.now()) }
    }
}
