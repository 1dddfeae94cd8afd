/// What a search asks of its target before each trial: the median of a few answers is back at its first value.
public enum Recovery {
    /// A median is back below this many times the first one and so many nanoseconds: what two medians of a few answers
    /// of an idle server differ by, on a machine whose timers are late.
    private static let times = 1.5
    private static let by = 2e6
    /// How long the target may take at least, where nobody chose that. Nanoseconds.
    public static let shortest: UInt64 = 30_000_000_000

    /// Whether a median is back at the first one; nanoseconds.
    public static func isBack(_ now: UInt64, first: UInt64) -> Bool {
        Double(now) <= Double(first) * Self.times + Self.by
    }

    /// How long the target may take until it is back, in nanoseconds. Where nobody chose that, it is at least as long
    /// as the trial before took: a load of up to twice the target's capacity leaves no longer queue.
    public static func limit(given: UInt64?, afterTrial trial: UInt64 = 0) -> UInt64 {
        given ?? max(Self.shortest, trial)
    }
}

/// How far from its first value a target was when a trial began. All in nanoseconds.
public struct Unrecovered: Sendable, Equatable {
    /// The median before this trial, and before the first one.
    public var now: UInt64
    public var first: UInt64
    /// Since the trial before.
    public var waited: UInt64

    /// All three.
    public init(now: UInt64, first: UInt64, waited: UInt64) {
        self.now = now
        self.first = first
        self.waited = waited
    }
}

extension TrialResult {
    /// The target had not recovered when the trial began. What failed may be what the trial before left in it: that
    /// says nothing of this load. A load that passed all the same counts.
    public mutating func began(_ unrecovered: Unrecovered?) {
        guard let unrecovered, self.failed else { return }
        self.validity = .unrecovered(unrecovered)
    }
}
