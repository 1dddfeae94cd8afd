import Measure
import Testing
import Workload

@testable import Judge

@Suite("The judge")
struct JudgeTests {
    private static let missed = VerdictReason.startsMissed(started: 900, planned: 1_000, reached: 90)
    private static let busy = VerdictReason.workerBusy(share: 0.97, reached: 5_000)

    @Test("an ordinary run far inside its limit passes")
    func ordinaryRun() throws {
        let outcome = try judged("p99 < 50ms", ordinary)
        #expect(outcome.verdict == .pass && outcome.met && outcome.reason == nil && !outcome.isClose)
    }

    @Test("a pass under less than the requested load is unknown; a fail under less is a fail")
    func delivery() throws {
        for reason in [Self.missed, Self.busy] {
            var judge = Judge(whole: hold(ordinary) { $0.receivedBytes = 1_000_000 })
            if reason == Self.missed { judge.missedStarts = reason } else { judge.ownLimit = reason }
            for (text, verdict) in [
                ("p99 < 50ms", .unknown), ("p99 < 1ms", .fail), ("mean < 50ms", .unknown), ("max < 50ms", .unknown),
                ("rate > 999/s", .pass), ("rate > 2000/s", .unknown), ("throughput > 1kbps", .pass),
                ("throughput > 1Gbps", .unknown),
            ] as [(String, Verdict)] {
                let outcome = try judged(text, judge)
                #expect(outcome.verdict == verdict, "\(text)")
                if verdict == .unknown { #expect(outcome.reason == reason, "\(text)") }
            }
        }
    }

    @Test("errors under a plan that was not kept are unknown; errors of a load that waits for answers stay as they are")
    func deliveryOfErrors() throws {
        var judge = Judge(whole: hold(ordinary))
        judge.ownLimit = Self.busy
        #expect(try judged("errors < 0.1%", judge).verdict == .pass)
        judge.missedStarts = Self.missed
        #expect(try judged("errors < 0.1%", judge).reason == Self.missed)
        #expect(try judged("resent < 0.1%", judge).reason == Self.missed)
    }

    @Test("a lower limit must be exceeded")
    func lowerLimits() throws {
        let scope = hold(ordinary) { $0.receivedBytes = 1_250_000_000 }
        for (text, verdict, measured) in [
            ("rate > 999.9/s", .pass, .rate(1_000)), ("rate > 1000/s", .fail, .rate(1_000)),
            ("throughput > 999Mbps", .pass, .bitsPerSecond(1e9)), ("throughput > 1Gbps", .fail, .bitsPerSecond(1e9)),
        ] as [(String, Verdict, MeasuredValue)] {
            let outcome = try judged(text, scope)
            #expect(outcome.verdict == verdict && outcome.measured == measured, "\(text)")
        }
        #expect(try judged("rate > 1/s", hold(ordinary) { $0.duration = 0 }).reason == .holdNotReached)
    }

    @Test("a load that was not sustained passes no latency, and fails one over its limit")
    func steadiness() throws {
        let trend = Steadiness.Trend(begin: 4, end: 416, begun: 9_000, perSecond: 41, error: 1, word: .growing)
        var judge = Judge(whole: hold(ordinary))
        judge.notSteady = .notSteady(Steadiness(inFlight: trend, inSession: trend))
        for text in ["p99 < 50ms", "mean < 50ms", "max < 50ms"] {
            #expect(try judged(text, judge).verdict == .unknown, "\(text)")
        }
        #expect(try judged("p99 < 1ms", judge).verdict == .fail)
        #expect(try judged("errors < 0.1%", judge).verdict == .pass)
    }

    @Test("errors fail, unless they would not without the generator's own")
    func errors() throws {
        for (failed, own, verdict) in [
            (0, 0, .pass), (9, 0, .pass), (10, 0, .fail), (20, 0, .fail), (20, 11, .unknown), (20, 10, .fail),
            (20, 20, .unknown), (10_000, 10_000, .unknown),
        ] as [(UInt64, UInt64, Verdict)] {
            let scope = hold(ordinary) {
                $0.ok = 10_000 - failed
                $0.failed = failed
                $0.ownFailed = own
            }
            let outcome = try judged("errors < 0.1%", scope)
            #expect(outcome.verdict == verdict, "\(failed), \(own)")
            #expect(outcome.measured == .fraction(Double(failed) / 10_000))
            if verdict == .unknown { #expect(outcome.reason == .ownErrors(own: own, failed: failed)) }
        }
        let none = hold(ordinary) { $0.ok = 0 }
        #expect(try judged("errors < 0.1%", none).reason == .nothingMeasured)
        // More errors of the generator than failures: a step has no count of its own for them.
        let step = hold(ordinary) {
            $0.failed = 20
            $0.ownFailed = 90
        }
        #expect(try judged("errors < 0.1%", step).reason == .ownErrors(own: 20, failed: 20))
    }

    @Test("requests that were sent again have a limit like errors")
    func resent() throws {
        #expect(try judged("resent < 0.1%", hold(ordinary) { $0.resent = 9 }).verdict == .pass)
        let outcome = try judged("resent < 0.1%", hold(ordinary) { $0.resent = 1_200 })
        #expect(outcome.verdict == .fail && outcome.measured == .fraction(0.12))
    }

    @Test("users and connections are counted strictly, and a loss in a pause of the generator is not the server's")
    func users() throws {
        var judge = Judge(whole: hold(ordinary))
        judge.users.asked = 10
        judge.users.connectionsAsked = 10
        for text in ["held = asked", "connections = asked"] {
            judge.users.held = 10
            judge.users.connections = 10
            judge.users.pause = nil
            judge.users.ownLimit = nil
            #expect(try judged(text, judge).verdict == .pass)
            judge.users.held = 9
            judge.users.connections = 9
            let lost = try judged(text, judge)
            #expect(lost.verdict == .fail && lost.measured == .count(9))
            judge.users.pause = 2 * second
            #expect(try judged(text, judge).reason == .lostInPause(2 * second))
            judge.users.ownLimit = .descriptors
            #expect(try judged(text, judge).reason == .ownLimit(.descriptors))
        }
        judge.users.isCut = true
        #expect(try judged("held = asked", judge).reason == .holdNotReached)
    }

    @Test("if users are held on fewer connections, only the objective on connections fails")
    func connections() throws {
        var judge = Judge(whole: hold(ordinary))
        (judge.users.asked, judge.users.held) = (2_000, 2_000)
        (judge.users.connectionsAsked, judge.users.connections) = (2_000, 140)
        #expect(try judged("held = asked", judge).verdict == .pass)
        #expect(try judged("connections = asked", judge).verdict == .fail)
    }

    @Test("a limit inside the 95 % interval is close, whichever side it is on")
    func close() throws {
        var judge = Judge(whole: hold(evidence([(50 * millisecond, 10_000)])))
        judge.interval = { _ in ConfidenceInterval(lower: 45e6, upper: 55e6, level: 0.95, count: 20) }
        for (text, isClose) in [
            ("p99 < 52ms", true), ("p99 < 48ms", true), ("p99 < 60ms", false), ("p99 < 40ms", false),
            ("mean < 52ms", true), ("max < 52ms", false), ("errors < 0.1%", false),
        ] { #expect(try judged(text, judge).isClose == isClose, "\(text)") }
        #expect(try judged("p99 < 52ms", judge).verdict == .pass)
        #expect(try judged("p99 < 48ms", judge).verdict == .fail)
        judge.steps = { _ in hold(evidence([(50 * millisecond, 10_000)])) }
        #expect(try judged("p99 < 52ms for cart", judge).isClose)
        #expect(try judged("session p99 < 52ms", judge).isClose)
        // An unknown interval is not close.
        judge.steps = { _ in nil }
        #expect(try !judged("p99 < 52ms for cart", judge).isClose)
    }

    @Test(
        "windows are close if the interval of their share contains the requested one, and some went either way",
        arguments: [
            (98, 100, "99%", true), (95, 100, "99%", false), (100, 100, "99%", false), (97, 100, "95%", true),
            (5, 6, "50%", true), (60, 60, "50%", false), (50, 60, "50%", false), (9, 10, "100%", false),
            (0, 6, "50%", false), (0, 0, "50%", false),
        ] as [(UInt64, UInt64, String, Bool)])
    func closeWindows(held: UInt64, count: UInt64, share: String, isClose: Bool) throws {
        var judge = Judge(whole: hold(ordinary))
        judge.windows = { _ in SLOOutcome.Windows(held: held, failed: count - held, count: count) }
        #expect(try judged("p99 < 50ms in \(share) of 10s windows", judge).isClose == isClose)
    }

    @Test("an objective of a step is judged by the step, and one without a step by the whole")
    func steps() throws {
        var judge = Judge(whole: hold(ordinary))
        judge.steps = { $0 == "cart" ? hold(evidence([(80 * millisecond, 10_000)])) : nil }
        #expect(try judged("p99 < 50ms", judge).verdict == .pass)
        #expect(try judged("p99 < 50ms for cart", judge).verdict == .fail)
        #expect(try judged("p99 < 50ms for pay", judge).reason == .nothingMeasured)
    }

    @Test(
        "windows pass if enough pass, fail if too few can, and are otherwise unknown",
        arguments: [
            (99, 1, 0, .pass), (98, 2, 0, .fail), (98, 1, 1, .unknown), (98, 0, 2, .unknown), (0, 2, 98, .fail),
            (0, 0, 100, .unknown), (0, 0, 0, .unknown), (1, 0, 0, .pass), (0, 1, 0, .fail),
        ] as [(UInt64, UInt64, UInt64, Verdict)])
    func windows(held: UInt64, failed: UInt64, unknown: UInt64, verdict: Verdict) throws {
        var judge = Judge(whole: hold(ordinary))
        let tally = SLOOutcome.Windows(held: held, failed: failed, count: held + failed + unknown)
        judge.windows = { _ in tally }
        let outcome = try judged("p99 < 50ms in 99% of 10s windows", judge)
        #expect(outcome.verdict == verdict && outcome.windows == tally)
        if tally.count == 0 { #expect(outcome.reason == .noWindow) }
        // The windows that passed did so under the load that there was.
        judge.missedStarts = Self.missed
        if verdict == .pass { #expect(try judged("p99 < 50ms in 99% of 10s windows", judge).verdict == .unknown) }
    }

    @Test("windows need exactly as many as their share, despite binary fractions")
    func shares() throws {
        for (count, share, needed) in [(100, "29%", 29), (7, "50%", 4), (3, "100%", 3), (1_000, "99.9%", 999)] {
            var judge = Judge(whole: hold(ordinary))
            for (held, verdict) in [(needed, Verdict.pass), (needed - 1, .fail)] {
                judge.windows = { _ in
                    SLOOutcome.Windows(held: UInt64(held), failed: UInt64(count - held), count: UInt64(count))
                }
                #expect(try judged("p99 < 1s in \(share) of 1s windows", judge).verdict == verdict, "\(count) \(share)")
            }
        }
    }
}
