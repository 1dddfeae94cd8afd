#if canImport(Glibc)
import Glibc
#endif

/// The waiting line in front of K virtual servers: first come, first served. Pure: time comes in, the time of
/// completion goes out. O(log K) per request, nothing allocated after init.
///
/// With K = 1 a request that arrives at `now` is complete at max(now, completion of the one before) + its
/// service time (Lindley's recursion); with exponential times and Poisson arrivals that is M/M/1.
struct ServiceQueue: ~Copyable {
    private let time: ServiceTime
    private var random: SplitMix64
    /// When each server is free, as a binary heap with the earliest first; empty for servers without number.
    private var freeAt: [UInt64]

    /// `servers` nil: each request has its own.
    init(time: ServiceTime, servers: Int?, seed: UInt64) {
        self.time = time
        self.random = SplitMix64(seed: seed)
        self.freeAt = Array(repeating: 0, count: servers ?? 0)
    }

    /// When a request that arrives at `now` is served. Requests are to come in the order of `now`.
    mutating func completion(arrivingAt now: UInt64) -> UInt64 {
        let service: UInt64
        switch self.time {
        case .constant(let nanoseconds): service = nanoseconds
        case .exponential(let mean): service = self.random.exponential(mean: mean)
        }
        guard let earliest = self.freeAt.first else { return Self.sum(now, service) }
        let completion = Self.sum(max(now, earliest), service)
        self.replaceEarliest(with: completion)
        return completion
    }

    /// Never `DeadlineHeap.never`, however long the line grew.
    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? UInt64.max - 1 : min(sum, UInt64.max - 1)
    }

    private mutating func replaceEarliest(with value: UInt64) {
        var position = 0
        while true {
            var child = 2 &* position &+ 1
            if child >= self.freeAt.count { break }
            if child &+ 1 < self.freeAt.count && self.freeAt[child &+ 1] < self.freeAt[child] { child &+= 1 }
            if self.freeAt[child] >= value { break }
            self.freeAt[position] = self.freeAt[child]
            position = child
        }
        self.freeAt[position] = value
    }
}

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): 64 random bits per step, from any seed.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// An exponential time in nanoseconds by inversion: -mean * ln(u), u in (0, 1).
    mutating func exponential(mean: UInt64) -> UInt64 {
        // 53 bits and a half: never 0, so the logarithm is finite (at most 37.4 times the mean).
        let uniform = (Double(self.next() >> 11) + 0.5) * 0x1p-53
        return UInt64(Double(mean) * -log(uniform))
    }
}
