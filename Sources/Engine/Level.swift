import Measure

/// A level over time: its bounds and its integral since the interval began.
struct Level {
    var value: UInt64 = 0
    var lowest: UInt64 = 0
    var highest: UInt64 = 0
    var area = 0.0
    var since: UInt64 = 0
    var began: UInt64 = 0

    mutating func change(up: Bool, at now: UInt64) {
        self.settle(now)
        if up {
            self.value &+= 1
            self.highest = max(self.highest, self.value)
        } else {
            self.value &-= 1
            self.lowest = min(self.lowest, self.value)
        }
    }

    private mutating func settle(_ now: UInt64) {
        if now > self.since {
            self.area += Double(self.value) * Double(now &- self.since)
            self.since = now
        }
    }

    /// Closes the interval and begins the next.
    mutating func close(at now: UInt64) -> Held {
        self.settle(now)
        let held = Held(
            lowest: self.lowest, highest: self.highest, area: self.area,
            duration: now > self.began ? now &- self.began : 0)
        self.lowest = self.value
        self.highest = self.value
        self.area = 0
        self.began = now
        self.since = now
        return held
    }
}
