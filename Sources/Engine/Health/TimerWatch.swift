import CLinux
import Measure
import Synchronization

/// A plain timer beside the load: a thread that sleeps again and again and records how late it wakes up. Each wake-up
/// takes a CPU from a worker for some microseconds, so there are only a hundred per second.
///
/// If workers start late although they have CPU to spare, it shows whether the machine's timers are late. It only
/// sleeps, so it is never later than a loop that also has work to do.
final class TimerWatch: Sendable {
    /// Length of one sleep in nanoseconds, which is also the longest time that `finish` waits.
    static let period: UInt64 = 10_000_000

    private let isOver = Atomic<Bool>(false)
    /// Lateness of every wake-up. Belongs to the thread until it was joined.
    private nonisolated(unsafe) let lateness = Histogram()

    /// The thread that sleeps, and what it records.
    struct Running {
        fileprivate let watch: TimerWatch
        fileprivate let thread: LoopThread

        /// Ends it, and returns how late its wake-ups were, in nanoseconds.
        func finish() -> DistributionFigures {
            self.watch.isOver.store(true, ordering: .relaxed)
            self.thread.join()
            return DistributionFigures(of: self.watch.lateness)
        }
    }

    /// Starts one. Nil where the machine has no thread left: then the run goes without. `cpu`: where it is pinned.
    static func start(cpu: Int?) -> Running? {
        let watch = TimerWatch()
        do {
            return Running(watch: watch, thread: try LoopThread(name: "timer", cpu: cpu) { watch.run() })
        } catch {
            return nil
        }
    }

    private func run() {
        while !self.isOver.load(ordering: .relaxed) {
            let asleep = MonotonicClock.now()
            Self.sleep(Self.period)
            self.lateness.record(Self.lateness(asleep: asleep, awake: MonotonicClock.now()))
        }
    }

    /// How much longer than a period a sleep was.
    static func lateness(asleep: UInt64, awake: UInt64) -> UInt64 {
        let slept = awake > asleep ? awake &- asleep : 0
        return slept > Self.period ? slept &- Self.period : 0
    }

    private static func sleep(_ nanoseconds: UInt64) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
        _ = nanosleep(&time, nil)
    }
}
