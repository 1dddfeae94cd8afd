import Measure
import Synchronization
import Workload

/// Where the hold begins.
extension LoadRun {
    /// How an automatic warm-up went; nil where there was none, or the hold was not reached.
    public var warmUpFound: WarmUpFound? {
        guard self.profile.load.warmupIsAuto, let holdStart, let stopAt, stopAt > holdStart else { return nil }
        return self.warmUp.found
    }

    /// The hold begins at a time in the future, so that every worker learns of it before.
    func beginHold(at start: UInt64) {
        self.holdStart = start
        self.heldFrom = start
        self.control.holdStart.store(start, ordering: .releasing)
        self.cutInterval(at: start)
        let length = self.profile.load.open == nil ? self.profile.load.hold : self.profile.load.holdLength
        self.setStop(min(start &+ length, self.planEnd ?? .max))
    }

    /// When the plan of an open load ends; nil where it has no end, and in a closed load.
    private var planEnd: UInt64? { self.profile.load.open?.plan.length.map { self.startedAt &+ $0 } }

    /// Takes an interval of an automatic warm-up that ended at `end`. Once the warm-up is over, the hold begins with
    /// the interval after the next one, so that no boundary has to be moved. It begins at the latest in the middle of a
    /// plan that ends: there has to be something to measure.
    func leadWarmup(_ row: IntervalRow, end: UInt64) {
        self.warmUp.take(row)
        guard self.profile.load.warmupIsAuto, self.holdStart == nil, row.phase == .warmup else { return }
        let next = max(end &+ Self.intervalLength, MonotonicClock.now() &+ Self.notice)
        let halfOver = self.planEnd.map { next &- self.startedAt >= ($0 &- self.startedAt) / 2 } ?? false
        if self.warmUp.isOver || halfOver { self.beginHold(at: next) }
    }
}
