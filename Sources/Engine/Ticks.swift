/// The times at which planned starts are taken together, so that a thread wakes up once for several of them. With a
/// length of 0 every time is a tick. Nanoseconds of the monotonic clock.
struct Ticks {
    /// When the load began: the first tick.
    let origin: UInt64
    let length: UInt64

    /// Ticks are off.
    @inline(__always)
    var isOff: Bool { self.length == 0 }

    /// The last tick up to a time; 0 before the first.
    @inline(__always)
    func last(upTo time: UInt64) -> UInt64 {
        if self.isOff { return time }
        return time < self.origin ? 0 : time &- (time &- self.origin) % self.length
    }

    /// The first tick at or after a time; `UInt64.max` stays `UInt64.max`.
    @inline(__always)
    func next(from time: UInt64) -> UInt64 {
        if self.isOff { return time }
        if time <= self.origin { return self.origin }
        let since = (time &- self.origin) % self.length
        if since == 0 { return time }
        let (next, overflow) = time.addingReportingOverflow(self.length &- since)
        return overflow ? .max : next
    }
}
