/// A search waits before each trial until its target has recovered: the median of a few answers is back at its first
/// value.
public enum Recovery {
    /// A median is back below the first one times this, plus so many nanoseconds. Two medians of a few answers of an
    /// idle server differ by as much on a machine with late timers.
    private static let times = 1.5
    private static let by = 2e6
    /// The shortest default limit for the target's recovery. Nanoseconds.
    public static let shortest: UInt64 = 30_000_000_000

    /// Whether a median is back at the first one. Nanoseconds.
    public static func isBack(_ now: UInt64, first: UInt64) -> Bool {
        Double(now) <= Double(first) * Self.times + Self.by
    }

    /// How long the target may take to recover, in nanoseconds. The default is at least the length of the trial before:
    /// a load of up to twice the target's capacity leaves no longer queue.
    public static func limit(given: UInt64?, afterTrial trial: UInt64 = 0) -> UInt64 {
        given ?? max(Self.shortest, trial)
    }
}

/// How far from its first value a target was when a trial began. All in nanoseconds.
public struct Unrecovered: Sendable, Equatable {
    /// The median before this trial, and before the first one.
    public var now: UInt64
    public var first: UInt64
    /// Time since the trial before.
    public var waited: UInt64

    /// All three.
    public init(now: UInt64, first: UInt64, waited: UInt64) {
        self.now = now
        self.first = first
        self.waited = waited
    }
}

extension TrialResult {
    /// The target had not recovered when the trial began. A failure may then come from the queue of the trial before,
    /// and proves nothing about this load. A load that passed anyway counts.
    public mutating func began(_ unrecovered: Unrecovered?) {
        guard let unrecovered, self.failed else { return }
        self.validity = .unrecovered(unrecovered)
    }
}
