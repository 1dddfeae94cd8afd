/// Failures in seconds in which the generator itself stood still: they prove nothing against the target.
public struct OwnPauses: Sendable, Equatable {
    /// The longest pause of the hold, in nanoseconds.
    public var longest: UInt64 = 0
    /// Users that stopped being held during the hold, and those that did so in a second with a pause.
    public var holdsLost: UInt64 = 0
    public var holdsLostInPause: UInt64 = 0
    /// Requests of the hold that timed out in a second with a pause.
    public var timeoutsInPause: UInt64 = 0

    /// After a shorter pause no server ends a connection and no answer times out. Nanoseconds.
    public static let shortest: UInt64 = 100_000_000

    /// Known numbers; the default is none.
    public init(longest: UInt64 = 0, holdsLost: UInt64 = 0, holdsLostInPause: UInt64 = 0, timeoutsInPause: UInt64 = 0) {
        self.longest = longest
        self.holdsLost = holdsLost
        self.holdsLostInPause = holdsLostInPause
        self.timeoutsInPause = timeoutsInPause
    }

    /// Takes an interval; only the part in the hold counts.
    public mutating func take(_ row: IntervalRow) {
        self.timeoutsInPause &+= row.ownTimeouts
        guard row.hold.duration > 0 else { return }
        self.longest = max(self.longest, row.longestPause)
        self.holdsLost &+= row.counters.holdsLost
        if row.longestPause >= Self.shortest { self.holdsLostInPause &+= row.counters.holdsLost }
    }

    /// Adds those of another run.
    public mutating func add(_ other: OwnPauses) {
        self.longest = max(self.longest, other.longest)
        self.holdsLost &+= other.holdsLost
        self.holdsLostInPause &+= other.holdsLostInPause
        self.timeoutsInPause &+= other.timeoutsInPause
    }

    /// The longest pause, if all users that were lost were lost in pauses. Nil where none was lost, or one outside a
    /// pause.
    public var lossPause: UInt64? {
        self.holdsLost > 0 && self.holdsLost == self.holdsLostInPause ? self.longest : nil
    }
}

extension IntervalRow {
    /// The longest time that the generator stood still, in nanoseconds.
    public var longestPause: UInt64 { max(self.loopLag, self.ownPause) }

    /// Requests of the hold that timed out in this interval, if the generator stood still in it: their answers may have
    /// arrived.
    public var ownTimeouts: UInt64 {
        self.longestPause < OwnPauses.shortest ? 0 : self.hold.counters.timeouts
    }
}

extension Counters {
    /// Requests that timed out.
    public var timeouts: UInt64 {
        ErrorClass.allCases.reduce(0) { $1.isTimeout ? $0 &+ self.failed($1) : $0 }
    }

    /// Failures because the generator ran out of descriptors or ports.
    public var ownFailures: UInt64 {
        ErrorClass.allCases.reduce(0) { $1.isOwn ? $0 &+ self.failed($1) : $0 }
    }
}
