import CLinux

/// Both clocks read together. CLOCK_MONOTONIC is read on either side, so that one can see whether the thread
/// was interrupted between the readings.
struct ClockReading {
    let before: UInt64
    let realtime: UInt64
    let after: UInt64

    /// Not read.
    static let none = ClockReading(before: 0, realtime: 0, after: 0)

    /// The clocks now: three reads, about 70 ns.
    @inline(__always)
    static func now() -> ClockReading {
        ClockReading(
            before: linux_monotonic_nanoseconds(), realtime: linux_realtime_nanoseconds(),
            after: linux_monotonic_nanoseconds())
    }
}

/// Notices when CLOCK_REALTIME is set. Both clocks run at the same speed, also while NTP corrects it: their
/// difference changes only when somebody sets the one (or the machine slept, which the other does not count).
struct RealtimeWatch {
    /// What a reading says.
    enum Verdict {
        case steady
        /// The clock was set since the reading before.
        case stepped
        /// The thread was interrupted between the clocks: nothing can be said.
        case torn
    }

    /// Readings further apart are torn. Nanoseconds.
    static let tornLimit: UInt64 = 50_000
    /// A difference that moved more than this is a step: above what a reading that is not torn can move it.
    static let stepLimit: UInt64 = 2 * RealtimeWatch.tornLimit

    /// Realtime less monotonic, of the last reading that was not torn.
    private var offset: UInt64?

    /// Compares a reading with the one before. The first is steady.
    @inline(__always)
    mutating func judge(_ reading: ClockReading) -> Verdict {
        let apart = reading.after &- reading.before
        if apart > Self.tornLimit { return .torn }
        // Wraps where the clock stands before the start of the machine; so does the comparison.
        let offset = reading.realtime &- (reading.before &+ apart / 2)
        guard let known = self.offset else {
            self.offset = offset
            return .steady
        }
        let moved = Int64(bitPattern: offset &- known).magnitude
        if moved <= Self.stepLimit { return .steady }
        self.offset = offset
        return .stepped
    }
}
