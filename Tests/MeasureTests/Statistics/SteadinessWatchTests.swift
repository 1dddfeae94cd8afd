import Foundation
import Measure
import Numerics
import Testing

@Suite("Whether a load is sustained")
struct SteadinessWatchTests {
    private static let second: UInt64 = 1_000_000_000

    /// A queue of one server, second by second; each session is one request.
    struct QueueRun {
        var arrivals: Double
        var services: Double
        var seconds: Int
        var isPoisson = true
        var isExponential = true
        /// The level at the start of the hold: empty, or as after this many seconds of the same load.
        var before = 0

        /// The verdict of the watch.
        func steadiness(seed: UInt64) -> Steadiness? {
            var random = RandomGenerator(seed: seed)
            func gap(_ rate: Double, _ isRandom: Bool) -> Double {
                isRandom ? -log(1 - random.unit()) / rate : 1 / rate
            }
            let whole = Double(self.before + self.seconds)
            var watch = SteadinessWatch()
            var (started, ended) = ([UInt64](repeating: 0, count: Int(whole)), [UInt64](repeating: 0, count: Int(whole)))
            var (arrival, free) = (gap(self.arrivals, self.isPoisson), 0.0)
            while arrival < whole {
                free = max(free, arrival) + gap(self.services, self.isExponential)
                started[Int(arrival)] += 1
                if free < whole { ended[Int(free)] += 1 }
                arrival += gap(self.arrivals, self.isPoisson)
            }
            var level: UInt64 = 0
            for index in started.indices {
                watch.take(
                    SteadinessWatchTests.row(
                        index, level: level, started: started[index], ended: ended[index],
                        phase: index < self.before ? .warmup : .hold))
                level = level &+ started[index] &- ended[index]
            }
            return watch.found
        }
    }

    private static func row(
        _ index: Int, level: UInt64, started: UInt64, ended: UInt64, phase: Phase = .hold
    ) -> IntervalRow {
        var counters = Counters()
        counters.requestsStarted = started
        counters.requestsOK = ended
        counters.sessionsStarted = started
        counters.sessionsCompleted = ended
        let start = UInt64(index) * Self.second
        return IntervalRow(
            start: start, end: start + Self.second, phase: phase, inFlightAtStart: level,
            inFlightAtEnd: level &+ started &- ended, counters: counters, established: 0, usersHeld: Held(),
            connectionsHeld: Held(), responseP50: 0, responseP99: 0, responseMaximum: 0, serviceP50: 0,
            serviceP99: 0, serviceMaximum: 0)
    }

    private static func share(_ run: QueueRun, seeds: UInt64, _ word: Steadiness.Word) -> Double {
        let found = (1...seeds).count { run.steadiness(seed: $0)?.word == word }
        return Double(found) / Double(seeds)
    }

    @Test(
        "A stable queue near saturation is called growing in at most one hold of a hundred",
        arguments: [0.8, 0.9], [(500.0, 5), (50.0, 5), (50.0, 40)])
    func falseAlarms(load: Double, server: (rate: Double, seconds: Int)) {
        let run = QueueRun(
            arrivals: load * server.rate, services: server.rate, seconds: server.seconds,
            before: server.rate < 100 ? 40 : 5)
        #expect(Self.share(run, seeds: 200, .growing) <= 0.01)
    }

    @Test("A queue that began empty can only grow at first, and is called growing in at most two holds of a hundred")
    func fromEmpty() {
        for load in [0.8, 0.9, 0.95] {
            let run = QueueRun(arrivals: load * 500, services: 500, seconds: 5)
            #expect(Self.share(run, seeds: 200, .growing) <= 0.02)
        }
    }

    @Test(
        "A tenth too much is detected on an even plan in 5 s, with few requests in 10 s",
        arguments: [(50.0, 10), (500, 5), (5_000, 5)])
    func evenOverload(rate: Double, seconds: Int) {
        let run = QueueRun(
            arrivals: 1.1 * rate, services: rate, seconds: seconds, isPoisson: false, isExponential: false)
        #expect(run.steadiness(seed: 1)?.word == .growing)
        let stable = QueueRun(
            arrivals: 0.95 * rate, services: rate, seconds: seconds, isPoisson: false, isExponential: false)
        #expect(stable.steadiness(seed: 1)?.word != .growing)
    }

