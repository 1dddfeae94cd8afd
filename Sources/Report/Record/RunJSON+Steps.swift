import Measure

extension RunJSON {
    /// `"steps"` of the plan: those that are recorded apart, and the words for them in objectives; no member if there
    /// are none.
    static func plannedSteps(_ plan: RunPlan, redactor: Redactor) -> [(key: String, value: JSON)] {
        if plan.steps.isEmpty { return [] }
        let steps = plan.steps.map { step in
            JSON.object([
                ("number", .integer(UInt64(max(0, step.number)))), ("title", .string(redactor.text(step.title))),
                ("words", .array(step.words.map { .string($0) })),
            ])
        }
        return [("steps", .array(steps))]
    }

    /// `"steps"`: counts and distributions of requests due inside the hold, for the steps that objectives name.
    /// Smallest and largest values are the ends of their histogram's slots.
    static func steps(_ summary: RunSummary, redactor: Redactor) -> [(key: String, value: JSON)] {
        if summary.hold.steps.isEmpty { return [] }
        let steps = summary.hold.steps.map { step in
            let title = summary.plan.steps.first { $0.number == step.number }?.title
            return JSON.object([
                ("number", .integer(UInt64(max(0, step.number)))),
                ("title", .stringOrNull(title.map(redactor.text))),
                (
                    "requests",
                    .object([
                        ("ok", .integer(step.response.totalCount)), ("failed", .integer(step.failed.totalCount)),
                    ])
                ),
                (
                    "latency",
                    .object(
                        [Metric.response, .service, .firstByte].compactMap { metric in
                            step.counted(metric).map {
                                let unended = step.unended(metric)?.totalCount ?? 0
                                let members = Self.figures(DistributionFigures(ofSlots: $0))
                                return (metric.name, .object(members + [("unended", .integer(unended))]))
                            }
                        })
                ),
            ])
        }
        return [("steps", .array(steps))]
    }

    /// `"warmup_auto"` of the plan: true; no member where the warm-up has a fixed length.
    static func autoWarmup(_ plan: RunPlan) -> [(key: String, value: JSON)] {
        plan.warmupIsAuto ? [("warmup_auto", .bool(true))] : []
    }

    /// `"seeds"`: those of the records of a union; no member in a run.
    static func seeds(_ plan: RunPlan) -> [(key: String, value: JSON)] {
        plan.seeds.isEmpty ? [] : [("seeds", .array(plan.seeds.map { .integer($0) }))]
    }

    /// `"warmup"`: how an automatic one went; no member where there was none.
    static func warmUp(_ found: WarmUpFound?) -> [(key: String, value: JSON)] {
        guard let found else { return [] }
        return [
            ("warmup", .object([("duration", .integer(found.length)), ("steady", .bool(found.isSteady))]))
        ]
    }
}
