import Measure
import Testing
import Workload

@testable import Engine

/// Servers that answer most requests in 10 ms and some much later, on a virtual clock: what a run of 10 s counts, and
/// what it can conclude about a percentile.
@Suite("Servers with a few slow answers")
struct BimodalTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let second: UInt64 = 1_000 * BimodalTests.millisecond

    enum Model: CaseIterable { case open, planned, think }

    struct Case: CustomTestStringConvertible {
        let share: Double
        let slow: UInt64
        let model: Model
        var testDescription: String { "\(share * 100) % of \(slow) s, \(model)" }
    }

    static let cases = [0.005, 0.015, 0.02, 0.05].flatMap { share in
        [UInt64(2), 8, 30].flatMap { slow in
            Model.allCases.map { Case(share: share, slow: slow, model: $0) }
        }
    }

    /// When requests are due, and how long each takes: every `1 / share`th is slow.
    private static func requests(_ given: Case) -> [(due: UInt64, length: UInt64)] {
        let period = Int((1 / given.share).rounded())
        func length(_ index: Int) -> UInt64 { index % period == period - 1 ? given.slow * second : 10 * millisecond }
        let hold = 10 * second
        switch given.model {
        case .open, .planned:
            // 2,000/s. For response times it makes no difference whether a planned user has its last answer yet.
            return (0..<20_000).map { (UInt64($0) * (hold / 20_000), length($0)) }
        case .think:
            // 2,000 users that wait for a second after each answer: a slow answer delays its user.
            var next = (0..<2_000).map { UInt64($0) * (second / 2_000) }
            var requests: [(UInt64, UInt64)] = []
            while let first = next.min(), first < hold {
                for user in next.indices where next[user] < min(hold, first + 100 * millisecond) {
                    let took = length(requests.count)
                    requests.append((next[user], took))
                    next[user] += took + second
                }
            }
            return requests
        }
    }

    @Test("PASS and FAIL of p95, p99 and p99.9 are true, though the slow ones have not ended", arguments: cases)
    func verdicts(given: Case) throws {
        let requests = Self.requests(given)
        let truth = Histogram()
        for request in requests { truth.record(request.length) }
        for limit in [Self.second / 2, Self.second, 5 * Self.second, 9 * Self.second] {
            let slo = try SLO.parse("p99 < \(limit / Self.millisecond)ms")
            let drain = LoadRun.drain(of: [slo], timeouts: Timeouts())
            let end = 10 * Self.second + drain
            let window = Window()
            for (due, length) in requests {
                let timeout = Timeouts().firstByte
                if due + min(length, timeout) > end {
                    window.bounds[0].unended.record(end - due)
                    window.bounds[0].lower.record(end - due)
                } else if length >= timeout {
                    window.bounds[0].unended.record(timeout)
                    window.bounds[0].lower.record(timeout)
                } else {
                    window.succeeded[Metric.response.rawValue].record(length)
                    window.bounds[0].lower.record(length)
                }
            }
            #expect(window.counted(.response).totalCount == UInt64(requests.count))
            for percentile in [95, 99, 99.9] {
                let isInside = truth.value(atPercentile: percentile) < limit
                let upper = try #require(window.upperValue(.response, atPercentile: percentile))
                let lower = try #require(window.lowerBound(.response)?.value(atPercentile: percentile))
                #expect(upper.isBelow(limit) == isInside, "p\(percentile) < \(limit)")
                #expect((lower >= limit) == !isInside, "p\(percentile) < \(limit)")
            }
        }
    }

    @Test("the drain is as long as the largest limit, between 2 s and the first-byte timeout")
    func drain() throws {
        func drain(_ texts: [String], firstByte: UInt64 = 10 * Self.second) throws -> UInt64 {
            var timeouts = Timeouts()
            timeouts.firstByte = firstByte
            return LoadRun.drain(of: try texts.map(SLO.parse), timeouts: timeouts)
        }
        #expect(try drain([]) == 2 * Self.second)
        #expect(try drain(["errors < 1%", "held = asked"]) == 2 * Self.second)
        #expect(try drain(["p99 < 500ms"]) == 2 * Self.second)
        #expect(try drain(["p99 < 500ms", "p50 < 4s", "errors < 1%"]) == 4 * Self.second)
        #expect(try drain(["session p95 < 7s"]) == 7 * Self.second)
        #expect(try drain(["max < 1m"]) == 10 * Self.second)
        #expect(try drain(["mean < 8s"], firstByte: 5 * Self.second) == 5 * Self.second)
        #expect(try drain(["mean < 8s"], firstByte: Self.second) == 2 * Self.second)
    }
}
