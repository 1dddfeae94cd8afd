import Testing

@testable import Workload

@Suite("Plans of arrivals")
struct ArrivalPlanTests {
    @Test("the integral is the sum of the rate, computed slowly and obviously")
    func integral() throws {
        for (name, plan) in try ArrivalPlans.all() {
            let length = try #require(plan.length)
            let steps: UInt64 = 28_000
            var sum = 0.0
            for step in 0..<steps {
                // Midpoint rule; rates jump only at whole seconds, and the steps hit those.
                let middle = length / steps * step + length / steps / 2
                sum += plan.rate(at: middle) * Double(length / steps) / 1e9
                if step % 700 == 699 {
                    let time = length / steps * (step + 1)
                    #expect(abs(plan.expected(until: time) - sum) < 0.01, "\(name) at \(time)")
                }
            }
            #expect(plan.expected(until: length) == plan.expected(until: .max), "\(name)")
            #expect(plan.expected(until: 0) == 0 && plan.rate(at: length) == 0, "\(name)")
        }
    }

    @Test("the rates follow from the shapes")
    func rates() throws {
        func rate(_ stage: ArrivalStage, _ time: Double) throws -> Double {
            try ArrivalPlans.plan([stage]).rate(at: UInt64(time * 1e9))
        }
        let s = second
        let sine = ArrivalStage.sine(mean: 200, amplitude: 100, period: 60 * s, length: 300 * s)
        for (time, value) in [(0.0, 200.0), (15, 300), (30, 200), (45, 100), (75, 300)] {
            #expect(abs(try rate(sine, time) - value) < 1e-9)
        }
        let day = ArrivalStage.diurnal(trough: 100, peak: 900, day: 24 * 3_600 * s, length: 48 * 3_600 * s)
        for (hour, value) in [(0.0, 100.0), (6, 500), (12, 900), (18, 500), (24, 100), (36, 900)] {
            #expect(abs(try rate(day, hour * 3_600) - value) < 1e-6)
        }
        let spike = ArrivalStage.spike(from: 200, factor: 5, rise: 60 * s, hold: 30 * s, fall: 60 * s)
        for (time, value) in [(0.0, 200.0), (30, 600), (60, 1_000), (89, 1_000), (120, 600), (149.999, 200)] {
            #expect(abs(try rate(spike, time) - value) < 0.1)
        }
        #expect(try ArrivalPlans.plan([spike]).highestRate == 1_000)
        #expect(try ArrivalPlans.plan([spike]).length == 150 * s)
    }

    @Test("constant phases are recognised, even over pieces with the same rate")
    func constantPhases() throws {
        let s = second
        let plan = try ArrivalPlans.plan([
            .constant(rate: 5, length: 10 * s), .constant(rate: 5, length: 10 * s),
            .ramp(from: 5, to: 9, length: 10 * s), .ramp(from: 9, to: 9, length: 10 * s),
            .constant(rate: 9, length: 10 * s), .constant(rate: 4, length: 10 * s),
        ])
        #expect(plan.isConstant(from: 0, to: 20 * s) && plan.isConstant(from: 5 * s, to: 15 * s))
        #expect(plan.isConstant(from: 30 * s, to: 50 * s) && plan.isConstant(from: 50 * s, to: 60 * s))
        #expect(!plan.isConstant(from: 0, to: 20 * s + 1) && !plan.isConstant(from: 25 * s, to: 26 * s))
        #expect(!plan.isConstant(from: 45 * s, to: 55 * s) && !plan.isConstant(from: 55 * s, to: 61 * s))
        #expect(!plan.isConstant(from: 5, to: 5) && !plan.isConstant(from: 6, to: 5))
        #expect(try ArrivalPlan.constant(7).isConstant(from: 0, to: .max))
        #expect(try ArrivalPlan.constant(7, process: .poisson).isConstant(from: 0, to: .max))
        #expect(try !ArrivalPlan.recorded([0, 1]).isConstant(from: 0, to: 1))
    }

