import Measure
import Testing
import Workload

@testable import Judge

@Suite("The judge of latencies")
struct LatencyJudgeTests {
    /// The share of slow answers, in tenths of a percent, and how slow they are.
    private static let bimodal = [5, 15, 20, 51].flatMap { share in [2, 8, 30].map { (UInt64(share), UInt64($0)) } }

    @Test("for a server that is slow now and then, each percentile fails if its share is smaller", arguments: bimodal)
    func bimodalServer(share: UInt64, seconds: UInt64) throws {
        let slow = 10 * share
        let answered = evidence([(10 * millisecond, 10_000 - slow), (seconds * second, slow)])
        // The same run, cut off 1.5 s after the slow requests began.
        let cut = evidence([(10 * millisecond, 10_000 - slow)], unended: [(1_500 * millisecond, slow)])
        for (word, allowed) in [("p95", 50.0), ("p99", 10), ("p99.9", 1)] {
            let isOutside = Double(share) > allowed
            let truth: Verdict = isOutside ? .fail : .pass
            #expect(try judged("\(word) < 1s", answered).verdict == truth, "\(word)")
            let outcome = try judged("\(word) < 1s", cut)
            #expect(outcome.verdict == truth, "\(word) of what was cut")
            if isOutside { #expect(outcome.reason == .unendedOverLimit(slow)) }
            // An age of 1.5 s is inside 5 s, and no answer is known: slow may mean 2 s or 30 s.
            #expect(try judged("\(word) < 5s", cut).verdict == (isOutside ? .unknown : .pass), "\(word) < 5s")
        }
    }

    @Test("a request that has not ended counts as over any limit for PASS, and at its age for FAIL")
    func unended() throws {
        let few = evidence([(millisecond, 9_990)], unended: [(3 * millisecond, 10)])
        #expect(try judged("p99 < 2ms", few).verdict == .pass)
        let many = evidence([(millisecond, 9_800)], unended: [(3 * millisecond, 200)])
        let outcome = try judged("p99 < 1s", many)
        #expect(outcome.verdict == .unknown && outcome.reason == .unended(200))
        #expect(try judged("p99 < 2ms", many).verdict == .fail)
        #expect(try judged("max < 1s", few).reason == .unended(10))
        #expect(try judged("max < 2ms", few).verdict == .fail)
        #expect(try judged("mean < 1s", few).reason == .unended(10))
        #expect(try judged("mean < 500us", few).verdict == .fail)
    }

    @Test(
        "the generator's own delays make neither a PASS nor a FAIL",
        arguments: [("70ms", .pass, nil), ("50ms", .unknown, .ownDelays), ("30ms", .fail, nil)]
            as [(String, Verdict, VerdictReason?)])
    func ownDelays(limit: String, verdict: Verdict, reason: VerdictReason?) throws {
        let delayed = evidence([(60 * millisecond, 10_000)], lower: [(40 * millisecond, 10_000)])
        for word in ["p50", "p99", "p99.9", "mean", "max"] {
            let outcome = try judged("\(word) < \(limit)", delayed)
            #expect(outcome.verdict == verdict, "\(word)")
            #expect(outcome.reason == reason, "\(word)")
            #expect(outcome.lower != nil && outcome.lower != outcome.measured, "\(word)")
        }
    }

    @Test("without a lower bound a latency passes or is unknown, and never fails")
    func noLowerBound() throws {
        let delayed = evidence([(60 * millisecond, 10_000)], lower: [])
        for word in ["p50", "p99", "p99.9", "mean", "max"] {
            #expect(try judged("\(word) < 61ms", delayed).verdict == .pass, "\(word)")
            let outcome = try judged("\(word) < 1ms", delayed)
            #expect(outcome.verdict == .unknown && outcome.reason == .noLowerBound && outcome.lower == nil, "\(word)")
        }
    }

    @Test("a lower bound is never above the measured value: the sampled requests may be the slower ones")
    func slowSample() throws {
        let slow = evidence(
            [(2 * millisecond, 9_000), (100 * millisecond, 1_000)], lower: [(100 * millisecond, 1_000)])
        for word in ["p50", "p75"] {
            for (limit, verdict) in [("50ms", Verdict.pass), ("1ms", .fail)] {
                let outcome = try judged("\(word) < \(limit)", slow)
                #expect(outcome.verdict == verdict && outcome.lower == outcome.measured, "\(outcome)")
            }
        }
    }

    @Test("if too few lower bounds lie beyond a percentile, those of a lower percentile bound it, too")
    func lowerPercentile() throws {
        // A sample of 900 has nine beyond p99. Of these 60, the 20th from the top is ten plus three errors.
        let thin = evidence(
            [(60 * millisecond, 10_000)], lower: [(60 * millisecond, 20), (millisecond / 2, 880)])
        let outcome = try judged("p99 < 1ms", thin)
        guard outcome.verdict == .fail, case .nanoseconds(let lower) = outcome.lower else {
            Issue.record("\(outcome)")
            return
        }
        #expect(lower <= 60 * millisecond && lower > 59 * millisecond)
        #expect(try judged("p90 < 1ms", thin).reason == .ownDelays)
        let thinner = evidence(
            [(60 * millisecond, 10_000)], lower: [(60 * millisecond, 19), (millisecond / 2, 881)])
        #expect(try judged("p99 < 1ms", thinner).verdict == .unknown)
        let most = evidence([(60 * millisecond, 10_000)], lower: [(60 * millisecond, 899), (millisecond / 2, 1)])
        #expect(try judged("p50 < 1ms", most).verdict == .fail)
        // Nothing is known about half of the requests. Eleven of the others are over the limit, and so is the p99 of
        // all.
        let half = evidence([(60 * millisecond, 1_000)], lower: [(60 * millisecond, 11), (millisecond / 2, 489)])
        #expect(try judged("p99 < 1ms", half).verdict == .fail)
        // The p99 of 300 has three beyond it. Eleven are over the limit: so is the p96, and no p99 is smaller.
        let short = evidence([(millisecond, 289), (60 * millisecond, 11)])
        #expect(try judged("p99 < 2ms", short).verdict == .fail)
        #expect(try judged("p99 < 2ms", short).measured == nil)
        let shorter = evidence([(millisecond, 290), (60 * millisecond, 10)])
        #expect(try judged("p99 < 2ms", shorter).reason == .tooFewSamples(300))
    }

    @Test("a latency must lie below its limit, not on it")
    func edge() throws {
        let exact = evidence([(400, 10_000)])
        for word in ["p50", "p99", "mean", "max"] {
            #expect(try judged("\(word) < 401ns", exact).verdict == .pass)
            let outcome = try judged("\(word) < 400ns", exact)
            #expect(outcome.verdict == .fail && outcome.measured == .nanoseconds(400) && outcome.reason == nil)
        }
    }

    @Test("too few samples pass if all are inside, fail if all are outside, and otherwise show nothing")
    func tooFewSamples() throws {
        let few = evidence([(2 * millisecond, 46)])
        let inside = try judged("p99 < 3ms", few)
        #expect(inside.verdict == .pass && inside.measured == nil)
        let outside = try judged("p99 < 1ms", few)
        #expect(outside.verdict == .fail && outside.reason == .allOverLimit(46))
        let both = evidence([(2 * millisecond, 45), (9 * millisecond, 1)])
        #expect(try judged("p99 < 3ms", both).reason == .tooFewSamples(46))
        // All are over the limit, and most of them perhaps only because of the generator's delays.
        let doubtful = evidence([(2 * millisecond, 46)], lower: [(2 * millisecond, 10), (millisecond / 2, 36)])
        #expect(try judged("p99 < 1ms", doubtful).reason == .tooFewSamples(46))
        // The delays of one connection in sixteen are known. If all of these are over the limit, too, it fails.
        let sampled = evidence([(2 * millisecond, 160)], lower: [(2 * millisecond, 10)])
        #expect(try judged("p99 < 1ms", sampled).verdict == .fail)
        #expect(try judged("p90 < 1ms", sampled).verdict == .fail)
        let barely = evidence([(2 * millisecond, 160)], lower: [(2 * millisecond, 9)])
        #expect(try judged("p99 < 1ms", barely).verdict == .unknown)
        // A request that has not ended may be over it.
        let open = evidence([(2 * millisecond, 45)], unended: [(millisecond, 1)])
        #expect(try judged("p99 < 3ms", open).reason == .tooFewSamples(46))
    }

    @Test("ten samples beyond a percentile support it, nine do not")
    func support() throws {
        for (word, needed) in [("p50", 20), ("p90", 100), ("p99", 1_000), ("p99.9", 10_000)] as [(String, UInt64)] {
            #expect(try judged("\(word) < 3ms", evidence([(2 * millisecond, needed)])).measured != nil, "\(word)")
            #expect(try judged("\(word) < 3ms", evidence([(2 * millisecond, needed - 1)])).measured == nil, "\(word)")
        }
    }

    @Test("without a sample nothing is known")
    func nothing() throws {
        for text in ["p99 < 1s", "mean < 1s", "max < 1s", "session p95 < 1s", "connect max < 1s"] {
            let outcome = try judged(text, evidence([]))
            #expect(outcome.verdict == .unknown && outcome.reason == .nothingMeasured && outcome.measured == nil)
        }
        var unreached = Judge(whole: hold(ordinary))
        unreached.isHoldReached = false
        #expect(try judged("p99 < 1s", unreached).reason == .holdNotReached)
    }

    @Test("each latency is judged by its own values")
    func metrics() throws {
        var scope = hold(ordinary)
        scope.latency = { $0 == .connect ? evidence([(9 * millisecond, 10_000)]) : $0 == .session ? nil : ordinary }
        #expect(try judged("p99 < 3ms", scope).verdict == .pass)
        #expect(try judged("connect p99 < 3ms", scope).verdict == .fail)
        #expect(try judged("session p99 < 3ms", scope).reason == .nothingMeasured)
    }
}
