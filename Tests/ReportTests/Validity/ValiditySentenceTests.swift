import Measure
import Report
import Testing

@Suite struct ValiditySentenceTests {
    /// One of each.
    static let findings: [ValidityFinding] = [
        .startsMissed(achieved: 50_000, planned: 60_000), .startsLate(late: 700, of: 60_000),
        .ownFailures(11, of: 100), .usersLimited(held: 1_000, asked: 2_000, by: .descriptors),
        .headroom(.ports, used: 28_000, limit: 28_232), .loopStall(305_000_000),
        .sendLag(.p99, lag: 250_000_000, response: 255_000_000),
        .ownDelays(OwnShift(key: "p99", published: 52_000_000, without: 46_000_000)),
        .clientDelay(.p50, delay: 400_000, service: 2_000_000), .lagUnknown,
        .generatorLimited(share: 0.987), .workerBusy(share: 0.83), .workerBusyOnce(share: 0.97),
        .waitedForCPU(share: 0.12), .preempted(perSecond: 140), .stolen(share: 0.2), .throttled(share: 0.8),
        .retransmitted(share: 0.02), .clockSteps(1), .drift(change: -0.2, pValue: 0.0001),
        .warmUp(seconds: 26, excess: 0.9), .unsettled, .probeDiffers(probe: 3_000_000, bulk: 9_000_000),
        .holdNotReached,
    ]

    @Test("Every finding is told as a person last saw it")
    func golden() throws {
        let text = Self.findings.map { "\($0.rule): \($0.sentence)\n" }.joined()
        try Golden.expect(text, matches: "validity-sentences.txt")
    }

    @Test("Each has a rule of its own, ends as sentences do, and says what to do")
    func shape() {
        #expect(Set(Self.findings.map(\.rule)).count == Self.findings.count)
        for finding in Self.findings {
            #expect(finding.sentence.hasSuffix("."))
            #expect(finding.sentence.split(separator: ". ").count >= 2, "\(finding.sentence)")
        }
    }
}