    @Test("Random arrivals and services: a tenth too much is detected in 5 s, or the hold is too short to decide")
    func randomOverload() {
        let fast = QueueRun(arrivals: 5_500, services: 5_000, seconds: 5)
        #expect(Self.share(fast, seeds: 10, .growing) == 1)
        for (rate, seconds) in [(500.0, 5), (50, 5), (50, 40)] {
            let run = QueueRun(arrivals: 1.1 * rate, services: rate, seconds: seconds)
            // Steady would be wrong; it is the verdict in fewer than one of twenty.
            #expect(Self.share(run, seeds: 200, .steady) <= 0.02, "\(rate)/s, \(seconds) s")
        }
        #expect(Self.share(QueueRun(arrivals: 550, services: 500, seconds: 5), seeds: 200, .growing) > 0.7)
    }

    @Test("A twentieth too much is called steady in fewer than one hold of twenty")
    func falsePeace() {
        for (rate, seconds) in [(500.0, 20), (50, 120)] {
            let run = QueueRun(arrivals: 1.05 * rate, services: rate, seconds: seconds)
            #expect(Self.share(run, seeds: 100, .steady) <= 0.05, "\(rate)/s, \(seconds) s")
        }
    }

    @Test("A load within the server's capacity is steady as soon as there is enough of it")
    func steady() {
        for (rate, seconds) in [(5_000.0, 5), (500, 20), (50, 120)] {
            let run = QueueRun(arrivals: 0.8 * rate, services: rate, seconds: seconds, before: 5)
            #expect(Self.share(run, seeds: 20, .steady) >= 0.95, "\(rate)/s, \(seconds) s")
        }
        let short = QueueRun(arrivals: 400, services: 500, seconds: 2)
        #expect(short.steadiness(seed: 1)?.word == .tooShort)
        #expect(SteadinessWatch().found == nil)
    }

    @Test("Growth is reported in numbers, with sessions from before the hold, and a partial second joins the next")
    func numbers() throws {
        var watch = SteadinessWatch()
        watch.take(Self.row(0, level: 0, started: 120, ended: 100, phase: .ramp))
        for index in 1...5 {
            var row = Self.row(index, level: UInt64(20 * index), started: 120, ended: 100)
            if index == 3 { row.end = row.start + 400_000_000 }
            watch.take(row)
        }
        let found = try #require(watch.found)
        #expect(found.word == .growing)
        #expect(found.inFlight.begin == 20 && found.inFlight.end == 120)
        #expect(found.inSession.begin == 20 && found.inSession.end == 120)
        #expect(found.inFlight.begun == 600)
        #expect(abs(found.inFlight.perSecond - 100 / 4.4) < 1e-9)
        #expect(found.sentence == "100 more in flight at the end than at the beginning")
    }

    @Test("A few more in flight do not matter beside all that began, however certain they are")
    func relevance() {
        var watch = SteadinessWatch()
        for index in 0..<600 {
            watch.take(Self.row(index, level: UInt64(index / 2), started: UInt64(100 + index % 2), ended: 100))
        }
        #expect(watch.found?.word == .steady)
    }

    @Test("Simultaneous holds add up, and of holds in turn the worst is reported")
    func union() throws {
        let steady = try #require(QueueRun(arrivals: 4_000, services: 5_000, seconds: 5).steadiness(seed: 1))
        let growing = try #require(QueueRun(arrivals: 6_000, services: 5_000, seconds: 5).steadiness(seed: 1))
        #expect(steady.word == .steady && growing.word == .growing)
        let both = try #require(Steadiness.union([steady, growing], together: true))
        #expect(both.word == .growing)
        #expect(both.inFlight.end == steady.inFlight.end + growing.inFlight.end)
        #expect(Steadiness.union([steady, growing], together: false) == growing)
        #expect(Steadiness.union([steady, steady], together: true)?.word == .steady)
        #expect(Steadiness.union([], together: true) == nil)
    }
}
