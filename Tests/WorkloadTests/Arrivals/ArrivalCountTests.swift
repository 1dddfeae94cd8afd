import Testing

@testable import Workload

/// As many are due as are drawn.
@Suite struct ArrivalCountTests {
    @Test("any cut of a plan into intervals counts exactly the cursor's own times", arguments: [1, 2, 7])
    func sameNumbers(_ parts: Int) throws {
        for process in [ArrivalPlan.Process.even, .poisson] {
            for (name, plan) in try ArrivalPlans.all(process) {
                let drawn = (0..<parts).flatMap {
                    ArrivalPlans.times(plan, seed: 5, part: $0, parts: parts)
                }
                var count = ArrivalCount(plan: plan, seed: 5)
                let end = plan.length ?? 0
                var sum: UInt64 = 0
                for interval in 1...13 as ClosedRange<UInt64> {
                    let (from, to) = (end * (interval - 1) / 13, end * interval / 13)
                    let due = count.take(before: to)
                    #expect(due == UInt64(drawn.filter { $0 >= from && $0 < to }.count), "\(name)")
                    sum += due
                }
                #expect(sum == UInt64(drawn.count) && count.take(before: .max) == 0, "\(name)")
            }
        }
    }

    @Test("0.5 sessions/s for 3 s has one session due, at 1 s: the next one, at 3 s, is outside")
    func slow() throws {
        var count = ArrivalCount(plan: try .constant(0.5), seed: 1)
        #expect(count.take(before: 3 * second) == 1)
        #expect(count.take(before: 3 * second + 1) == 1)
    }

    private func flaws(_ plan: ArrivalPlan, hold: UInt64, warmup: UInt64 = 0, seed: UInt64 = 1) throws -> [String] {
        var profile = Profile.forURL(try TargetURL.parse("http://127.0.0.1:9/"))
        profile.load.open = OpenLoad(plan: plan, maxUsers: nil)
        profile.load.hold = hold
        profile.load.holdGiven = true
        profile.load.warmup = warmup
        profile.load.seed = seed
        return profile.validate().map(\.message)
    }

    @Test("a plan with nothing due in the hold is refused, with the time at which its first session is due")
    func nothingDue() throws {
        let slow = try ArrivalPlan.constant(0.01)
        #expect(try self.flaws(slow, hold: 10 * second).first?.contains("due after 50s") == true)
        #expect(try self.flaws(slow, hold: 51 * second).isEmpty)
        #expect(try self.flaws(slow, hold: 60 * second, warmup: 51 * second).count == 1)
        #expect(try self.flaws(slow, hold: 100 * second, warmup: 51 * second).isEmpty)
        #expect(try self.flaws(.constant(200), hold: second).isEmpty)
    }

    @Test("in a Poisson plan the draws decide, seed by seed, as the load will draw them")
    func nothingDrawn() throws {
        let plan = try ArrivalPlan.constant(1, process: .poisson)
        var refused = 0
        for seed in UInt64(1)...40 {
            let isNone = ArrivalPlans.times(plan, seed: seed, most: 1)[0] >= second
            #expect(try self.flaws(plan, hold: second, seed: seed).count == (isNone ? 1 : 0))
            if isNone { refused += 1 }
        }
        #expect((5...25).contains(refused), "about 37 % draw nothing in a second")
    }
}
