import Measure
import Units
import YAML

/// Objectives, the verdict, and what it rests on.
extension RunJSON {
    /// The word, what it rests on, and the exit code.
    static func verdict(_ verdict: RunVerdict, _ redactor: Redactor) -> JSON {
        Self.verdict(verdict.word, redactor.text(verdict.sentence), exit: verdict.exit)
    }

    /// A verdict of a run or of a search; the sentence is safe to write.
    public static func verdict(_ word: Verdict, _ sentence: String, exit: ExitCode) -> JSON {
        .object([
            ("word", .string(word.word)), ("sentence", .string(sentence)),
            ("exit", .integer(UInt64(exit.rawValue.magnitude))),
        ])
    }

    /// Users lost and timeouts while the generator stood still.
    static let pauses = Fields<OwnPauses>([
        .value("longest", \.longest), .value("holds_lost", \.holdsLost),
        .value("holds_lost_in_pause", \.holdsLostInPause), .value("timeouts_in_pause", \.timeoutsInPause),
    ])

    /// How busy the generator was.
    static let strain = Fields<Strain>([
        .value("worker", \.worker, absence: .damage), .value("steal", \.steal, absence: .damage),
        .value("quota", \.quota, absence: .damage),
    ])

    /// The objectives with their verdicts. What is read back are their texts and their windows: a record is judged
    /// anew.
    static let objectives = Field<RunRecord>(
        "slo", absence: .damage, isAtStart: true,
        write: { record, writing in
            .array(record.slo.map { Self.outcome.json($0, writing) })
        }
    ) { node, record, reading throws(ParseError) in
        guard let items = node.items, items.count <= Self.objectivesLimit else {
            throw ParseError("\"slo\" is no list of objectives")
        }
        for item in items {
            var outcome = SLOOutcome(text: "", verdict: .unknown, measured: nil)
            guard item["text"]?.text != nil else {
                throw ParseError("line \(item.line): an objective without a text")
            }
            try Self.outcome.read(item, into: &outcome, reading)
            record.slo.append(outcome)
        }
        return true
    }

    /// Objectives that are given, and those that apply without being given.
    private static let objectivesLimit = 128

    /// One objective: `unit` is the unit of `measured` and `lower`. In a run that goes on all but the text is null.
    private static let outcome = Fields<SLOOutcome>([
        .plainText("text", \.text, absence: .damage, isAtStart: true),
        .derived("verdict", isAtStart: true) { outcome, writing in
            writing.isStart ? .null : .string(outcome.verdict.word)
        },
        .derived("met", isAtStart: true) { outcome, writing in
            writing.isStart || outcome.verdict == .unknown ? .null : .bool(outcome.met)
        },
        .derived("measured", isAtStart: true) { outcome, _ in Self.value(outcome.measured).value },
        .derived("lower", isAtStart: true) { outcome, _ in Self.value(outcome.lower).value },
        .derived("unit", isAtStart: true) { outcome, _ in Self.value(outcome.measured ?? outcome.lower).unit },
        .flag("close", \.isClose, since: .unnamed),
        .derived("reason") { outcome, _ in outcome.why.map { .string($0) } },
        .object("windows", optional: \.windows, from: SLOOutcome.Windows(), Self.windows),
    ])

    /// Before a window could be undecided, it held or failed.
    private static let windows = Fields<SLOOutcome.Windows>([
        .value("held", \.held, absence: .damage),
        .value("failed", \.failed, since: .unnamed),
        .value("count", \.count, absence: .damage),
    ])

    private static func value(_ value: MeasuredValue?) -> (value: JSON, unit: JSON) {
        switch value {
        case .nanoseconds(let value): (.integer(value), .string("ns"))
        case .fraction(let value): (.number(value), .string("fraction"))
        case .count(let value): (.integer(value), .string("count"))
        case .rate(let value): (.number(value), .string("1/s"))
        case .bitsPerSecond(let value): (.number(value), .string("bit/s"))
        case nil: (.null, .null)
        }
    }
}
