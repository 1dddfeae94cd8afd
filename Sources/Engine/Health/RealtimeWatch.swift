import CLinux

/// Both clocks read together. CLOCK_MONOTONIC is read before and after, which shows whether the thread was interrupted
/// between the readings.
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

/// Notices when CLOCK_REALTIME is set. Both clocks run at the same speed, even while NTP corrects it. So their
/// difference changes only when CLOCK_REALTIME is set (or when the machine slept, which CLOCK_MONOTONIC does not
/// count).
struct RealtimeWatch {
    /// What a reading says.
    enum Verdict {
        case steady
        /// The clock was set since the reading before.
        case stepped
        /// The thread was interrupted between the clocks, so the reading proves nothing.
        case torn
    }

    /// Readings further apart are torn. Nanoseconds.
    static let tornLimit: UInt64 = 50_000
    /// A difference that moved by more than this is a step: a reading that is not torn cannot move it so far.
    static let stepLimit: UInt64 = 2 * RealtimeWatch.tornLimit

    /// Realtime minus monotonic, from the last reading that was not torn.
    private var offset: UInt64?

    /// Compares a reading with the one before. The first is steady.
    @inline(__always)
    mutating func judge(_ reading: ClockReading) -> Verdict {
        let apart = reading.after &- reading.before
        if apart > Self.tornLimit { return .torn }
        // Wraps where CLOCK_REALTIME is earlier than the boot; so does the comparison.
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
