import Synchronization

/// What the controller publishes to the workers, and they to it. Times are nanoseconds of the monotonic clock;
/// `UInt64.max` means "not known yet". Written rarely, read once per turn of a loop.
final class RunControl: Sendable {
    /// Number of the open interval, counted from 1; each worker closes each interval once. The controller raises it
    /// after it took the last one.
    let interval = Atomic<UInt64>(0)
    /// End of the open interval. The controller may bring it forward while the interval is open.
    let boundary = Atomic<UInt64>(0)
    /// Requests due from here on belong to the hold.
    let holdStart = Atomic<UInt64>(.max)
    /// Nothing new starts from here on.
    let stopAt = Atomic<UInt64>(.max)
    /// What is still in flight at this time is given up.
    let quitAt = Atomic<UInt64>(.max)
    /// 1 once a signal came after the stop: then the workers' last counts end, too.
    let givesUp = Atomic<UInt32>(0)
    /// 1 once another thread than the controller's wants the run to stop.
    let stopAsked = Atomic<UInt32>(0)
    /// eventfd that wakes the controller.
    let controllerWaker: Int32
    /// What the workers know of each other's pauses.
    let pauses = PauseBoard.make()

    init(controllerWaker: Int32) { self.controllerWaker = controllerWaker }

    deinit { self.pauses.deallocate() }
}

/// What one worker publishes.
final class WorkerStatus: Sendable {
    /// Number of the last interval that it closed.
    let closed = Atomic<UInt64>(0)
    /// Its users that were answered at least once.
    let established = Atomic<UInt64>(0)
    /// 1 once the last of its sessions has ended.
    let exhausted = Atomic<UInt32>(0)
    /// Whether its loop has ended, and how.
    let end = Atomic<UInt32>(notEnded)

    /// Values of `end`.
    static let notEnded: UInt32 = 0
    static let ended: UInt32 = 1
    static let failed: UInt32 = 2
}