    @Test("a plan is printed in words")
    func texts() throws {
        let s = second
        #expect(try ArrivalPlan.constant(200).text == "200 sessions/s, constant")
        #expect(
            try ArrivalPlan.constant(2_000.0 / 3, process: .poisson).text == "666.667 sessions/s, Poisson")
        #expect(try ArrivalPlan.constant(0.0125).text == "0.0125 sessions/s, constant")
        let cases: [([ArrivalStage], String)] = [
            ([.constant(rate: 5, length: 60 * s)], "5 sessions/s for 1m"),
            ([.ramp(from: 0, to: 200, length: 60 * s)], "0 to 200 sessions/s over 1m"),
            (
                [.sine(mean: 200, amplitude: 100, period: 60 * s, length: 300 * s)],
                "200 ± 100 sessions/s every 1m for 5m"
            ),
            (
                [.diurnal(trough: 1, peak: 9, day: 86_400 * s, length: 86_400 * s)],
                "1 to 9 sessions/s by a day of 24h for 24h"
            ),
            (
                [.spike(from: 200, factor: 5, rise: 60 * s, hold: 30 * s, fall: 60 * s)],
                "200 to 1000 sessions/s and back in 2m30s"
            ),
            (
                [.ramp(from: 0, to: 9, length: s), .constant(rate: 9, length: 59 * s)],
                "2 stages, 0 to 9 sessions/s over 1m"
            ),
        ]
        for (stages, text) in cases {
            #expect(try ArrivalPlans.plan(stages).text == text)
            #expect(try ArrivalPlans.plan(stages, .poisson).text == text + ", Poisson")
        }
        #expect(try ArrivalPlan.recorded([0, 5, 60 * s]).text == "trace of 3 sessions over 1m")
        #expect(
            try ArrivalPlan.trace(.rates([1, 2.5])).text == "trace of 2s, 1 to 2.5 sessions/s")
    }

    @Test(
        "an impossible plan is refused",
        arguments: [
            (.constant(rate: -1, length: 1), "at least 0"), (.constant(rate: .nan, length: 1), "at least 0"),
            (.constant(rate: .infinity, length: 1), "at least 0"),
            (.constant(rate: 10_000_001, length: 1), "at most 10000000"),
            (.constant(rate: 1e-7, length: 1), "one session in"), (.constant(rate: 1, length: 0), "no time"),
            (.constant(rate: 1, length: .max), "at most 365d"),
            (.ramp(from: -1, to: 5, length: 1), "at least 0"),
            (.ramp(from: 5, to: -1, length: 1), "at least 0"),
            (.sine(mean: 5, amplitude: 6, period: 1, length: 1), "below 0"),
            (.sine(mean: 9e6, amplitude: 2e6, period: 1, length: 1), "at most 10000000"),
            (.sine(mean: 5, amplitude: 5, period: 0, length: 1), "period of 0"),
            (.diurnal(trough: 5, peak: 4, day: 1, length: 1), "exchange"),
            (.diurnal(trough: 4, peak: 5, day: 0, length: 1), "day of 0"),
            (.spike(from: 5, factor: -1, rise: 1, hold: 1, fall: 1), "at least 0"),
            (.spike(from: 5e6, factor: 5, rise: 1, hold: 1, fall: 1), "at most 10000000"),
            (.spike(from: 5, factor: .infinity, rise: 1, hold: 1, fall: 1), "at least 0"),
            (.spike(from: 5, factor: 5, rise: 0, hold: 0, fall: 0), "no time"),
            (.spike(from: 5, factor: 5, rise: .max, hold: .max, fall: .max), "at most 365d"),
            (.constant(rate: 0, length: 1), "every rate is 0"),
        ] as [(ArrivalStage, String)])
    func refused(_ stage: ArrivalStage, _ fragment: String) {
        #expect { try ArrivalPlan.stages([stage]) } throws: { "\($0)".contains(fragment) }
    }

    @Test("plans as a whole have limits too")
    func limits() {
        let day = 86_400 * second
        #expect { try ArrivalPlan.stages([]) } throws: { "\($0)".contains("at least one stage") }
        let many = Array(repeating: ArrivalStage.constant(rate: 1, length: 1), count: 1_001)
        #expect { try ArrivalPlan.stages(many) } throws: { "\($0)".contains("1001 stages") }
        let long = Array(repeating: ArrivalStage.constant(rate: 1, length: 300 * day), count: 2)
        #expect { try ArrivalPlan.stages(long) } throws: { "\($0)".contains("at most 365d") }
        #expect { try ArrivalPlan.constant(0) } throws: { "\($0)".contains("starts nothing") }
        #expect { try ArrivalPlan.constant(1e308) } throws: { "\($0)".contains("at most 10000000") }
        #expect { try ArrivalPlan.recorded([]) } throws: { "\($0)".contains("at least one") }
        #expect { try ArrivalPlan.recorded([2, 1]) } throws: { "\($0)".contains("in order") }
        #expect { try ArrivalPlan.recorded([0, .max]) } throws: { "\($0)".contains("365d") }
    }
}
