import Synchronization

/// What the controller tells the workers, and they it. Times are nanoseconds of the monotonic clock;
/// `UInt64.max` is "not yet known". Written rarely, read once per turn of a loop.
final class RunControl: Sendable {
    /// End of the current interval. The controller sets the next one after it took the last.
    let boundary = Atomic<UInt64>(0)
    /// Requests due from here on belong to the hold.
    let holdStart = Atomic<UInt64>(.max)
    /// Nothing new starts from here on.
    let stopAt = Atomic<UInt64>(.max)
    /// What is still in flight then is left.
    let quitAt = Atomic<UInt64>(.max)
    /// eventfd that wakes the controller.
    let controllerWaker: Int32

    init(controllerWaker: Int32) { self.controllerWaker = controllerWaker }
}

/// What one worker publishes.
final class WorkerStatus: Sendable {
    /// The boundary of the last interval that it closed.
    let flipped = Atomic<UInt64>(0)
    /// Its users that were answered at least once.
    let established = Atomic<UInt64>(0)
    /// 1 once every user has made its sessions and nothing is in flight.
    let exhausted = Atomic<UInt32>(0)
    /// 1 once its loop has ended.
    let ended = Atomic<UInt32>(0)
}
