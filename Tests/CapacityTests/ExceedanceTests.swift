import Capacity
import Testing

/// Whether a trial kept to the share that an objective allows.
@Suite struct ExceedanceTests {
    private func met(_ beyond: UInt64, of count: UInt64, allowed: Double) -> Bool {
        // Spread over two seconds: batches add up.
        Exceedance(
            allowed: allowed,
            batches: [
                Exceedance.Batch(count: count / 2, beyond: beyond / 2),
                Exceedance.Batch(count: count - count / 2, beyond: beyond - beyond / 2),
            ]
        ).isMet
    }

    @Test("With ten or more expected beyond the limit, the share is taken as it is")
    func share() {
        #expect(self.met(19, of: 2_000, allowed: 0.01))
        #expect(!self.met(20, of: 2_000, allowed: 0.01))
        #expect(!self.met(21, of: 2_000, allowed: 0.01))
    }

    @Test("With few samples, only what chance does not explain fails: Poisson tails of 5 %")
    func fewSamples() {
        // 0.2 expected: one has a chance of 18 %, two of 1.8 %.
        #expect(self.met(1, of: 20, allowed: 0.01))
        #expect(!self.met(2, of: 20, allowed: 0.01))
        // 5 expected: nine have a chance of 6.8 %, ten of 3.2 %.
        #expect(self.met(9, of: 500, allowed: 0.01))
        #expect(!self.met(10, of: 500, allowed: 0.01))
        // 0.02 expected: one has a chance of 2 %.
        #expect(!self.met(1, of: 20, allowed: 0.001))
    }

    @Test("A trial with nothing judged does not fail; one with everything beyond the limit always does")
    func extremes() {
        #expect(Exceedance(allowed: 0.01, batches: []).isMet)
        #expect(!self.met(5, of: 5, allowed: 0.01))
        #expect(!self.met(1_000_000, of: 1_000_000, allowed: 1e-9))
    }

    @Test("A search that is stopped reports its bracket, and confirms nothing")
    func stopped() throws {
        var search = Search(try SearchGoal(variable: .users, maximum: 1_000))
        search.stop()
        #expect(search.step == .finished(.doomed(.limits(spent: 0, trials: 0))))
        search = Search(try SearchGoal(variable: .users, maximum: 1_000))
        while case .trial(let plan) = search.step, plan.purpose == .growth {
            let lost: UInt64 = plan.load > 100 ? UInt64(plan.load) - 100 : 0
            search.record(
                TrialResult(
                    load: plan.load, duration: plan.duration, objectives: [],
                    lowestHeld: UInt64(plan.load) - lost, heldShortfall: lost))
        }
        search.stop()
        guard case .finished(.converged(let bracket)) = search.step else {
            Issue.record("no bracket: \(search.step)")
            return
        }
        #expect(bracket.lower == 64 && bracket.upper == 128)
        #expect(!bracket.isConfirmed && !bracket.widthReached)
    }
}
