import Measure
import Testing

@Suite struct OnlyLengthensTests {
    @Test("Our own delays lengthen; a load that was smaller, or unknown, does not only lengthen")
    func sides() {
        #expect(ValidityFinding.loopStall(1).onlyLengthens(isPlanned: true))
        #expect(ValidityFinding.sendLag(.p99, lag: 2, response: 3).onlyLengthens(isPlanned: true))
        #expect(ValidityFinding.stolen(share: 0.2).onlyLengthens(isPlanned: true))
        #expect(!ValidityFinding.startsMissed(achieved: 1, planned: 2).onlyLengthens(isPlanned: true))
        #expect(!ValidityFinding.generatorLimited(share: 0.9).onlyLengthens(isPlanned: true))
        #expect(!ValidityFinding.lagUnknown.onlyLengthens(isPlanned: true))
        #expect(!ValidityFinding.clockSteps(1).onlyLengthens(isPlanned: true))
    }

    @Test("A load that waits for answers is smaller where we were kept from running")
    func waiting() {
        #expect(!ValidityFinding.stolen(share: 0.2).onlyLengthens(isPlanned: false))
        #expect(!ValidityFinding.throttled(share: 0.2).onlyLengthens(isPlanned: false))
        #expect(ValidityFinding.clientDelay(.p99, delay: 2, service: 3).onlyLengthens(isPlanned: false))
        #expect(!ValidityFinding.lagUnknown.onlyLengthens(isPlanned: false))
    }
}
