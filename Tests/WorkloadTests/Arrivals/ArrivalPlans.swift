@testable import Workload

let second: UInt64 = 1_000_000_000

/// Plans of every kind, by name, for tests that apply to all of them.
enum ArrivalPlans {
    static let stages: [(name: String, stages: [ArrivalStage])] = [
        ("constant", [.constant(rate: 333.3, length: 7 * second)]),
        ("up from 0", [.ramp(from: 0, to: 200, length: 10 * second)]),
        ("down to 0", [.ramp(from: 200, to: 0, length: 10 * second)]),
        ("flat ramp", [.ramp(from: 50, to: 50, length: 3 * second)]),
        ("sine", [.sine(mean: 200, amplitude: 100, period: 3 * second, length: 10 * second)]),
        ("sine to 0", [.sine(mean: 150, amplitude: 150, period: 4 * second, length: 11 * second)]),
        ("flat sine", [.sine(mean: 40, amplitude: 0, period: second, length: 5 * second)]),
        ("diurnal", [.diurnal(trough: 0, peak: 400, day: 10 * second, length: 15 * second)]),
        ("spike", [.spike(from: 100, factor: 5, rise: 6 * second, hold: 3 * second, fall: 6 * second)]),
        ("step", [.spike(from: 100, factor: 5, rise: 0, hold: 3 * second, fall: 0)]),
        (
            "all",
            [
                .ramp(from: 0, to: 100, length: 5 * second), .constant(rate: 100, length: 5 * second),
                .constant(rate: 0, length: 3 * second),
                .sine(mean: 100, amplitude: 50, period: second, length: 4 * second),
                .spike(from: 100, factor: 3, rise: second, hold: second, fall: second),
                .ramp(from: 100, to: 0, length: 5 * second),
            ]
        ),
    ]

    static func plan(_ stages: [ArrivalStage], _ process: ArrivalPlan.Process = .even) throws -> ArrivalPlan {
        try ArrivalPlan.stages(stages, process: process)
    }

    /// Every plan of stages, and a trace of rates with seconds of 0.
    static func all(_ process: ArrivalPlan.Process = .even) throws -> [(name: String, plan: ArrivalPlan)] {
        var plans: [(name: String, plan: ArrivalPlan)] = []
        for (name, stages) in stages { plans.append((name, try Self.plan(stages, process))) }
        let trace = ArrivalTrace.rates([0, 10.5, 200, 0, 0, 3, 0])
        plans.append(("trace", try ArrivalPlan.trace(trace, process: process)))
        return plans
    }

    /// All due times of one part, up to a number.
    static func times(
        _ plan: ArrivalPlan, seed: UInt64 = 1, part: Int = 0, parts: Int = 1, most: Int = 1_000_000
    ) -> [UInt64] {
        var cursor = ArrivalCursor(plan: plan, seed: seed, part: part, parts: parts)
        var times: [UInt64] = []
        while times.count < most, let time = cursor.next() { times.append(time) }
        return times
    }
}
