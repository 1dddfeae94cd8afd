import Numerics

/// The queue in front of K virtual servers: first come, first served. Pure: time goes in, the time of completion comes
/// out. O(log K) per request, nothing allocated after init.
///
/// With K = 1 a request that arrives at `now` is complete at max(now, completion of the one before) + its service time
/// (Lindley's recursion); with exponential times and Poisson arrivals that is M/M/1.
struct ServiceQueue: ~Copyable {
    private let time: ServiceTime
    private var random: RandomGenerator
    /// When each server is free, as a binary heap with the earliest first; empty if the number of servers is unlimited.
    private var freeAt: [UInt64]

    /// `servers` nil: each request has a server of its own.
    init(time: ServiceTime, servers: Int?, seed: UInt64) {
        self.time = time
        self.random = RandomGenerator(seed: seed)
        self.freeAt = Array(repeating: 0, count: servers ?? 0)
    }

    /// When a request that arrives at `now` is complete. Requests must come in the order of `now`.
    mutating func completion(arrivingAt now: UInt64) -> UInt64 {
        let service: UInt64
        switch self.time {
        case .constant(let nanoseconds): service = nanoseconds
        case .exponential(let mean): service = UInt64(Double(mean) * self.random.exponential())
        }
        guard let earliest = self.freeAt.first else { return Self.sum(now, service) }
        let completion = Self.sum(max(now, earliest), service)
        self.replaceEarliest(with: completion)
        return completion
    }

    /// Never `DeadlineHeap.never`, however long the queue is.
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
