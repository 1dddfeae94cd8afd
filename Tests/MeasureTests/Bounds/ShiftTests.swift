import Testing

@testable import Measure

@Suite("Lower bounds without the time that the hypervisor took")
struct ShiftTests {
    @Test("the amount is subtracted from every value, down to zero at most")
    func lower() {
        let histogram = Histogram(of: [5, 10, 10, 1_000, 1_000_000])
        histogram.lower(by: 10)
        #expect(histogram.totalCount == 5)
        #expect(histogram.minimum == 0 && histogram.value(atPercentile: 60) == 0)
        #expect(histogram.value(atPercentile: 80) == 990)
        // Never more than the remaining time: the lowest of its slot.
        #expect(histogram.maximum <= 999_990 && histogram.maximum > 998_000)
        histogram.lower(by: 0)
        #expect(histogram.value(atPercentile: 80) == 990)
        histogram.lower(by: .max)
        #expect(histogram.maximum == 0 && histogram.totalCount == 5)
        let empty = Histogram()
        empty.lower(by: 5)
        #expect(empty.isEmpty)
    }

    @Test("a window's steps are lowered with it, and nothing else of it")
    func window() {
        let window = Window(steps: [3])
        window.bounds[0].lower.record(50)
        window.bounds[0].unended.record(50)
        window.steps[0].bounds[1].lower.record(70)
        window.lowerBounds(by: 20)
        #expect(window.lowerBound(.response)?.maximum == 30)
        #expect(window.unended(.response)?.maximum == 50)
        #expect(window.steps[0].bounds[1].lower.maximum == 50)
    }
}
