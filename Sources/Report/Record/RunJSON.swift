import Measure

/// run.json, schema headroom.run/1. Other programs may rely on its keys. Integers stay integers, times are
/// nanoseconds. What was not judged or not measured is absent or null, never zero.
public enum RunJSON {
    /// The name and version of the format.
    public static let schema = "headroom.run/1"

    /// A run at its start: the plan, its objectives, and the conditions; no results. An objective that is not judged
    /// yet has null for `met`.
    public static func encodeStart(
        plan: RunPlan, stamp: RunStamp = RunStamp(), objectives: [String],
        conditions: [(key: String, value: Condition)], redactor: Redactor
    ) -> [UInt8] {
        let head =
            Self.head(state: .running, plan: plan, redactor: redactor) + Self.stamp(stamp, redactor: redactor)
        let users = JSON.object([("asked", .integer(plan.usersAsked))])
        return JSONWriter.encode(
            .object(
                head + [
                    ("users", users), ("slo", .array(objectives.map(Self.unjudged))),
                    ("conditions", Self.conditions(conditions, redactor: redactor)),
                ]))
    }

    /// A finished run. Counts of the whole run are at the top; `hold`, `latency`, `slo` and `held` are about what was
    /// due inside the hold.
    public static func encode(_ summary: RunSummary, redactor: Redactor) -> [UInt8] {
        let total = summary.total
        let members: [(key: String, value: JSON)] =
            Self.head(state: summary.state, plan: summary.plan, redactor: redactor)
            + Self.stamp(summary.stamp, redactor: redactor) + Self.verdict(summary.verdict, redactor)
            + Self.validity(summary) + [
                ("requests", Self.requests(
                    total, inFlight: summary.requestsInFlightAtEnd, isBound: summary.neverStartedIsBound)),
                ("sessions", Self.sessions(total, inFlight: summary.sessionsInFlightAtEnd)),
                ("users", Self.users(summary)),
                ("connections", Self.connections(summary)),
                ("late", Self.late(total)),
                ("errors", Self.errors(total)),
                ("resent", Self.resent(total)),
                ("redirects", Self.redirects(total, example: summary.redirectExample, redactor: redactor)),
                ("addresses", Self.addresses(summary.addresses)),
                ("status", Self.status(total)),
                ("bytes", Self.bytes(total)),
                ("duration", .integer(summary.duration)),
            ] + Self.warmUp(summary.warmUpFound) + [
                ("hold", Self.hold(summary)),
            ] + Self.steadiness(summary.steadiness) + [
                ("latency", Self.latency(summary)),
                ("latency_all", Self.latencyOfAllAttempts(summary)),
            ] + Self.steps(summary, redactor: redactor) + Self.confidence(summary.confidence) + [
                ("slo", .array(summary.slo.map(Self.objective))),
                ("conditions", Self.conditions(summary.conditions, redactor: redactor)),
                ("stop_reason", .stringOrNull(summary.stopReason.map(redactor.text))),
                ("client", Self.client(summary)),
            ] + Self.grounds(summary) + Self.probe(summary.probe) + Self.target(summary.target) + Self.sources(summary)
        return JSONWriter.encode(.object(members))
    }

    /// The records of a union; empty for a run.
    private static func sources(_ summary: RunSummary) -> [(key: String, value: JSON)] {
        if summary.mergedFrom.isEmpty { return [] }
        let from: [(key: String, value: JSON)] = [
            ("merged_from", .array(summary.mergedFrom.map { .string($0) }))
        ]
        guard let merged = summary.merged else { return from }
        return from + [
            (
                "merged_as",
                .object([
                    ("reading", .string(merged.word)), ("given", .bool(merged.isGiven)),
                    ("notes", .array(merged.notes.map { .string($0) })),
                ])
            )
        ]
    }

    // MARK: What was asked

    private static func head(
        state: RunState, plan: RunPlan, redactor: Redactor
    ) -> [(key: String, value: JSON)] {
        [
            ("schema", .string(Self.schema)),
            ("state", .string(state.rawValue)),
            (
                "load",
                .object([
                    ("model", .string(plan.model)), ("pace", .string(plan.pace)),
                    ("connection", .string(plan.connection)),
                    ("tick", .integer(plan.tick)), ("streams", .integer(UInt64(plan.streams))),
                ])
            ),
            ("plan", Self.plan(plan, redactor: redactor)),
        ]
    }

    private static func plan(_ plan: RunPlan, redactor: Redactor) -> JSON {
        .object([
            ("name", .string(redactor.text(plan.name))),
            ("url", .string(redactor.text(plan.url))),
            ("session", .string(redactor.text(plan.session))),
            ("requests_per_session", .integer(plan.requestsPerSession)),
            ("users", .integer(plan.usersAsked)),
            ("threads", .integer(UInt64(max(0, plan.threads)))),
            ("ramp", .integer(plan.ramp)), ("burst", .number(plan.burst)),
            ("warmup", .integer(plan.warmup)),
            ("hold", .integerOrNull(plan.hold)),
            ("sessions", .integerOrNull(plan.sessions)),
            ("seed", .integer(plan.seed)),
        ] + Self.seeds(plan) + Self.strict(plan) + Self.autoWarmup(plan) + Self.plannedSteps(plan, redactor: redactor))
    }

    private static func conditions(
        _ conditions: [(key: String, value: Condition)], redactor: Redactor
    ) -> JSON {
        .object(
            conditions.map { condition in
                switch condition.value {
                case .text(let text): (condition.key, .string(redactor.text(text)))
                case .number(let number): (condition.key, .integer(number))
                case .list(let list): (condition.key, .array(list.map { .string(redactor.text($0)) }))
                }
            })
    }

