import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct VerdictSentenceTests {
    private static let trend = Steadiness.Trend(
        begin: 4, end: 416, begun: 9_000, perSecond: 41, error: 1, word: .growing)

    /// One of each reason.
    static let reasons: [VerdictReason] = [
        .holdNotReached, .nothingMeasured, .noWindow, .ownDelays, .noLowerBound, .tooFewSamples(46), .tooFewSamples(1),
        .allOverLimit(46), .stalled, .unended(23), .unended(1), .unendedOverLimit(23),
        .notSteady(Steadiness(inFlight: Self.trend, inSession: Self.trend)),
        .startsMissed(started: 9_940, planned: 10_000, reached: 99.4), .workerBusy(share: 0.97, reached: 5_120),
        .stolen(share: 0.12, reached: 812), .throttled(share: 0.4, reached: 812), .ownErrors(own: 11, failed: 20),
        .lostInPause(2_100_000_000), .ownLimit(.descriptors), .cutOff,
        .windows(SLOOutcome.Windows(held: 98, failed: 1, count: 100), needed: 99),
    ]

    private static func outcome(_ reason: VerdictReason?) -> SLOOutcome {
        SLOOutcome(
            text: "p99 < 50ms", verdict: .unknown, measured: .nanoseconds(60_000_000), lower: .nanoseconds(40_000_000),
            reason: reason)
    }

    @Test("In the last line every reason fits beside its objective and nine more on 80 columns")
    func brief() throws {
        let verdicts = Self.reasons.map { reason in
            RunVerdict(word: .unknown, basis: .objective(Self.outcome(reason), others: 9), exit: .unknown)
        }
        for verdict in verdicts {
            let line = "\(verdict.word.word)  \(verdict.sentence) · exit \(verdict.exit.rawValue)"
            #expect(TerminalText.width(line) <= 80, "\(TerminalText.width(line)): \(line)")
        }
        try Golden.expect(verdicts.map { "\($0.sentence)\n" }.joined(), matches: "verdict-lines.txt")
    }

    @Test("Every reason is a sentence with its numbers")
    func golden() throws {
        let text = Self.reasons.map { "\(Self.outcome($0).why ?? "-")\n" }.joined()
        try Golden.expect(text, matches: "verdict-reasons.txt")
    }

    @Test("The last line has the deciding reason, and how many more objectives ended the same way")
    func last() {
        func sentence(_ basis: RunVerdict.Basis) -> String {
            RunVerdict(word: .pass, basis: basis, exit: .success).sentence
        }
        #expect(
            sentence(.held(users: 2_000, asked: 2_000, requestsPerSecond: 2_000))
                == "2,000 of 2,000 users held at 2,000 req/s")
        #expect(sentence(.held(users: nil, asked: 10, requestsPerSecond: 46.3)) == "46.3 req/s")
        let fewer = FewerConnections(atOnce: 140, silence: 5_000_000_000)
        #expect(
            sentence(.held(users: 2_000, asked: 2_000, requestsPerSecond: 46.3, on: fewer))
                == "2,000 of 2,000 users held at 46.3 req/s, on 140 connections at once "
                + "(the server closes after 5.00 s of silence)")
        #expect(sentence(.objective(Self.outcome(nil), others: 0)) == "p99 < 50ms: 60.0 ms")
        #expect(
            sentence(.objective(Self.outcome(.ownDelays), others: 2))
                == "p99 < 50ms: 40.0 ms to 60.0 ms, partly headroom's, and 2 more")
        var failed = Self.outcome(nil)
        failed.verdict = .fail
        // Only the lower bound is certain.
        #expect(sentence(.objective(failed, others: 0)) == "p99 < 50ms: at least 40.0 ms")
        #expect(sentence(.aborted("errors > 5% for 10s")) == "errors > 5% for 10s")
        #expect(sentence(.targetUnusable) == "no request was ever answered")
        let answers = [("302", 1_200), ("5xx", 12), ("4xx", 3), ("2xx", 2), ("301", 1)].map {
            StatusCount(status: $0.0, count: $0.1)
        }
        #expect(
            sentence(.noneExpected(Array(answers.prefix(1))))
                == "no request was answered as expected: 1,200 × status 302")
        #expect(
            sentence(.noneExpected(answers))
                == "no request was answered as expected: 1,200 × status 302, 12 × status 5xx, "
                + "3 × status 4xx, 3 others")
    }

    @Test("An interrupted run reports that after its verdict")
    func interrupted() {
        let verdict = RunVerdict(
            word: .pass, basis: .held(users: nil, asked: 1, requestsPerSecond: 5), exit: .terminated)
        #expect(verdict.sentence == "5.00 req/s; interrupted before its end")
    }
}
