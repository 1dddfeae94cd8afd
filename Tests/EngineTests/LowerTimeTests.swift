import Measure
import Numerics
import Testing
import Workload

@testable import Engine

@Suite("A request's time without the generator's delays")
struct LowerTimeTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let second = 1_000 * LowerTimeTests.millisecond

    @Test("a late start, a late read and a pause are subtracted once, and never more than there is")
    func parts() {
        var start = LowerTime.Start()
        // Sent at 100, answered at 150; the generator delayed nothing.
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).response == 50)
        #expect(LowerTime(start, sent: 100, end: 150, pause: 20).response == 30)
        #expect(LowerTime(start, sent: 100, end: 150, pause: 60).response == 0)
        // The pause that made it late by 15 cannot make it later by another 20, but by 5.
        start.lag = 15
        #expect(LowerTime(start, sent: 100, end: 150, pause: 20).response == 45)
        // The server kept it waiting for 7. That may include what the server did to the answer before.
        start = LowerTime.Start()
        start.wait = 7
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).response == 57)
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).service == 50)
        start.carried = 30
        #expect(LowerTime(start, sent: 100, end: 150, pause: 10).response == 27)
        #expect(LowerTime(start, sent: 100, end: 150, pause: 10).influence == 30)
        // Interrupted while it was sent.
        start = LowerTime.Start()
        start.sentBy = 120
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).response == 30)
        #expect(LowerTime(start, sent: 100, end: 90, pause: 0).response == 0)
        start.firstByteBy = 130
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).firstByte == 10)
    }

    @Test("times that exceed the largest value become the largest value, and do not wrap to 0")
    func largest() {
        var start = LowerTime.Start()
        let most = UInt64.max
        start.wait = most - 10
        #expect(LowerTime(start, sent: 100, end: 105, pause: 0).response == most - 5)
        #expect(LowerTime(start, sent: 100, end: 110, pause: 0).response == most)
        #expect(LowerTime(start, sent: 100, end: 150, pause: 0).response == most)
        start.wait = most
        #expect(LowerTime(start, sent: 0, end: most, pause: 0).response == most)
    }

    /// One server, first come, first served, and a generator that pauses about once a second.
    private struct Queue {
        var random: RandomGenerator
        var truth = Histogram()
        var measured = Histogram()
        var lower = Histogram()
        var contradictions = 0

        init(seed: UInt64) { self.random = RandomGenerator(seed: seed) }

        /// `load`: of the server, 0...1; `pause`: the longest one. Service times are exponential.
        mutating func run(count: Int, service: Double, load: Double, pause: UInt64, every: Double) {
            let board = PauseBoard.make()
            defer { board.deallocate() }
            var due: UInt64 = 1
            var free: (truth: UInt64, ours: UInt64) = (0, 0)
            var stop: (from: UInt64, to: UInt64) = (0, 0)
            var pending: [(sent: UInt64, end: UInt64, lag: UInt64, truth: UInt64)] = []
            for _ in 0..<count {
                due += UInt64(Gap.exponentialOf(mean: service / load, &self.random))
                let work = UInt64(Gap.exponentialOf(mean: service, &self.random)) + 1
                while due >= stop.to {
                    let from = stop.to + UInt64(Gap.exponentialOf(mean: every, &self.random))
                    stop = (from, from + self.random.upTo(pause))
                    if from > due { break }
                }
                let sent = due >= stop.from && due < stop.to ? stop.to : due
                free.truth = max(free.truth, due) + work
                free.ours = max(free.ours, sent) + work
                self.truth.record(free.truth - due)
                self.measured.record(free.ours - due)
                board.note(sent - due, at: sent, echo: 0)
                pending.append((sent, free.ours, sent - due, free.truth - due))
                // What has ended by now is judged by the pauses known by then.
                while let first = pending.first, first.end <= sent {
                    self.judge(pending.removeFirst(), board)
                }
            }
            for left in pending { self.judge(left, board) }
        }

        private mutating func judge(
            _ request: (sent: UInt64, end: UInt64, lag: UInt64, truth: UInt64), _ board: PauseBoard
        ) {
            var start = LowerTime.Start()
            start.lag = request.lag
            let time = LowerTime(
                start, sent: request.sent, end: request.end, pause: board.longest(since: request.sent))
            self.lower.record(time.response)
            // The time may include pauses that are too short to be noted.
            if time.response > request.truth + PauseBoard.shortest { self.contradictions += 1 }
        }
    }

    @Test("no bound of a queue's times exceeds Lindley's recursion, even with pauses", arguments: [0.5, 0.65, 0.8])
    func lindley(load: Double) throws {
        for (seed, pause) in [(UInt64(1), UInt64(3)), (2, 20), (3, 100), (4, 300)] {
            var queue = Queue(seed: seed)
            queue.run(count: 20_000, service: 4e6, load: load, pause: pause * Self.millisecond, every: 1e9)
            #expect(queue.contradictions == 0)
            let bound = try #require(LowerBound(of: queue.lower, population: 20_000))
            for percentile in [50, 90, 99, 99.9] {
                let truth = queue.truth.value(atPercentile: percentile)
                #expect(try #require(bound.value(atPercentile: percentile)) <= truth + PauseBoard.shortest)
            }
        }
    }

    @Test("a generator that pauses once a second still detects a server that is three times over its limit")
    func sharp() throws {
        for (seed, pause) in [(UInt64(1), UInt64(1)), (2, 3), (3, 10), (4, 20)] {
            var queue = Queue(seed: seed)
            queue.run(count: 20_000, service: 4e6, load: 0.7, pause: pause * Self.millisecond, every: 1e9)
            let bound = try #require(LowerBound(of: queue.lower, population: 20_000))
            for percentile in [50.0, 90, 99] {
                let truth = Double(queue.truth.value(atPercentile: percentile))
                let least = Double(try #require(bound.value(atPercentile: percentile)))
                #expect(least > truth / 3, "pauses of \(pause) ms, p\(percentile): \(least) of \(truth)")
                if pause <= 3 { #expect(least > truth * 0.9) }
            }
        }
    }

    /// One user with a request every 10 ms and late reads of its answers: the true response times and the bounds.
    private func chain(service: UInt64, delay: UInt64, count: Int) -> [(truth: UInt64, lower: UInt64)] {
        let board = PauseBoard.make()
        defer { board.deallocate() }
        var start = LowerTime.Start()
        var (read, free) = (UInt64(0), UInt64(0))
        return (1...count).map { number in
            let due = UInt64(number) * 10 * Self.millisecond
            free = max(free, due) + service
            let sent = max(read, due)
            start.begin(intended: due, possible: sent, now: sent)
            board.note(start.owed, at: sent, echo: 0)
            start.carried = sent <= due ? 0 : start.influence
            let end = sent + service
            let time = LowerTime(start, sent: sent, end: end, pause: board.longest(since: sent))
            read = end + delay
            start.lastDelay = delay
            if delay >= PauseBoard.shortest { board.note(delay, at: read, echo: 0) }
            start.influence = time.influence
            return (free - due, time.response)
        }
    }

    @Test("late reads that add up for a user behind its plan do not count as the server's time")
    func chains() {
        // A late read of 0.1 ms makes a server that needs 9.95 ms of each 10 fall behind for ever; one of 2 ms, a
        // server that needs 9.
        for (service, delay) in [(UInt64(9_950_000), UInt64(100_000)), (9_000_000, 2_000_000), (9_900_000, 150_000)] {
            let times = self.chain(service: service, delay: delay, count: 2_000)
            #expect(times.allSatisfy { $0.lower <= $0.truth + PauseBoard.shortest }, "\(service) \(delay)")
        }
        // A server that needs 12 ms falls behind without any late read.
        let times = self.chain(service: 12_000_000, delay: 100_000, count: 2_000)
        #expect(times.allSatisfy { $0.lower <= $0.truth + PauseBoard.shortest })
        #expect(times.last.map { Double($0.lower) > 0.9 * Double($0.truth) } ?? false)
    }

    @Test("after a request that failed neither the back-off nor a late read counts as the server's")
    func afterFailure() {
        var start = LowerTime.Start()
        start.lastDelay = LowerTime.Start.unknown
        start.begin(intended: 100, possible: 900, now: 905)
        #expect(start.wait == 0 && start.lag == 5)
        #expect(start.owed == 5)
    }
}

extension Gap {
    /// A random length from an exponential distribution.
    fileprivate static func exponentialOf(mean: Double, _ random: inout RandomGenerator) -> Double {
        Double(Gap.exponential(UInt64(mean)).draw(using: &random))
    }
}
