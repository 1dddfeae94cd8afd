import Measure
import Units
import YAML

/// run.json, schema headroom.run/1. Other programs may rely on its keys. Integers stay integers, times are
/// nanoseconds. What was not judged or not measured is absent or null, never zero.
///
/// Each member is declared once, as a `Field`: it is written and read back from that declaration.
public enum RunJSON {
    /// The name and version of the format.
    public static let schema = "headroom.run/1"

    /// A run that goes on: its plan, its objectives and the conditions; no results. An objective that is not judged yet
    /// has null for `met`.
    public static func encodeStart(_ record: RunRecord, objectives: [String], redactor: Redactor) -> [UInt8] {
        var record = record
        record.state = .running
        record.slo = objectives.map { SLOOutcome(text: $0, verdict: .unknown, measured: nil) }
        return JSONWriter.encode(Self.fields.json(record, FieldWriting(redactor: redactor, isStart: true)))
    }

    /// A finished run. Counts of the whole run are at the top; `hold`, `latency`, `slo` and `held` are about what was
    /// due inside the hold.
    public static func encode(_ record: RunRecord, redactor: Redactor) -> [UInt8] {
        JSONWriter.encode(
            Self.fields.json(record, FieldWriting(redactor: redactor, unknown: record.unknown)))
    }

    /// What a run.json says, and what in it is not known here.
    public struct Decoded {
        /// Without what the other files hold: counts and distributions are empty.
        public var record: RunRecord
        /// The revision that it was written with; nil where it does not name one.
        public var revision: UInt64?
        /// Members that this version does not know, by their paths, in order.
        public var unexpected: [String]
        /// Members that every record of its revision has and this one does not, by their paths, in order.
        public var removed: [String]
    }

    /// Reads the bytes of a run.json. Throws what is wrong with them.
    public static func decode(_ bytes: [UInt8]) throws(ParseError) -> Decoded {
        let root = try DataNode.read(bytes, kind: "record")
        guard let schema = root["schema"]?.text else { throw ParseError("no member \"schema\": not a record") }
        guard schema == Self.schema else {
            throw ParseError(
                "its schema is \(TerminalText.quoted(schema)), and \(Self.schema) is what is read here: use the "
                    + "headroom that wrote it")
        }
        guard root["state"]?.text.flatMap(RunState.init) != nil else {
            throw ParseError("\"state\" is none of running, complete, interrupted, partial")
        }
        let blank = RunRecord.Plan(
            name: "", url: "", session: "", requestsPerSession: 0, model: .closed,
            pace: LoadPace(text: "", isPlanned: false, isConstant: false), connection: nil, usersAsked: 0, threads: 0,
            ramp: 0, warmup: 0, hold: nil, sessions: nil, seed: 0)
        var record = RunRecord(state: .partial, plan: blank)
        let notes = FieldNotes()
        try Self.fields.read(root, into: &record, FieldReading(notes: notes))
        if !record.mergedFrom.isEmpty, let path = Self.ofUnions.first(where: notes.absent.contains) {
            throw ParseError("no \"\(path)\", which only the run.json of a union has")
        }
        record.unknown = notes.missing
        OlderRecord.complete(&record)
        let revision = root["revision"]?.integer
        let own = revision ?? Revision.first.rawValue
        // The run.json of a run that goes on has no results yet.
        let leftOut = record.state == .running ? [] : notes.leftOut
        return Decoded(
            record: record, revision: revision, unexpected: notes.unexpected,
            removed: leftOut.filter { $0.since.rawValue <= own }.map(\.path))
    }

    /// What does not follow from the rows of a union.
    private static let ofUnions = [
        "duration", "hold", "hold.duration", "users", "users.established", "users.held",
        "users.unanswered_after_settle", "connections", "connections.held", "requests", "requests.in_flight_at_end",
    ]

    /// All members, in order.
    static let fields = Fields<RunRecord>(
        [
            .derived("schema", isAtStart: true) { _, _ in .string(Self.schema) },
            .derived("revision", isAtStart: true) { _, _ in .integer(Revision.current.rawValue) },
            .word("state", \.state, absence: .damage, isAtStart: true),
            .group("load", absence: .damage, isAtStart: true, Self.load),
            .object("plan", \.plan, absence: .damage, isAtStart: true, Self.plan),
        ] + Self.stamp + [
            .derived("verdict") { record, writing in record.verdict.map { Self.verdict($0, writing.redactor) } },
            .derived("validity") { record, _ in Self.validity(record) },
            .group("requests", Self.requests),
            .derived("sessions") { record, writing in
                Self.sessions(record, .total, inFlight: record.outcome.sessionsInFlight.total, writing)
            },
            .group("users", isAtStart: true, Self.users),
            .group("connections", Self.connections),
            .derived("late") { record, writing in Self.late(record, .total, writing) },
            .derived("errors") { record, _ in Self.errors(record.total) },
            .derived("resent") { record, writing in Self.resent(record, .total, writing) },
            .group("redirects", Self.redirects),
            .list(
                "addresses", \.outcome.addresses, of: AddressCount(address: ""), limit: Self.addressLimit,
                Self.address),
            .derived("status") { record, _ in Self.status(record.total) },
            .derived("bytes") { record, _ in Self.bytes(record.total) },
            .value("duration", \.outcome.duration, absence: .none),
            .derived("warmup") { record, _ in Self.warmUp(record.outcome.warmUpFound) },
            .group("hold", Self.hold),
            .object("steadiness", optional: \.outcome.steadiness, from: Self.blankSteadiness, Self.steadiness),
            .derived("latency") { record, _ in Self.latency(record) },
            .derived("latency_all") { record, _ in Self.latencyOfAllAttempts(record) },
            .derived("steps") { record, writing in Self.steps(record, redactor: writing.redactor) },
            .derived("confidence") { record, _ in record.confidence.map(Self.confidence) },
            Self.objectives,
            Self.conditions,
            .text("stop_reason", optional: \.outcome.stopReason),
            Self.client,
            .object("own_pauses", \.outcome.pauses, since: .unnamed, absence: .unknown, Self.pauses),
            .object("strain", optional: \.outcome.strain, from: Strain(worker: 0, steal: 0, quota: 0), Self.strain),
            .flag("aborted", \.outcome.isAborted),
            .optional("signal", \.outcome.signalNumber, isOmitted: true),
            .object("probe", optional: \.probe, from: ProbeResult(rate: 0), Self.probe),
            .object("target", optional: \.target, from: TargetUsage(cpu: 0, busiestCore: 0), Self.target),
            .texts("merged_from", \.mergedFrom, limit: Self.mergedLimit),
            .object(
                "merged_as", optional: \.merged, from: MergeReading(isTogether: true, isGiven: false), Self.merged),
        ])

    /// A name has no more addresses than a run takes; a union has not many times that.
    private static let addressLimit = 4_096
    /// Records of a union, and seeds of them: no union has as many.
    static let mergedLimit = 65_536
}

extension RunRecord.Outcome {
    /// The number of the signal as run.json has it.
    fileprivate var signalNumber: UInt64? {
        get { self.signal.map { UInt64($0.magnitude) } }
        set { self.signal = newValue.map { Int32(clamping: $0) } }
    }
}
