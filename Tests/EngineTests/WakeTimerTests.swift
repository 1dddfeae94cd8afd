import Testing

@testable import Engine

@Suite(.timeLimit(.minutes(1)))
struct WakeTimerTests {
    private static let microsecond: UInt64 = 1_000
    private static let second: UInt64 = 1_000_000_000

    @Test("A short wait without interruptions has a timeout of its own; a long or an interruptible one has the timer")
    func whose() throws {
        let poller = try Poller()
        var timer = try WakeTimer(poller)
        defer { timer.close() }
        let now = MonotonicClock.now()
        let (soon, late) = (now + 125 * Self.microsecond, now + WakeTimer.shortestWait)
        #expect(timer.covers(now, now, isInterruptible: true) == nil)
        #expect(timer.covers(now, now - 1, isInterruptible: true) == nil)
        #expect(timer.covers(now, soon, isInterruptible: false) == nil)
        #expect(timer.covers(now, late, isInterruptible: false) == late)
        #expect(timer.covers(now, soon, isInterruptible: true) == soon)
    }

    @Test("The timer is not set again while it expires before the wait ends; it is set again after it has expired")
    func leftAlone() throws {
        let poller = try Poller()
        var timer = try WakeTimer(poller)
        defer { timer.close() }
        let now = MonotonicClock.now() + Self.second
        let first = now + 100 * Self.microsecond
        #expect(timer.covers(now, first, isInterruptible: true) == first)
        // An answer came, and the wait goes on for the rest. Later waits may be longer, and wake up too early once.
        #expect(timer.covers(now + 40 * Self.microsecond, first, isInterruptible: true) == first)
        #expect(timer.covers(now + 40 * Self.microsecond, first + Self.second, isInterruptible: false) == first)
        // An earlier deadline moves the timer.
        let earlier = now + 60 * Self.microsecond
        #expect(timer.covers(now + 50 * Self.microsecond, earlier, isInterruptible: true) == earlier)
        let next = earlier + 200 * Self.microsecond
        #expect(timer.covers(earlier, next, isInterruptible: true) == next)
    }

    @Test("It wakes the poller at its time, once, and need not be read")
    func wakes() throws {
        let poller = try Poller()
        var timer = try WakeTimer(poller)
        defer { timer.close() }
        for _ in 0..<3 {
            let now = MonotonicClock.now()
            let due = now + 2_000 * Self.microsecond
            try #require(timer.covers(now, due, isInterruptible: true) == due)
            #expect(try poller.wait(timeout: 10 * Int64(Self.second)) == 1)
            #expect(poller.event(0).tag == Poller.timerTag)
            #expect(MonotonicClock.now() >= due)
            #expect(try poller.wait(timeout: 0) == 0)
        }
    }
}
