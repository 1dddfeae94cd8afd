import Fleet
import Record

/// The member `scaling` of plan.json. Times are seconds, shares are of 1, users' time is in minutes, and money is a
/// text with all decimals: it has no floating point. What is unknown is null.
public enum ScalingJSON {
    /// The comparison as a value.
    public static func value(_ comparison: ScalingComparison) -> JSON {
        let scenario = comparison.scenario
        return .object([
            ("verdict", .string(ScalingText.verdict(comparison))),
            ("best", .stringOrNull(comparison.best?.policy.kind.rawValue)),
            ("traffic", Self.traffic(scenario)),
            ("users_per_instance", Self.number(scenario.usersPerInstance.value)),
            ("settings", Self.settings(scenario.settings)),
            ("policies", .array(comparison.runs.map { Self.run($0, comparison) })),
            ("cautions", .array(comparison.cautions.map { .string(ScalingText.words($0)) })),
        ])
    }

    private static func traffic(_ scenario: ScalingScenario) -> JSON {
        .object([
            ("shape", .string(scenario.curve.shape.rawValue)),
            ("days", Self.integer(scenario.curve.days)),
            ("peak_over_average", .number(scenario.curve.peakOverAverage)),
            ("peak_users", Self.number(scenario.peakUsers.value)),
            ("event", scenario.curve.event.map(Self.event) ?? .null),
            (
                "intervals",
                scenario.curve.intervals.map {
                    .object([("count", Self.integer($0.count)), ("length", Self.number($0.length.seconds))])
                } ?? .null
            ),
            (
                "visits",
                scenario.visits.map {
                    .object([("daily_users", Self.number($0.daily.value)), ("time", Self.number($0.time.seconds))])
                } ?? .null
            ),
            ("price", .stringOrNull(scenario.price?.money.exactText)),
            (
                "regions",
                .array(
                    scenario.regions.map { region in
                        .object([
                            ("name", .string(region.name)), ("weight", .number(region.weight)),
                            ("utc_offset", Self.number(region.utcOffset.seconds)),
                            ("planned", region.planned.map(Self.integer) ?? .null),
                            ("price", .stringOrNull(region.price?.money.exactText)),
                        ])
                    })
            ),
        ])
    }

    private static func event(_ event: TrafficEvent) -> JSON {
        .object([
            ("start", Self.number(event.start.seconds)), ("rise", Self.number(event.rise.seconds)),
            ("hold", Self.number(event.hold.seconds)), ("fall", Self.number(event.fall.seconds)),
            ("height", Self.number(event.height)),
        ])
    }

    private static func service(_ queue: ServiceQueue) -> JSON {
        .object([
            ("time", Self.number(queue.serviceTime.seconds)), ("servers", Self.integer(queue.servers)),
            ("every", Self.number(1 / queue.perUser.perSecond)), ("quantile", .number(queue.quantile)),
            ("limit", queue.limit.map { Self.number($0.seconds) } ?? .null),
        ])
    }

    private static func schedule(_ actions: [ScheduledAction]) -> JSON {
        .array(
            actions.map { .object([("at", .string($0.at.text)), ("instances", Self.integer($0.instances))]) })
    }

    /// All of the settings: with `traffic` and `users_per_instance` they are what a run follows from.
    private static func settings(_ settings: ScalingSettings) -> JSON {
        .object([
            ("policies", .array(settings.policies.map { .string($0.rawValue) })),
            ("days", Self.integer(settings.days)),
            ("step_length", Self.number(settings.stepLength.seconds)),
            ("metric", .string(settings.metric.kind.rawValue)),
            ("metric_at_capacity", .number(settings.metric.atCapacity)),
            ("period", Self.number(settings.period.seconds)),
            ("pending", Self.number(settings.pending.seconds)),
            ("boot", Self.number(settings.boot.seconds)),
            ("app_start", Self.number(settings.appStart.seconds)),
            ("health_check", Self.number(settings.healthCheck.seconds)),
            ("warmup", Self.number(settings.warmup.seconds)),
            ("cooldown", Self.number(settings.cooldown.seconds)),
            ("drain", Self.number(settings.drain.seconds)),
            ("safety", .number(settings.safety)),
            ("minimum", settings.minimum.map(Self.integer) ?? .null),
            ("maximum", settings.maximum == ScalingLimit.instances ? .null : Self.integer(settings.maximum)),
            ("fixed", settings.fixed.map(Self.integer) ?? .null),
            ("refused_above", settings.refusedAbove.map { Self.number($0.value) } ?? .null),
            ("schedule", settings.schedule.map(Self.schedule) ?? .null),
            ("step", Self.step(settings.step)),
            (
                "target_tracking",
                .object([
                    ("target", .number(settings.targetTracking.target)),
                    ("out_after", Self.integer(settings.targetTracking.outPeriods)),
                    ("in_after", Self.integer(settings.targetTracking.inPeriods)),
                    ("low_share", .number(settings.targetTracking.lowShare)),
                ])
            ),
            (
                "predictive",
                .object([
                    ("target", .number(settings.predictive.target)),
                    ("prelaunch", Self.number(settings.predictive.prelaunch.seconds)),
                    ("above_maximum", settings.predictive.aboveMaximum.map { .number($0) } ?? .null),
                ])
            ),
            ("service", settings.queue.map(Self.service) ?? .null),
        ])
    }

