import Measure
import Units
import Workload
import YAML

/// What was asked for, and how the run was made.
extension RunJSON {
    static let load = Fields<RunRecord>([
        .word("model", \.plan.model, absence: .damage, isAtStart: true),
        .plainText("pace", \.plan.pace.text, absence: .damage, isAtStart: true),
        .value("planned", \.plan.pace.isPlanned, since: .named, isAtStart: true),
        .value("all_at_once", \.plan.pace.isStorm, since: .named, isAtStart: true),
        .value("constant", \.plan.pace.isConstant, since: .named, isAtStart: true),
        .optional("requests_per_second", \.plan.pace.requestsPerSecond, since: .named, isAtStart: true),
        .object(
            "arrivals", optional: \.plan.pace.arrivals, from: LoadPace.Arrivals(process: "", sessionsPerSecond: 0),
            since: .named, isAtStart: true, Self.arrivals),
        .word("connection", optional: \.plan.connection, isAtStart: true),
        .value("tick", \.plan.tick, absence: .none, isAtStart: true),
        .value("streams", \.plan.streams, absence: .none, isAtStart: true),
    ])

    private static let arrivals = Fields<LoadPace.Arrivals>([
        .plainText("process", \.process, absence: .damage, isAtStart: true),
        .value("sessions_per_second", \.sessionsPerSecond, absence: .damage, isAtStart: true),
    ])

    static let plan = Fields<RunRecord.Plan>([
        .text("name", \.name, absence: .damage, isAtStart: true),
        .text("url", \.url, absence: .damage, isAtStart: true),
        .text("session", \.session, absence: .damage, isAtStart: true),
        .value("requests_per_session", \.requestsPerSession, absence: .damage, isAtStart: true),
        .value("users", \.usersAsked, absence: .damage, isAtStart: true),
        .value("threads", \.threads, absence: .damage, isAtStart: true),
        .value("ramp", \.ramp, absence: .damage, isAtStart: true),
        .value("burst", \.burst, since: .unnamed, absence: .none, isAtStart: true),
        .value("warmup", \.warmup, absence: .damage, isAtStart: true),
        .optional("hold", \.hold, isAtStart: true),
        .optional("sessions", \.sessions, isAtStart: true),
        .value("seed", \.seed, absence: .damage, isAtStart: true),
        .integers("seeds", \.seeds, limit: Self.mergedLimit, since: .unnamed),
        .flag("strict", \.isStrict, since: .unnamed, isAtStart: true),
        .flag("warmup_auto", \.warmupIsAuto, isAtStart: true),
        Self.plannedSteps,
    ])

    /// The steps that are recorded apart, and the words for them in objectives; no member if there are none.
    private static let plannedSteps = Field<RunRecord.Plan>(
        "steps", absence: .none, isAtStart: true,
        write: { plan, writing in
            plan.steps.isEmpty ? nil : .array(plan.steps.map { Self.step.json($0, writing) })
        }
    ) { node, plan, reading throws(ParseError) in
        guard let items = node.items, items.count <= Profile.recordedStepsLimit else {
            throw ParseError("line \(node.line): \"steps\" is no list of at most \(Profile.recordedStepsLimit)")
        }
        for item in items {
            var step = RunRecord.Plan.Step(number: 0, title: "", words: [])
            try Self.step.read(item, into: &step, reading)
            guard (1...Profile.stepsLimit).contains(step.number), step.number > plan.steps.last?.number ?? 0 else {
                throw ParseError("line \(item.line): \"steps\" are in the order of their numbers, from 1")
            }
            plan.steps.append(step)
        }
        return true
    }

    private static let step = Fields<RunRecord.Plan.Step>([
        .value("number", \.number, absence: .damage, isAtStart: true),
        .text("title", \.title, absence: .damage, isAtStart: true),
        .texts("words", \.words, limit: Self.stepWordsLimit, isOmitted: false, isAtStart: true),
    ])

    /// Words for one step in objectives.
    private static let stepWordsLimit = 1_024

