import Measure

extension SummaryPage {
    /// Rows of the latency table for the steps that objectives name: response times.
    mutating func addSteps(_ summary: RunSummary) {
        for step in summary.hold.steps {
            let title = summary.plan.steps.first { $0.number == step.number }?.title ?? "step \(step.number)"
            let figures = DistributionFigures(ofSlots: step.response)
            func value(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "-" }
            self.add("", "\(self.foreign(title)), response:")
            let failed = step.failed.totalCount
            self.add(
                "",
                [
                    Cell("p50 \(value(figures["p50"]))"), Cell("p99 \(value(figures["p99"]))", joint: " · "),
                    Cell("max \(value(figures.maximum))", joint: " · "),
                    Cell("\(Quantity.count(figures.count)) ok", joint: " · "),
                    Cell("\(Quantity.count(failed)) failed", failed > 0 ? .bad : .plain, joint: " · "),
                ])
        }
    }

    /// How an automatic warm-up went, as one of the parts of what was asked.
    static func warmup(_ plan: RunPlan) -> String? {
        if plan.warmupIsAuto { return "warmup auto" }
        return plan.warmup > 0 ? "warmup \(Quantity.planned(plan.warmup))" : nil
    }

    /// What was found.
    mutating func addWarmUp(_ found: WarmUpFound?) {
        guard let found else { return }
        let length = Quantity.duration(found.length)
        if found.isSteady {
            return self.add("warmup", "found over after \(length): response times no longer changed", .quiet)
        }
        self.add("warmup", "given up after \(length): response times still changed when the hold began", .warning)
    }

    /// What stands beside an objective: what was measured, and in how many windows it held.
    static func measured(_ outcome: SLOOutcome, as text: (MeasuredValue) -> String) -> String? {
        guard let windows = outcome.windows else { return outcome.measured.map(text) }
        return "\(Quantity.count(windows.held)) of \(Quantity.count(windows.count)) held"
    }
}
