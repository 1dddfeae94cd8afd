/// How many were in flight when a run ended.
public struct InFlight: Sendable, Equatable {
    /// Wherever they were due.
    public var total: UInt64
    /// Those that were due in the hold.
    public var hold: UInt64

    /// Known numbers; the default is none.
    public init(total: UInt64 = 0, hold: UInt64 = 0) {
        self.total = total
        self.hold = hold
    }

    /// Those that were due before the hold.
    public var outside: UInt64 { self.total - min(self.hold, self.total) }

    /// Adds those of another worker or run.
    public mutating func add(_ other: InFlight) {
        self.total &+= other.total
        self.hold &+= other.hold
    }
}
