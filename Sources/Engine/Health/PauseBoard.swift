import Measure
import Synchronization

/// Pauses of the workers whose traces may still be at the server. After one, requests come in a bunch, and the queue
/// that they form there is the generator's: it makes no request later than the pause was long (a delayed arrival delays
/// what a queue gives out by no more than itself). One board for all workers of a run, as their requests meet at the
/// server.
///
/// Pauses are kept by classes of their length, four to each doubling: of each class until when its traces may last.
struct PauseBoard: @unchecked Sendable {  // Atomics only; freed by `RunControl`, which outlives the workers.
    private let until: UnsafeMutablePointer<Atomic<UInt64>>
    private let highest: UnsafeMutablePointer<Atomic<Int>>

    /// Shorter ones are no pauses: sending and being woken take an idle machine as long.
    static let shortest = GeneratorShift.smallestDelay
    /// A queue that a pause made is gone after so many times its length, with a server that is at most 97 % busy.
    static let memory: UInt64 = 32
    /// And no sooner than this: what a short pause added to a queue stays until the queue is empty, however short it
    /// was. Nanoseconds.
    static let shortestTrace: UInt64 = 1_000_000_000
    /// The latest time that is kept.
    static let latest = UInt64(Int64.max)
    /// Longer pauses are as good as this one. Nanoseconds.
    private static let longestTraced: UInt64 = 1 << 40
    /// Where every user waits the same time after an answer, a bunch comes back with each round: so often it is
    /// waited for.
    static let echoes: UInt64 = 3
    /// Four classes to each of the doublings from 2^17 ns (131 µs) to 2^40 (18 minutes).
    private static let firstMagnitude = 17
    static let classCount = 4 * 24

    /// No pause yet.
    static func make() -> PauseBoard {
        let until = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Self.classCount)
        for index in 0..<Self.classCount { (until + index).initialize(to: Atomic(0)) }
        let highest = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
        highest.initialize(to: Atomic(-1))
        return PauseBoard(until: until, highest: highest)
    }

    private init(until: UnsafeMutablePointer<Atomic<UInt64>>, highest: UnsafeMutablePointer<Atomic<Int>>) {
        self.until = until
        self.highest = highest
    }

    func deallocate() {
        self.until.deinitialize(count: Self.classCount)
        self.until.deallocate()
        self.highest.deinitialize(count: 1)
        self.highest.deallocate()
    }

    /// The class of a length.
    static func place(of length: UInt64) -> Int {
        let magnitude = 63 - (length | 1).leadingZeroBitCount
        if magnitude < Self.firstMagnitude { return 0 }
        let quarter = Int(truncatingIfNeeded: length &>> UInt64(truncatingIfNeeded: magnitude &- 2)) & 3
        return min(Self.classCount - 1, (magnitude - Self.firstMagnitude) * 4 + quarter)
    }

    /// The longest pause of a class.
    static func longest(ofPlace place: Int) -> UInt64 {
        if place >= Self.classCount - 1 { return .max }
        let magnitude = UInt64(place / 4 + Self.firstMagnitude)
        return UInt64(5 + place % 4) << (magnitude - 2) - 1
    }

    /// A pause so long is over. `echo`: the same wait of every user after an answer; 0 where there is none.
    func note(_ length: UInt64, at now: UInt64, echo: UInt64) {
        if length < Self.shortest { return }
        let place = Self.place(of: length)
        let trace = Self.memory &* min(length, Self.longestTraced) &+ Self.shortestTrace &+ Self.echoes &* echo
        let (until, isBeyond) = now.addingReportingOverflow(trace)
        self.until[place].max(isBeyond ? Self.latest : min(until, Self.latest), ordering: .relaxed)
        self.highest.pointee.max(place, ordering: .relaxed)
    }

    /// No pause whose traces a request that was sent then may have met was longer; 0: there was none.
    func longest(since sent: UInt64) -> UInt64 {
        var place = self.highest.pointee.load(ordering: .relaxed)
        while place >= 0 {
            if self.until[place].load(ordering: .relaxed) >= sent { return Self.longest(ofPlace: place) }
            place &-= 1
        }
        return 0
    }
}
