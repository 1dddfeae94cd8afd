import Measure
import Units
import YAML

/// Which counters a member is about.
struct CountScope: Sendable {
    /// In front of the names of their columns.
    let prefix: String
    let counters: any KeyPath<RunRecord, Counters> & Sendable

    /// The whole run.
    static let total = CountScope(prefix: "", counters: \.total)
    /// Requests due in the hold.
    static let hold = CountScope(prefix: "hold_", counters: \.hold.counters)

    /// A count; null where the record does not have it.
    func json(_ counter: Counter, _ record: RunRecord, _ writing: FieldWriting) -> JSON {
        writing.unknown.contains(self.prefix + counter.name) ? .null : .integer(record[keyPath: self.counters][counter])
    }
}

extension Field where Value == RunRecord {
    /// A count, from the column of intervals.csv.
    static func count(_ name: String, _ counter: Counter, of scope: CountScope) -> Field {
        .derived(name) { record, writing in scope.json(counter, record, writing) }
    }
}

/// What was counted.
extension RunJSON {
    static let requests = Fields<RunRecord>(
        Self.requests(.total) + [
            .value("in_flight_at_end", \.outcome.requestsInFlight.total, absence: .none),
            .count("never_started", .neverStarted, of: .total),
            // `never_started` is a lower bound; written only if so.
            .flag("never_started_is_lower_bound", \.outcome.neverStartedIsBound, since: .unnamed),
        ])

    private static let holdRequests = Fields<RunRecord>(
        Self.requests(.hold) + [
            .derived("in_flight_at_end") { record, _ in .integer(record.outcome.requestsInFlight.hold) },
            .count("never_started", .neverStarted, of: .hold),
            .derived("never_started_is_lower_bound") { record, _ in
                record.outcome.neverStartedIsBound ? .bool(true) : nil
            },
        ])

    private static func requests(_ scope: CountScope) -> [Field<RunRecord>] {
        [
            .count("started", .requestsStarted, of: scope), .count("ok", .requestsOK, of: scope),
            .derived("failed") { record, _ in .integer(record[keyPath: scope.counters].requestsFailed) },
        ]
    }

    /// `due`: the sessions that the plan of an open load had due; no member in a closed one.
    static func sessions(
        _ record: RunRecord, _ scope: CountScope, inFlight: UInt64, due: UInt64? = nil, _ writing: FieldWriting
    ) -> JSON {
        .object([
            ("started", scope.json(.sessionsStarted, record, writing)),
            ("completed", scope.json(.sessionsCompleted, record, writing)),
            ("failed", scope.json(.sessionsFailed, record, writing)),
            ("in_flight_at_end", .integer(inFlight)),
        ] + (due.map { [("due", .integer($0))] } ?? []))
    }

    static let users = Fields<RunRecord>([
        .derived("asked", isAtStart: true) { record, _ in .integer(record.plan.usersAsked) },
        .value("established", \.outcome.usersEstablished, absence: .none),
        Self.held(\.outcome.usersHeld),
        .count("reconnects", .reconnects, of: .total),
        .count("holds_lost", .holdsLost, of: .total),
        .value("unanswered_after_settle", \.outcome.settleShortfall, absence: .none),
        .named("settled", \.outcome.settled, \.name, since: .unnamed, absence: .none),
        .optional("held_after", \.outcome.heldAfter),
    ])

    static let connections = Fields<RunRecord>([
        .count("opened", .connectionsOpened, of: .total),
        .optional("kept", \.outcome.connectionsAdopted),
        .group(
            "tls",
            Fields([
                .count("handshakes", .handshakes, of: .total),
                .count("resumed", .handshakesResumed, of: .total),
            ])),
        Self.held(\.outcome.connectionsHeld),
        .derived("ended_in_silence") { record, writing in
            let scope = CountScope.total
            let isKnown = !writing.unknown.contains(Counter.silence.name)
            return .object([
                ("count", scope.json(.silentEnds, record, writing)),
                ("mean_silence", .integerOrNull(isKnown ? record.total.meanSilence : nil)),
            ])
        },
        .derived("faults") { record, _ in Self.connectionFaults(record.total) },
        .optional("longest_silence", \.outcome.longestSilence),
        .optional("longest_pause", \.outcome.longestPause),
    ])

    /// A level that was held. Only the mean is used again, and it must not be rounded: a duration of one nanosecond
    /// keeps it as it is.
    private static func held(_ path: any WritableKeyPath<RunRecord, Held> & Sendable) -> Field<RunRecord> {
        Field(
            "held", absence: .none,
            write: { record, _ in
                let held = record[keyPath: path]
                return .object([
                    ("lowest", .integer(held.lowestSeen)), ("mean", .number(held.mean)),
                    ("highest", .integer(record.plan.highest(of: held))),
                ])
            }
        ) { node, record, _ in
            guard let lowest = node["lowest"]?.integer, let highest = node["highest"]?.integer,
                let mean = node["mean"]?.number, mean >= 0
            else { return false }
            record[keyPath: path] = Held(lowest: lowest, highest: highest, area: mean, duration: 1)
            return true
        }
    }

    /// Planned starts that were late, by cause.
    static func late(_ record: RunRecord, _ scope: CountScope, _ writing: FieldWriting) -> JSON {
        .object([
            ("server", scope.json(.lateServer, record, writing)),
            ("generator", scope.json(.lateGenerator, record, writing)),
            ("never_started", scope.json(.neverStarted, record, writing)),
            ("never_started_server", scope.json(.neverStartedServer, record, writing)),
        ])
    }

