import Engine
import Measure

/// The target's usage during a load.
final class TargetLog {
    private let watch: TargetWatch
    /// The reading at the end of the interval before.
    private var before: TargetReading?
    private var holdStart: TargetReading?
    private var holdEnd: TargetReading?
    /// The reading of the last call of `share`.
    private var asked: TargetReading?

    /// Readings that failed before this load.
    private let missedBefore: UInt64

    init(_ watch: TargetWatch) {
        self.watch = watch
        self.missedBefore = watch.missed
    }

    /// Readings that failed since then.
    var missed: UInt64 { self.watch.missed - self.missedBefore }

    /// The load is about to start.
    func begin() { self.before = self.watch.reading() }

    /// An interval of a phase has closed.
    func take(_ phase: Phase) {
        let now = self.watch.reading()
        if phase == .hold {
            self.holdStart = self.holdStart ?? self.before
            self.holdEnd = now
        }
        self.before = now
    }

    /// The usage over the hold; nil if readings are missing.
    var hold: TargetUsage? {
        guard let start = self.holdStart, let end = self.holdEnd else { return nil }
        return TargetUsage(from: start, to: end)
    }

    /// The share of the CPU in use since the last call.
    func share() -> Double? {
        guard let now = self.watch.reading() else { return nil }
        guard let last = self.asked else {
            self.asked = now
            return nil
        }
        // A time that is too short gives no usage: it is added to the next one.
        guard let usage = TargetUsage(from: last, to: now) else { return nil }
        self.asked = now
        return usage.cpu
    }
}