    // MARK: What was counted

    /// `isBound`: `never_started` is a lower bound; written only if so.
    private static func requests(_ counters: Counters, inFlight: UInt64, isBound: Bool) -> JSON {
        .object([
            ("started", .integer(counters.requestsStarted)),
            ("ok", .integer(counters.requestsOK)),
            ("failed", .integer(counters.requestsFailed)),
            ("in_flight_at_end", .integer(inFlight)),
            ("never_started", .integer(counters.neverStarted)),
        ] + (isBound ? [("never_started_is_lower_bound", .bool(true))] : []))
    }

    /// `due`: the sessions that the plan of an open load had due; absent in a closed one.
    private static func sessions(_ counters: Counters, inFlight: UInt64, due: UInt64? = nil) -> JSON {
        .object([
            ("started", .integer(counters.sessionsStarted)),
            ("completed", .integer(counters.sessionsCompleted)),
            ("failed", .integer(counters.sessionsFailed)),
            ("in_flight_at_end", .integer(inFlight)),
        ] + (due.map { [("due", .integer($0))] } ?? []))
    }

    private static func users(_ summary: RunSummary) -> JSON {
        .object([
            ("asked", .integer(summary.plan.usersAsked)),
            ("established", .integer(summary.usersEstablished)),
            ("held", Self.held(summary.usersHeld, plan: summary.plan)),
            ("reconnects", .integer(summary.total.reconnects)),
            ("holds_lost", .integer(summary.total.holdsLost)),
            ("unanswered_after_settle", .integer(summary.settleShortfall)),
            ("settled", .string(summary.settled.name)),
            ("held_after", .integerOrNull(summary.state == .partial ? nil : summary.heldAfter)),
        ])
    }

    private static func connections(_ summary: RunSummary) -> JSON {
        .object([
            ("opened", .integer(summary.total.connectionsOpened)),
            ("kept", summary.state == .partial ? .null : .integer(summary.connectionsAdopted)),
            (
                "tls",
                .object([
                    ("handshakes", .integer(summary.total.handshakes)),
                    ("resumed", .integer(summary.total.handshakesResumed)),
                ])
            ),
            ("held", Self.held(summary.connectionsHeld, plan: summary.plan)),
            ("ended_in_silence", Self.endedInSilence(summary.total)),
            ("faults", Self.connectionFaults(summary.total)),
            ("longest_silence", summary.state == .partial ? .null : .integer(summary.longestSilence)),
            ("longest_pause", summary.state == .partial ? .null : .integer(summary.longestPause)),
        ])
    }

    /// Connections that the server ended while no request was on them, and their average silence.
    private static func endedInSilence(_ counters: Counters) -> JSON {
        .object([
            ("count", .integer(counters.silentEnds)),
            ("mean_silence", .integerOrNull(counters.meanSilence)),
        ])
    }

    /// Connections that ended with an error or could not be made, and failed no request: only classes that occurred.
    private static func connectionFaults(_ counters: Counters) -> JSON {
        .object(
            ErrorClass.allCases.filter { counters.connectionFaults($0) > 0 }.map {
                ($0.name, .integer(counters.connectionFaults($0)))
            })
    }

    private static func held(_ held: Held, plan: RunPlan) -> JSON {
        .object([
            ("lowest", .integer(held.lowestSeen)),
            ("mean", .number(held.mean)),
            ("highest", .integer(plan.highest(of: held))),
        ])
    }

    /// Only classes that occurred; their sum is `requests.failed`.
    private static func errors(_ counters: Counters) -> JSON {
        .object(
            ErrorClass.allCases.filter { counters.failed($0) > 0 }.map {
                ($0.name, .integer(counters.failed($0)))
            })
    }

    /// Every cause, also those that never occurred: each is a promise to count it.
    static func resent(_ counters: Counters) -> JSON {
        .object(ResentCause.allCases.map { ($0.name, .integer(counters.resent($0))) })
    }

    private static func status(_ counters: Counters) -> JSON {
        .object((0..<5).map { ("\($0 + 1)xx", .integer(counters.status[$0])) })
    }

    private static func bytes(_ counters: Counters) -> JSON {
        .object([
            (
                "received",
                .object([
                    ("body", .integer(counters.receivedBody)), ("header", .integer(counters.receivedHeader)),
                    ("socket", .integer(counters.receivedSocket)),
                ])
            ),
            (
                "sent",
                .object([
                    ("body", .integer(counters.sentBody)), ("header", .integer(counters.sentHeader)),
                    ("socket", .integer(counters.sentSocket)),
                ])
            ),
        ])
    }

    private static func hold(_ summary: RunSummary) -> JSON {
        let counters = summary.hold.counters
        return .object([
            ("duration", .integer(summary.holdDuration)),
        ] + Self.rates(summary) + [
            ("requests", Self.requests(
                    counters, inFlight: summary.holdRequestsInFlightAtEnd, isBound: summary.neverStartedIsBound)),
            (
                "sessions",
                Self.sessions(
                    counters, inFlight: summary.holdSessionsInFlightAtEnd,
                    due: summary.plan.isOpen ? summary.holdSessionsDue : nil)
            ),
            ("late", Self.late(counters)),
            ("errors", Self.errors(counters)),
            ("resent", Self.resent(counters)),
            ("redirects", .object(Self.redirectCounts(counters))),
            ("status", Self.status(counters)),
            ("bytes", Self.bytes(counters)),
        ])
    }
}
