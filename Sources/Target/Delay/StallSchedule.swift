/// When a server is frozen: pure, in nanoseconds of one clock. Stall k covers the last `duration` of the k-th `period`
/// after the start.
struct StallSchedule: Sendable {
    let start: UInt64
    let stall: Stall

    /// The end of the stall that contains `now`; nil outside of one.
    func end(at now: UInt64) -> UInt64? {
        guard now >= self.start, self.stall.period > 0 else { return nil }
        let passed = (now - self.start) % self.stall.period
        if passed < self.stall.period - min(self.stall.duration, self.stall.period) { return nil }
        return now &+ (self.stall.period - passed)
    }
}