    /// `"wall_clock"`, `"command_line"`, `"options"` and `"labels"`. Unknown values have no member.
    static let stamp: [Field<RunRecord>] = [
        Field(
            "wall_clock", since: .unnamed, absence: .none, isAtStart: true,
            write: { record, writing in
                record.stamp.start == nil ? nil : Self.wallClock.json(record.stamp, writing)
            }
        ) { node, record, reading throws(ParseError) in
            guard node.members != nil else { return false }
            try Self.wallClock.read(node, into: &record.stamp, reading)
            return true
        },
        .texts(
            "command_line", \.stamp.commandLine, limit: RunStamp.wordsLimit, since: .unnamed, isAtStart: true),
        .labels("options", \.stamp.options, limit: Self.optionsLimit, since: .named),
        .labels("labels", \.stamp.labels, limit: RunStamp.labelsLimit, since: .unnamed),
    ]

    private static let wallClock = Fields<RunStamp>([
        .optional("start", \.start, isAtStart: true),
        .optional("end", \.end, isAtStart: true),
        .derived("start_utc", isAtStart: true) { stamp, _ in .stringOrNull(stamp.start.flatMap(RunStamp.text)) },
        .derived("end_utc", isAtStart: true) { stamp, _ in .stringOrNull(stamp.end.flatMap(RunStamp.text)) },
    ])

    /// Most options that are read: more than there are.
    private static let optionsLimit = 1_024

    /// Values of a kind that headroom does not write are skipped.
    static let conditions = Field<RunRecord>(
        "conditions", absence: .none, isAtStart: true,
        write: { record, writing in
            .object(
                record.conditions.map { condition in
                    let redactor = writing.redactor
                    return switch condition.value {
                    case .text(let text): (condition.key, .string(redactor.text(text)))
                    case .number(let number): (condition.key, .integer(number))
                    case .list(let list): (condition.key, .array(list.map { .string(redactor.text($0)) }))
                    }
                })
        }
    ) { node, record, _ in
        record.conditions = (node.members ?? []).compactMap { key, node in
            if let text = node.text { return (key, .text(text)) }
            if let integer = node.integer { return (key, .number(integer)) }
            return node.items.map { (key, .list($0.compactMap(\.text))) }
        }
        return true
    }

    static let merged = Fields<MergeReading>([
        .plainText("reading", \.word, absence: .damage),
        .value("given", \.isGiven, absence: .damage),
        .texts("notes", \.notes, limit: MergeReading.notesLimit, isOmitted: false),
    ])
}

extension Field {
    /// A text of headroom's own, without a secret.
    static func plainText(
        _ name: String, _ path: any WritableKeyPath<Value, String> & Sendable, absence: Absence = .unknown,
        isAtStart: Bool = false
    ) -> Field {
        Field(name, absence: absence, isAtStart: isAtStart, write: { value, _ in .string(value[keyPath: path]) })
        { node, value, _ in
            guard let text = node.text else { return false }
            value[keyPath: path] = text
            return true
        }
    }

    /// A list of whole numbers; no member where it is empty.
    static func integers(
        _ name: String, _ path: any WritableKeyPath<Value, [UInt64]> & Sendable, limit: Int, since: Revision
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: true,
            write: { value, _ in
                let integers = value[keyPath: path]
                return integers.isEmpty ? nil : .array(integers.map { .integer($0) })
            }
        ) { node, value, _ in
            guard let items = node.items else { return false }
            value[keyPath: path] = items.prefix(limit).compactMap(\.integer)
            return true
        }
    }

    /// Keys with a text each, as an object; no member where there are none.
    static func labels(
        _ name: String, _ path: any WritableKeyPath<Value, [RunStamp.Label]> & Sendable, limit: Int, since: Revision
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: true,
            write: { value, writing in
                let labels = value[keyPath: path]
                return labels.isEmpty
                    ? nil : .object(labels.map { ($0.key, .string(writing.redactor.text($0.value))) })
            }
        ) { node, value, _ in
            guard let members = node.members else { return false }
            value[keyPath: path] = members.prefix(limit).compactMap { key, node in
                node.text.map { RunStamp.Label(key: key, value: $0) }
            }
            return true
        }
    }
}