    /// Only classes that occurred; their sum is `requests.failed`. `not_known`: classes of a newer headroom.
    static func errors(_ counters: Counters) -> JSON {
        let others = counters.failuresNotKnown
        return .object(
            ErrorClass.allCases.filter { counters.failed($0) > 0 }.map {
                ($0.name, .integer(counters.failed($0)))
            } + (others > 0 ? [("not_known", .integer(others))] : []))
    }

    /// Connections that ended with an error or could not be made, and failed no request: only classes that occurred.
    private static func connectionFaults(_ counters: Counters) -> JSON {
        .object(
            ErrorClass.allCases.filter { counters.connectionFaults($0) > 0 }.map {
                ($0.name, .integer(counters.connectionFaults($0)))
            })
    }

    /// Every cause, also those that never occurred: each is a promise to count it.
    static func resent(_ record: RunRecord, _ scope: CountScope, _ writing: FieldWriting) -> JSON {
        .object(ResentCause.allCases.map { ($0.name, scope.json(.resent($0), record, writing)) })
    }

    /// The same of several runs.
    public static func resent(_ counters: Counters) -> JSON {
        .object(ResentCause.allCases.map { ($0.name, .integer(counters.resent($0))) })
    }

    /// Redirects that no `expect` names, by status; those that were followed; and the first one as an example, null if
    /// there was none.
    static let redirects = Fields<RunRecord>(
        Self.redirectCounts(.total) + [
            .object(
                "example", optional: \.outcome.redirectExample,
                from: RedirectExample(status: 0, request: "", location: nil), isNull: true, Self.redirectExample)
        ])

    private static func redirectCounts(_ scope: CountScope) -> [Field<RunRecord>] {
        RedirectStatus.allCases.map { .count("\($0.code)", .redirected($0), of: scope) }
            + [.count("followed", .redirectsFollowed, of: scope)]
    }

    private static let redirectExample = Fields<RedirectExample>([
        .value("status", \.statusNumber, absence: .damage),
        .foreign("request", \.request),
        Field(
            "location", absence: .none,
            write: { example, writing in
                .stringOrNull(example.location.map { TerminalText.sanitised(writing.redactor.text($0)) })
            }
        ) { node, example, _ in
            example.location = node.text.map(TerminalText.plain)
            return true
        },
    ])

    /// The same of several runs.
    public static func redirects(_ detours: Detours, redactor: Redactor) -> JSON {
        .object(
            RedirectStatus.allCases.map { ("\($0.code)", .integer(detours.counters.redirected($0))) }
                + [
                    ("followed", .integer(detours.counters.redirectsFollowed)),
                    (
                        "example",
                        detours.redirectExample.map {
                            Self.redirectExample.json($0, FieldWriting(redactor: redactor))
                        } ?? .null
                    ),
                ])
    }

    /// What each address got; empty if that is not known, as after a kill.
    static let address = Fields<AddressCount>([
        .foreign("address", \.address), .value("connections", \.connections, absence: .damage),
        .value("failed", \.failed), .value("requests", \.requests, absence: .damage),
    ])

    /// The same of several runs.
    public static func addresses(_ addresses: [AddressCount], redactor: Redactor) -> JSON {
        .array(addresses.map { Self.address.json($0, FieldWriting(redactor: redactor)) })
    }

    static func status(_ counters: Counters) -> JSON {
        .object((0..<5).map { ("\($0 + 1)xx", .integer(counters.status[$0])) })
    }

    static func bytes(_ counters: Counters) -> JSON {
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

    static let hold = Fields<RunRecord>([
        .value("duration", \.outcome.holdDuration, absence: .none),
        .derived("requests_per_second") { record, _ in
            let counters = record.hold.counters
            return Self.perSecond(counters.requestsOK &+ counters.requestsFailed, record)
        },
        .derived("sessions_per_second") { record, _ in Self.perSecond(record.outcome.holdSessionsCompleted, record) },
        .derived("received_bits_per_second") { record, _ in Self.bits(record.hold.counters.receivedSocket, record) },
        .derived("sent_bits_per_second") { record, _ in Self.bits(record.hold.counters.sentSocket, record) },
        .group("requests", Self.holdRequests),
        .derived("sessions") { record, writing in
            Self.sessions(
                record, .hold, inFlight: record.outcome.sessionsInFlight.hold,
                due: record.plan.isOpen ? record.outcome.holdSessionsDue : nil, writing)
        },
        .derived("late") { record, writing in Self.late(record, .hold, writing) },
        .derived("errors") { record, _ in Self.errors(record.hold.counters) },
        .derived("resent") { record, writing in Self.resent(record, .hold, writing) },
        .group("redirects", Fields(Self.redirectCounts(.hold))),
        .derived("status") { record, _ in Self.status(record.hold.counters) },
        .derived("bytes") { record, _ in Self.bytes(record.hold.counters) },
    ])

    /// Rates per second; null without a hold. Requests and bits are those due in the hold, sessions those that
    /// completed during it.
    private static func perSecond(_ count: UInt64, _ record: RunRecord) -> JSON {
        Quantity.perSecond(count, over: record.outcome.holdDuration).map { .number($0) } ?? .null
    }

    private static func bits(_ bytes: UInt64, _ record: RunRecord) -> JSON {
        Quantity.perSecond(bytes, over: record.outcome.holdDuration).map { .number($0 * 8) } ?? .null
    }
}

extension RedirectExample {
    fileprivate var statusNumber: UInt64 {
        get { UInt64(self.status) }
        set { self.status = UInt16(clamping: newValue) }
    }
}
