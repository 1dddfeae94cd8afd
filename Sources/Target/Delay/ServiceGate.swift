import Engine
import Synchronization

/// The one waiting line that all threads share. A request takes the lock once, for some 50 ns; a server
/// without service time has no gate at all.
final class ServiceGate: Sendable {
    private let queue: Mutex<ServiceQueue>

    /// See `TargetOptions`; `concurrency` nil: no waiting.
    init(time: ServiceTime, concurrency: Int?, seed: UInt64) {
        self.queue = Mutex(ServiceQueue(time: time, servers: concurrency, seed: seed))
    }

    /// When the request that arrives now is served. The clock is read under the lock: the order of arrival
    /// of two threads is the order in which they got it.
    func completion() -> UInt64 {
        self.queue.withLock { queue in queue.completion(arrivingAt: MonotonicClock.now()) }
    }
}
