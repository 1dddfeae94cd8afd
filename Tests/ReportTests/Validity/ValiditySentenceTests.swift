import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct ValiditySentenceTests {
    /// One of each.
    static let findings: [ValidityFinding] = [
        .startsMissed(achieved: 50_000, planned: 60_000), .startsLate(late: 700, of: 60_000),
        .ownFailures(11, of: 100), .usersLimited(held: 1_000, asked: 2_000, by: .descriptors),
        .headroom(.ports, used: 28_000, limit: 28_232), .loopStall(305_000_000),
        .sendLag(.p99, lag: 250_000_000, response: 255_000_000),
        .ownDelays(GeneratorShift(key: "p99", published: 52_000_000, without: 46_000_000)),
        .clientDelay(.p50, delay: 400_000, service: 2_000_000), .lagUnknown,
        .generatorLimited(share: 0.987), .workerBusy(share: 0.83), .workerBusyOnce(share: 0.97),
        .waitedForCPU(share: 0.12), .preempted(perSecond: 140), .stolen(share: 0.2), .throttled(share: 0.8),
        .retransmitted(share: 0.02), .clockSteps(1), .drift(change: -0.2, pValue: 0.0001),
        .warmUp(seconds: 26, excess: 0.9), .unsettled, .probeDiffers(probe: 3_000_000, bulk: 9_000_000),
        .holdNotReached,
    ]

    /// A generator with all its threads and nothing to do.
    private static var facts: GeneratorFacts { GeneratorFacts(Fabricated.healthy()) }

    @Test("Every finding has its sentence and its remedy, as a person last saw them")
    func golden() throws {
        let text = Self.findings.map { "\($0.rule): \($0.sentence) \($0.remedy(on: Self.facts))\n" }.joined()
        try Golden.expect(text, matches: "validity-sentences.txt")
    }

    @Test("Each has a rule of its own, ends like a sentence, and advises what to do")
    func shape() {
        #expect(Set(Self.findings.map(\.rule)).count == Self.findings.count)
        for finding in Self.findings {
            #expect(finding.sentence.hasSuffix("."))
            #expect(finding.remedy(on: Self.facts).hasSuffix("."), "\(finding.rule)")
        }
    }

    /// The remedy for late starts of a generator like this one.
    private func remedy(_ change: (inout RunRecord) -> Void) -> String {
        var summary = Fabricated.healthy()
        change(&summary)
        return ValidityFinding.startsLate(late: 1, of: 2).remedy(on: GeneratorFacts(summary))
    }

    @Test("More threads are advised only if a worker is busy and cores are left for them")
    func threads() {
        func busy(_ summary: inout RunRecord) { summary.outcome.health?.workers[0].total.cpu = 55 * Fabricated.second }
        #expect(!self.remedy { _ in }.contains("threads"))
        let full = self.remedy { busy(&$0) }
        #expect(!full.contains("threads") && full.contains("more cores"))
        #expect(
            self.remedy {
                busy(&$0)
                $0.outcome.health?.cores = 8
            } == "Use more threads (-t 8).")
    }

    @Test("If a plain timer is late, the remedy has its figures, and --spin unless it was used")
    func timers() {
        let late = self.remedy { $0.outcome.health?.timer = Fabricated.timer(p99: 1_030_000) }
        #expect(late.contains("40.1 µs at p50, 1.03 ms at p99, 3.09 ms at p99.9") && late.contains("--spin"))
        let spinning = self.remedy {
            $0.outcome.health?.timer = Fabricated.timer(p99: 1_030_000)
            $0.outcome.health?.spins = true
        }
        #expect(!spinning.contains("--spin"))
        #expect(!self.remedy { _ in }.contains("timer"))
    }

    @Test("If workers waited for a CPU, the remedy is to free the machine")
    func waiting() {
        let waited = self.remedy { $0.outcome.health?.workers[0].total.runDelay = 30 * Fabricated.second }
        #expect(waited.hasPrefix("Free this machine"))
    }
}
