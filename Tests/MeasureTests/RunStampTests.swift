import Testing

@testable import Measure

/// When and how a run was made.
@Suite struct RunStampTests {
    @Test("a time is ISO 8601 in UTC with milliseconds")
    func text() {
        #expect(RunStamp.text(0) == "1970-01-01T00:00:00.000Z")
        #expect(RunStamp.text(1_764_359_085_123_456_789) == "2025-11-28T19:44:45.123Z")
        #expect(RunStamp.text(951_782_400_009_000_000) == "2000-02-29T00:00:00.009Z")
        #expect(RunStamp.text(.max) != nil)
    }

    @Test("the stamp of several runs spans them; labels with different values keep each value once")
    func union() {
        func label(_ key: String, _ value: String) -> RunStamp.Label { RunStamp.Label(key: key, value: value) }
        let one = RunStamp(start: 5, end: 9, commandLine: ["a"], labels: [label("commit", "x"), label("host", "a")])
        let other = RunStamp(start: 3, end: 8, commandLine: ["b"], labels: [label("host", "b"), label("commit", "x")])
        let union = RunStamp.union([one, other, one])
        #expect(union.start == 3 && union.end == 9 && union.commandLine.isEmpty)
        #expect(union.labels == [label("commit", "x"), label("host", "a, b")])
        #expect(RunStamp.union([one, RunStamp(start: 1)]).end == nil, "one of them is not known to have ended")
    }
}