    private static func step(_ step: StepScaling) -> JSON {
        func side(_ side: StepScaling.Side) -> JSON {
            .object([
                ("threshold", .number(side.threshold)),
                ("periods", Self.integer(side.periods)),
                (
                    "adjustments",
                    .array(
                        side.adjustments.map { adjustment in
                            .object([
                                ("lower", adjustment.lower.map { .number($0) } ?? .null),
                                ("upper", adjustment.upper.map { .number($0) } ?? .null),
                                ("amount", .number(adjustment.amount)),
                            ])
                        })
                ),
            ])
        }
        return .object([
            ("type", .string(step.type.rawValue)), ("at_least", Self.integer(step.minimumMagnitude)),
            ("out", side(step.out)), ("in", side(step.in)),
        ])
    }

    private static func run(_ run: ScalingRun, _ comparison: ScalingComparison) -> JSON {
        let queue = comparison.scenario.settings.queue
        var members: [(key: String, value: JSON)] = [("policy", .string(run.policy.kind.rawValue))]
        members.append(("recovers", .bool(!run.regions.contains { $0.summary.isOverAtEnd })))
        members.append(("keeps_reserve", .bool(comparison.keepsReserve(run))))
        members.append(("holds_objective", .bool(comparison.holds(run))))
        members += Self.summary(run.summary)
        members.append(("against_static", comparison.againstStatic(run).map { .number($0) } ?? .null))
        members.append((
            "slowest_response",
            queue?.response(users: run.summary.mostUsersPerInstance).map { .number($0.seconds) } ?? .null
        ))
        let regions = run.regions.map { part in
            JSON.object([("name", .string(part.region.name))] + Self.summary(part.summary))
        }
        members.append(("regions", .array(regions)))
        return .object(members)
    }

    private static func summary(_ summary: ScalingSummary) -> [(key: String, value: JSON)] {
        [
            ("average_instances", .number(summary.averageInstances)),
            ("peak_instances", Self.integer(summary.peakInstances)),
            ("fewest_instances", Self.integer(summary.fewestInstances)),
            ("instance_hours", .number(summary.instanceHours.value)),
            ("cost", .stringOrNull(summary.cost?.exactText)),
            ("cost_per_day", .stringOrNull(summary.costPerDay?.exactText)),
            ("time_over", Self.integer(summary.secondsOver)),
            ("longest_recovery", Self.integer(summary.longestRecoverySeconds)),
            ("time_without_instance", Self.integer(summary.secondsDead)),
            ("time_slow", Self.integer(summary.secondsSlow)),
            ("peak_users", .number(summary.peakDemand.value)),
            ("average_users", .number(summary.averageDemand.value)),
            ("demand_user_minutes", .number(summary.demandUserMinutes)),
            ("served_user_minutes", .number(summary.servedUserMinutes)),
            ("refused_user_minutes", .number(summary.refusedUserMinutes)),
            ("late_user_minutes", .number(summary.lateUserMinutes)),
            ("peak_refused", .number(summary.peakRefused.value)),
            ("most_users_per_instance", .number(summary.mostUsersPerInstance.value)),
            ("short_share", .number(summary.shortShare)),
            ("idle_share", .number(summary.idleShare)),
            ("refused_share", .number(summary.refusedShare)),
            ("under_accuracy", .number(summary.underAccuracy)),
            ("over_accuracy", .number(summary.overAccuracy)),
            ("under_timeshare", .number(summary.underTimeshare)),
            ("over_timeshare", .number(summary.overTimeshare)),
            ("activities", Self.integer(summary.activities)),
        ]
    }

    private static func integer(_ value: Int) -> JSON { .integer(UInt64(max(0, value))) }

    /// Whole numbers without a point.
    private static func number(_ value: Double) -> JSON {
        UInt64(exactly: value).map { .integer($0) } ?? .number(value)
    }
}

/// Instances over time as CSV: a row per step with the users, those needed, and those in service under each policy. A
/// simulation of more than `ScalingLimit.recordedSteps` has every second step, or every third, and so on.
public enum ScalingCSV {
    /// The whole file.
    public static func encode(_ comparison: ScalingComparison) -> [UInt8] {
        let steps = comparison.runs.first?.steps ?? []
        let runs = comparison.runs
        var output = CapacityCSV.line(["second", "users", "needed"] + runs.map(\.policy.kind.rawValue))
        for (index, step) in steps.enumerated() {
            let serving = runs.map { run in
                run.steps.indices.contains(index) ? String(run.steps[index].inService) : ""
            }
            output += CapacityCSV.line(
                [String(step.second), CapacityCSV.cell(step.demand.value), String(step.needed)] + serving)
        }
        return output
    }
}
