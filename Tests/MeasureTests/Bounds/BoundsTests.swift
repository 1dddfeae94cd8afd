import Testing

@testable import Measure

@Suite("Requests without an end, and times without the generator's delays")
struct BoundsTests {
    private static func window(ended: [UInt64], unended: [UInt64] = []) -> Window {
        let window = Window()
        for value in ended { window.succeeded[Metric.response.rawValue].record(value) }
        for age in unended {
            window.failed[Metric.response.rawValue].record(age)
            window.bounds[0].unended.record(age)
        }
        return window
    }

    @Test("percentiles count a request without an end by its age, and every attempt has it once")
    func counted() {
        let window = Self.window(ended: Array(repeating: 10, count: 980), unended: Array(repeating: 1_000, count: 20))
        #expect(window.counted(.response).value(atPercentile: 98) == 10)
        #expect(window.counted(.response).value(atPercentile: 99) == 1_000)
        #expect(window.all(.response).totalCount == 1_000)
        #expect(window.counted(.sendLag).isEmpty)
        #expect(window.unended(.sendLag) == nil)
    }

    @Test("a request without an end is over any limit, however young it is")
    func young() {
        // Cut off after 1 ns each: their final times are unknown.
        let window = Self.window(ended: Array(repeating: 10, count: 980), unended: Array(repeating: 1, count: 20))
        #expect(window.upperValue(.response, atPercentile: 98) == .value(10))
        #expect(window.upperValue(.response, atPercentile: 98.5) == .atLeast(10))
        #expect(window.upperValue(.response, atPercentile: 98.5)?.isBelow(1_000_000) == false)
        #expect(window.upperValue(.response, atPercentile: 98)?.isBelow(11) == true)
        #expect(window.upperValue(.response, atPercentile: 98)?.isBelow(10) == false)
        // Fewer than ten beyond: no percentile.
        #expect(window.upperValue(.response, atPercentile: 99.5) == nil)
    }

    @Test("in a run that was killed, requests in flight are over any limit, too")
    func killed() {
        let window = Self.window(ended: Array(repeating: 10, count: 970), unended: Array(repeating: 900, count: 10))
        window.counters.requestsStarted = 1_000
        window.counters.requestsOK = 970
        window.counters.errors[Int(ErrorClass.timeoutFirstByte.rawValue)] = 10
        // Ten timed out, with their ages. The ages of the twenty in flight are unknown.
        #expect(window.unknownAges(.response) == 20)
        #expect(window.unknownAges(.session) == 0)
        #expect(window.upperValue(.response, atPercentile: 97) == .value(10))
        #expect(window.upperValue(.response, atPercentile: 98) == .atLeast(10))
        #expect(window.upperValue(.response, atPercentile: 99) == .atLeast(10))
        window.counters.requestsOK = 990
        #expect(window.unknownAges(.response) == 0)
    }

    @Test("requests without an end move a percentile of the others by its rank")
    func rank() {
        let window = Self.window(ended: (1...990).map { $0 }, unended: Array(repeating: 1, count: 10))
        // The 950th of a thousand, the last ten of which have not ended.
        #expect(window.upperValue(.response, atPercentile: 95) == .value(950))
        #expect(window.counted(.response).value(atPercentile: 95) == 940)
    }

    private static func bound(_ values: [UInt64], of population: UInt64) -> LowerBound? {
        LowerBound(of: Histogram(of: values), population: population)
    }

    @Test("a percentile of lower bounds is the largest value that enough of all requests reach")
    func lower() throws {
        let values = (1...1_000).map { UInt64($0) }
        let bound = try #require(Self.bound(values, of: 1_000))
        #expect(bound.value(atPercentile: 50) == 500)
        #expect(bound.value(atPercentile: 99) == 990)
        #expect(bound.value(atPercentile: 99.5) == nil)
        #expect(bound.maximum == 1_000)
        #expect(bound.mean == 500.5)
        // A tenth was not sampled. It counts as zero time, and the bound never exceeds what was seen.
        let most = try #require(Self.bound(Array(values.prefix(900)), of: 1_000))
        #expect(most.value(atPercentile: 50) == 400)
        #expect(most.value(atPercentile: 90) == 800)
        #expect(Self.bound([], of: 10)?.count == nil)
    }

    @Test("for a sample more values must lie beyond, because some are there by chance")
    func sample() throws {
        let values = (1...1_000).map { UInt64($0) }
        let bound = try #require(Self.bound(values, of: 16_000))
        // Ten expected beyond, with 3.15 as the standard error: 19 values and the one at the percentile.
        #expect(bound.value(atPercentile: 99) == 981)
        #expect(try #require(bound.value(atPercentile: 50)) < 460)
        #expect(bound.mean == nil)
        let few = try #require(Self.bound(Array(values.prefix(20)), of: 320))
        #expect(few.value(atPercentile: 50) == 4)
    }

    @Test("a percentile is at least the one below it, and at least what it would be if all others took no time")
    func least() throws {
        let values = (1...1_000).map { UInt64($0) }
        let whole = try #require(Self.bound(values, of: 1_000))
        #expect(whole.least(atPercentile: 50) == 500)
        // Ten of a thousand lie beyond p99.
        for percentile in [99, 99.5, 99.9, 100] { #expect(whole.least(atPercentile: percentile) == 990) }
        // A sample of 500 has 20 beyond p98. If nothing is known about the others, eleven of all thousand lie beyond
        // p99.
        let half = try #require(Self.bound(Array(values.prefix(500)), of: 1_000))
        #expect(half.value(atPercentile: 99) == 490)
        #expect(half.least(atPercentile: 99.9) == 490)
        #expect(half.value(atPercentile: 99.9) == nil)
        // With nine values nothing lies beyond any percentile.
        #expect(try #require(Self.bound(Array(values.prefix(9)), of: 1_000)).least(atPercentile: 99) == nil)
    }

    @Test("windows add up, and a new one is empty")
    func add() {
        let sum = Self.window(ended: [1], unended: [5])
        sum.add(Self.window(ended: [2], unended: [7, 9]))
        #expect(sum.unended(.response)?.totalCount == 3)
        #expect(sum.counted(.response).totalCount == 5)
        sum.reset()
        #expect(sum.unended(.response)?.isEmpty == true)
        #expect(sum.lowerBound(.response) == nil)
    }

    @Test("steps that an objective joins are judged together")
    func steps() {
        let steps = [StepWindow(number: 1), StepWindow(number: 2)]
        for value in 1...UInt64(495) {
            steps[0].response.record(value)
            steps[1].response.record(495 + value)
        }
        for _ in 0..<20 { steps[1].bounds[0].unended.record(3) }
        #expect(StepWindow.upperValue(.response, of: steps, atPercentile: 95) == .value(960))
        #expect(StepWindow.upperValue(.response, of: steps, atPercentile: 99) == .atLeast(980))
        #expect(StepWindow.upperValue(.response, of: [steps[0]], atPercentile: 90) == .value(446))
        #expect(StepWindow.lowerBound(.response, of: steps) == nil)
        steps[0].bounds[0].lower.record(7)
        #expect(StepWindow.lowerBound(.response, of: steps)?.maximum == 7)
        #expect(StepWindow.lowerBound(.session, of: steps) == nil)
    }
}
