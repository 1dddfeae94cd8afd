import Measure
import Testing

@Suite struct OnlyLengthensTests {
    @Test("Our own delays lengthen; a load that was smaller, or unknown, does not only lengthen")
    func sides() {
        #expect(ValidityFinding.loopStall(1).onlyLengthens)
        #expect(ValidityFinding.sendLag(.p99, lag: 2, response: 3).onlyLengthens)
        #expect(ValidityFinding.stolen(share: 0.2).onlyLengthens)
        #expect(!ValidityFinding.startsMissed(achieved: 1, planned: 2).onlyLengthens)
        #expect(!ValidityFinding.generatorLimited(share: 0.9).onlyLengthens)
        #expect(!ValidityFinding.lagUnknown.onlyLengthens)
        #expect(!ValidityFinding.clockSteps(1).onlyLengthens)
    }
}
