import Measure

@testable import Report

extension Fabricated {
    /// The healthy run with objectives over windows and of steps, after an automatic warm-up.
    static func withObjectives() -> RunSummary {
        let healthy = Self.healthy()
        let hold = Window(steps: [1, 3])
        hold.add(healthy.hold)
        Self.fill(hold.steps[0].response, count: 1_700, from: 180_000, spread: 2_000_000)
        Self.fill(hold.steps[0].service, count: 1_700, from: 150_000, spread: 1_500_000)
        Self.fill(hold.steps[0].firstByte, count: 1_700, from: 90_000, spread: 900_000)
        Self.fill(hold.steps[1].response, count: 12, from: 300_000, spread: 2_400_000)
        Self.fill(hold.steps[1].service, count: 12, from: 300_000, spread: 2_300_000)
        Self.fill(hold.steps[1].firstByte, count: 12, from: 200_000, spread: 2_200_000)
        Self.fill(hold.steps[1].failed, count: 3, from: 400_000, spread: 1_000)
        var summary = healthy
        summary.hold = hold
        summary.plan.warmupIsAuto = true
        summary.plan.steps = [
            RunPlan.Step(number: 1, title: "front", words: ["front", "GET /bytes/50000"]),
            RunPlan.Step(number: 3, title: "POST /order?token=secret", words: ["POST /order"]),
        ]
        summary.warmUpFound = WarmUpFound(length: 27_000_000_000, isSteady: true)
        summary.slo += [
            SLOOutcome(
                text: "p99 < 500ms in 99% of 10s windows", verdict: .pass, measured: .fraction(1),
                windows: SLOOutcome.Windows(held: 6, failed: 0, count: 6)),
            SLOOutcome(text: "p99 < 100ms for POST /order", verdict: .pass, measured: nil),
            SLOOutcome(
                text: "p99 < 1ms in 50% of 90s windows", verdict: .fail, measured: nil,
                windows: SLOOutcome.Windows(held: 0, failed: 0, count: 0)),
        ]
        return summary
    }
}
