import Measure
import Units

extension RunJSON {
    /// `"wall_clock"`, `"command_line"` and `"labels"`: when and how the run was made. Unknown values have no member.
    static func stamp(_ stamp: RunStamp, redactor: Redactor) -> [(key: String, value: JSON)] {
        var members: [(key: String, value: JSON)] = []
        if let start = stamp.start {
            members.append((
                "wall_clock",
                .object([
                    ("start", .integer(start)), ("end", .integerOrNull(stamp.end)),
                    ("start_utc", .stringOrNull(RunStamp.text(start))),
                    ("end_utc", .stringOrNull(stamp.end.flatMap(RunStamp.text))),
                ])
            ))
        }
        if !stamp.commandLine.isEmpty {
            members.append(("command_line", .array(stamp.commandLine.map { .string(redactor.text($0)) })))
        }
        if !stamp.labels.isEmpty {
            members.append(("labels", .object(stamp.labels.map { ($0.key, .string(redactor.text($0.value))) })))
        }
        return members
    }

    /// Members of `"hold"`: rates per second; null without a hold. Requests and bits are those due in the hold,
    /// sessions those that completed during it.
    static func rates(_ summary: RunSummary) -> [(key: String, value: JSON)] {
        let counters = summary.hold.counters
        func perSecond(_ count: UInt64) -> JSON {
            Quantity.perSecond(count, over: summary.holdDuration).map { .number($0) } ?? .null
        }
        func bits(_ bytes: UInt64) -> JSON {
            Quantity.perSecond(bytes, over: summary.holdDuration).map { .number($0 * 8) } ?? .null
        }
        return [
            ("requests_per_second", perSecond(counters.requestsOK &+ counters.requestsFailed)),
            ("sessions_per_second", perSecond(summary.holdSessionsCompleted)),
            ("received_bits_per_second", bits(counters.receivedSocket)),
            ("sent_bits_per_second", bits(counters.sentSocket)),
        ]
    }
}
