/// What went wrong in seconds in which the generator itself stood still: it says nothing against the target.
public struct OwnPauses: Sendable, Equatable {
    /// The longest pause of the hold, in nanoseconds.
    public var longest: UInt64 = 0
    /// Users that stopped being held in the hold, and those of them that did so in a second with a pause.
    public var holdsLost: UInt64 = 0
    public var holdsLostInPause: UInt64 = 0
    /// Requests of the hold that timed out in a second with a pause.
    public var timeoutsInPause: UInt64 = 0

    /// A shorter pause makes no server end a connection and no answer time out. Nanoseconds.
    public static let shortest: UInt64 = 100_000_000

    /// Known numbers; nothing seen yet where none are given.
    public init(longest: UInt64 = 0, holdsLost: UInt64 = 0, holdsLostInPause: UInt64 = 0, timeoutsInPause: UInt64 = 0) {
        self.longest = longest
        self.holdsLost = holdsLost
        self.holdsLostInPause = holdsLostInPause
        self.timeoutsInPause = timeoutsInPause
    }

    /// Takes an interval; what lies outside the hold is passed over.
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

    /// All users that were lost were lost in pauses: the longest of them. nil where none was, or one was not.
    public var lossPause: UInt64? {
        self.holdsLost > 0 && self.holdsLost == self.holdsLostInPause ? self.longest : nil
    }
}

extension IntervalRow {
    /// The longest time for which the generator stood still, in nanoseconds.
    public var longestPause: UInt64 { max(self.loopLag, self.ownPause) }

    /// Requests of the hold that timed out in it, where the generator stood still in it: their answers may have been
    /// there.
    public var ownTimeouts: UInt64 {
        self.longestPause < OwnPauses.shortest ? 0 : self.hold.counters.timeouts
    }
}

extension Counters {
    /// Requests that were not waited for to their end.
    public var timeouts: UInt64 {
        [.timeoutConnect, .timeoutFirstByte, .timeoutIdle, .timeoutTotal].reduce(0) { $0 &+ self.failed($1) }
    }

    /// Failures for want of the generator's own descriptors and ports.
    public var ownFailures: UInt64 { self.failed(.localPorts) &+ self.failed(.fdLimit) }
}
