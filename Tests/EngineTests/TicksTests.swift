import Testing

@testable import Engine

@Suite struct TicksTests {
    private static let ticks = Ticks(origin: 1_000, length: 100)

    @Test(
        "The last tick and the next one enclose a time, and a tick encloses itself",
        arguments: [(1_000, 1_000, 1_000), (1_001, 1_000, 1_100), (1_099, 1_000, 1_100), (1_100, 1_100, 1_100)])
    func around(time: UInt64, last: UInt64, next: UInt64) {
        #expect(Self.ticks.last(upTo: time) == last)
        #expect(Self.ticks.next(from: time) == next)
    }

    @Test("Before the load begins there is no tick, and its beginning is the first one")
    func before() {
        #expect(Self.ticks.last(upTo: 999) == 0)
        #expect(Self.ticks.next(from: 0) == 1_000)
    }

    @Test("No deadline stays none, and the largest times do not trap")
    func never() {
        #expect(Self.ticks.next(from: .max) == .max)
        #expect(Self.ticks.next(from: .max - 1) == .max)
        #expect(Self.ticks.last(upTo: .max) <= .max)
    }

    @Test("Without a tick length every time is a tick")
    func off() {
        let off = Ticks(origin: 1_000, length: 0)
        #expect(off.isOff)
        for time in [0, 1, 999, 1_001, UInt64.max] {
            #expect(off.last(upTo: time) == time && off.next(from: time) == time)
        }
    }
}
