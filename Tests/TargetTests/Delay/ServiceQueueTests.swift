import Glibc
import Numerics
import Testing

@testable import Target

struct ServiceQueueTests {
    @Test("One server answers one request after the other")
    func oneServer() {
        var queue = ServiceQueue(time: .constant(10), servers: 1, seed: 1)
        let arrivals: [UInt64] = [100, 101, 105, 200, 209, 1_000]
        let completions = arrivals.map { queue.completion(arrivingAt: $0) }
        #expect(completions == [110, 120, 130, 210, 220, 1_010])
    }

    @Test("Without a number of servers no request waits")
    func unlimited() {
        var queue = ServiceQueue(time: .constant(10), servers: nil, seed: 1)
        #expect((0..<100).map { _ in queue.completion(arrivingAt: 5) } == Array(repeating: 15, count: 100))
    }

    @Test("K servers agree with the obvious simulation", arguments: [1, 2, 3, 7, 64])
    func servers(count: Int) {
        var queue = ServiceQueue(time: .exponential(1_000), servers: count, seed: 42)
        var service = RandomGenerator(seed: 42)
        var gaps = RandomGenerator(seed: 43)
        var freeAt = [UInt64](repeating: 0, count: count)
        var now: UInt64 = 0
        var differences = 0
        for _ in 0..<20_000 {
            now += UInt64(Double(1_100 / count) * gaps.exponential())
            let earliest = freeAt.indices.min { freeAt[$0] < freeAt[$1] } ?? 0
            freeAt[earliest] = max(now, freeAt[earliest]) + UInt64(1_000 * service.exponential())
            if queue.completion(arrivingAt: now) != freeAt[earliest] { differences += 1 }
        }
        #expect(differences == 0)
    }

    @Test("Poisson arrivals and exponential service are M/M/1: time in system has mean 1 / (mu - lambda)")
    func markov() {
        // mu = 200/s, lambda = 100/s: mean 10 ms, p99 = ln(100) * 10 ms = 46.05 ms.
        var queue = ServiceQueue(time: .exponential(5_000_000), servers: 1, seed: 3)
        var gaps = RandomGenerator(seed: 4)
        var now: UInt64 = 0
        var times: [Double] = []
        for _ in 0..<200_000 {
            now += UInt64(10_000_000 * gaps.exponential())
            times.append(Double(queue.completion(arrivingAt: now) - now) / 1e6)
        }
        times.sort()
        let mean = times.reduce(0, +) / Double(times.count)
        #expect(abs(mean - 10) < 0.2)
        #expect(abs(times[times.count / 2] - 6.93) < 0.2)
        #expect(abs(times[times.count * 99 / 100] - 46.05) < 1.5)
    }

    @Test("A queue too long for the clock saturates, just below `never`")
    func saturates() {
        var queue = ServiceQueue(time: .constant(.max), servers: 1, seed: 1)
        #expect(queue.completion(arrivingAt: 5) == UInt64.max - 1)
        #expect(queue.completion(arrivingAt: 6) == UInt64.max - 1)
    }
}
