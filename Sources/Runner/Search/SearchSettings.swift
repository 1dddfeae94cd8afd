import Capacity
import Engine

/// What a command asks of all its searches, besides their plans.
public struct SearchSettings {
    /// The planned number that the search judges; nil without one.
    public var assumption: Assumption?
    /// Why no larger load can be tried, if no option set the largest one.
    public var ownLimit: String?
    /// A shell command before each trial.
    public var beforeTrial: String?
    /// Nanoseconds that the target may take to recover; nil for what suits the trial (`Recovery.limit`).
    public var coolDown: UInt64?
    /// What the link to the target carries; nil for the speed of the network card.
    public var linkBitsPerSecond: Double?
    /// Nanoseconds that the users of a trial may take after their join until each was answered once.
    public var settle = LoadRun.settleLimit

    /// Settings without an assumption and without a command.
    public init() {}

    /// How long the users of a trial may take to be answered once, in nanoseconds. `trial`: the length of an ordinary
    /// trial. A user that connects late shows as a missing hold, so the trial waits for it about as long as it holds.
    public static func settle(ofTrial trial: UInt64) -> UInt64 {
        min(LoadRun.settleLimit, max(Self.shortestSettle, trial))
    }

    private static let shortestSettle: UInt64 = 1_000_000_000
}
