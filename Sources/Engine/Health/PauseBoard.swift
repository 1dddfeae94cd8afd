import Measure
import Synchronization

/// Pauses of the workers whose traces may still be at the server. After a pause, requests come in a bunch and form a
/// queue there. That queue is the generator's fault. It delays no request by more than the pause's length, as a delayed
/// arrival delays a queue's output by no more than itself. All workers of a run share one board, as their requests meet
/// at the server.
///
/// Pauses are kept in classes of length, four per doubling. Each class holds the time until which its traces may last.
struct PauseBoard: @unchecked Sendable {  // Atomics only; freed by `RunControl`, which outlives the workers.
    private let until: UnsafeMutablePointer<Atomic<UInt64>>
    private let highest: UnsafeMutablePointer<Atomic<Int>>

    /// Shorter ones do not count as pauses: sending and waking up take this long on an idle machine.
    static let shortest = GeneratorShift.smallestDelay
    /// The queue of a pause is gone after this many times the pause's length, at a server that is at most 97 % busy.
    static let memory: UInt64 = 32
    /// The shortest time that traces last. What a short pause added to a queue stays until the queue is empty, however
    /// short the pause was. Nanoseconds.
    static let shortestTrace: UInt64 = 1_000_000_000
    /// The latest time that is kept.
    static let latest = UInt64(Int64.max)
    /// Longer pauses count like this one. Nanoseconds.
    private static let longestTraced: UInt64 = 1 << 40
    /// Where every user waits the same time after an answer, a bunch comes back with each round. Its traces are
    /// expected for this many rounds.
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

    /// A pause of this length is over. `echo`: the wait that every user has after an answer; 0 where there is none.
    func note(_ length: UInt64, at now: UInt64, echo: UInt64) {
        if length < Self.shortest { return }
        let place = Self.place(of: length)
        let trace = Self.memory &* min(length, Self.longestTraced) &+ Self.shortestTrace &+ Self.echoes &* echo
        let (until, isBeyond) = now.addingReportingOverflow(trace)
        self.until[place].max(isBeyond ? Self.latest : min(until, Self.latest), ordering: .relaxed)
        self.highest.pointee.max(place, ordering: .relaxed)
    }

    /// The longest pause whose traces a request sent at that time may have met; 0: there was none.
    func longest(since sent: UInt64) -> UInt64 {
        var place = self.highest.pointee.load(ordering: .relaxed)
        while place >= 0 {
            if self.until[place].load(ordering: .relaxed) >= sent { return Self.longest(ofPlace: place) }
            place &-= 1
        }
        return 0
    }
}
