import Measure
import Numerics
import Testing

@Suite("Steps that are recorded apart")
struct StepWindowTests {
    private static func window(_ seed: UInt64) -> Window {
        let window = Window(steps: [2, 1_000])
        var random = RandomGenerator(seed: seed)
        for step in window.steps {
            for (_, histogram) in step.series { histogram.record(1_000 + random.nextLogUniform(upTo: 1e9)) }
        }
        window.steps[1].failed.reset()
        return window
    }

    @Test("the lines of a log add up to what the run had, and have the same figures")
    func roundTrip() throws {
        let whole = Window(steps: [2, 1_000])
        let read = RunDistributions(steps: [2, 1_000])
        let lines = IntervalLines()
        for second in 0..<UInt64(40) {
            let one = Self.window(second)
            whole.add(one)
            let bytes = lines.lines(
                hold: one, outside: Window(), start: second * 1_000_000_000, end: (second + 1) * 1_000_000_000)
            for entry in try LogContents(HistogramLogWriter.header(writer: "test", startedAt: 1) + bytes).entries {
                try read.add(entry)
            }
        }
        try read.finish()
        for (found, wanted) in zip(read.hold.steps, whole.steps) {
            for (mine, theirs) in zip(found.series, wanted.series) {
                #expect(mine.tag == theirs.tag)
                #expect(HistogramEncoding.encode(mine.histogram) == HistogramEncoding.encode(theirs.histogram))
                #expect(
                    DistributionFigures(ofSlots: mine.histogram) == DistributionFigures(ofSlots: theirs.histogram))
            }
            #expect(wanted.response.totalCount == 40)
        }
        #expect(whole.steps[0].failed.totalCount == 40 && whole.steps[1].failed.isEmpty)
        read.reset()
        #expect(read.hold.steps.allSatisfy { step in step.series.allSatisfy { $0.histogram.isEmpty } })
    }

    @Test("tags are valid and name the step, and the tag of a step that is not kept apart is skipped")
    func tags() throws {
        let window = Self.window(1)
        let tags = window.steps.flatMap(\.series).map(\.tag.text)
        let expected = [2, 1_000].flatMap { step in
            ["response", "service", "ttfb"].map { "\($0).step.\(step)" } + ["response.step.\(step).failed"]
                + ["response", "service", "ttfb"].flatMap {
                    ["\($0).step.\(step).unended", "\($0).step.\(step).lower"]
                }
        }
        #expect(tags == expected)
        #expect(tags.allSatisfy { HistogramTag($0) != nil })
        let bytes = IntervalLines().lines(hold: window, outside: Window(), start: 0, end: 1)
        let others = RunDistributions(steps: [3])
        for entry in try LogContents(HistogramLogWriter.header(writer: "test", startedAt: 1) + bytes).entries {
            try others.add(entry)
        }
        #expect(others.hold.steps[0].series.allSatisfy { $0.histogram.isEmpty })
    }
}
