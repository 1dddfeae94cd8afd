import Measure

/// intervals.csv: one row per interval of a run, all workers together. Times are nanoseconds; a latency cell
/// is empty where the interval saw no successful request; the means of what was held have three decimals.
public enum IntervalsCSV {
    /// The first line, newline included.
    public static let header: [UInt8] = Self.line(Self.columns.map { $0.name })

    /// One interval, newline included: to be written with one `write`.
    public static func row(_ row: IntervalRow) -> [UInt8] { Self.line(Self.columns.map { $0.cell(row) }) }

    /// A column: its name and how its cell is made.
    private struct Column: Sendable {
        let name: String
        let cell: @Sendable (IntervalRow) -> String

        init(_ name: String, text: @escaping @Sendable (IntervalRow) -> String) {
            self.name = name
            self.cell = text
        }

        init(_ name: String, _ integer: @escaping @Sendable (IntervalRow) -> UInt64) {
            self.init(name, text: { String(integer($0)) })
        }
    }

    private static let columns: [Column] =
        Self.time + Self.requests + Self.bytes + Self.connections + Self.held + Self.latency

    private static let time = [
        Column("start") { $0.start },
        Column("end") { $0.end },
        Column("phase", text: { CSVCell.escaped($0.phase.name) }),
    ]

    private static let requests =
        [
            Column("in_flight_at_start") { $0.inFlightAtStart },
            Column("in_flight_at_end") { $0.inFlightAtEnd },
            Column("requests_started") { $0.counters.requestsStarted },
            Column("requests_ok") { $0.counters.requestsOK },
            Column("requests_failed") { $0.counters.requestsFailed },
            Column("requests_never_started") { $0.counters.neverStarted },
            Column("stale_retries") { $0.counters.staleRetries },
            Column("sessions_started") { $0.counters.sessionsStarted },
            Column("sessions_completed") { $0.counters.sessionsCompleted },
            Column("sessions_failed") { $0.counters.sessionsFailed },
        ]
        + (0..<5).map { index in Column("status_\(index + 1)xx") { $0.counters.status[index] } }
        + ErrorClass.allCases.map { error in Column("error_\(error.name)") { $0.counters.failed(error) } }

    private static let bytes = [
        Column("received_body") { $0.counters.receivedBody },
        Column("received_header") { $0.counters.receivedHeader },
        Column("received_socket") { $0.counters.receivedSocket },
        Column("sent_body") { $0.counters.sentBody },
        Column("sent_header") { $0.counters.sentHeader },
        Column("sent_socket") { $0.counters.sentSocket },
    ]

    private static let connections = [
        Column("connections_opened") { $0.counters.connectionsOpened },
        Column("reconnects") { $0.counters.reconnects },
        Column("holds_lost") { $0.counters.holdsLost },
    ]

    private static let held = [
        Column("users_established") { $0.established },
        Column("users_held_lowest") { $0.usersHeld.lowestSeen },
        Column("users_held_mean", text: { Self.decimal($0.usersHeld.mean) }),
        Column("users_held_highest") { $0.usersHeld.highest },
        Column("connections_held_lowest") { $0.connectionsHeld.lowestSeen },
        Column("connections_held_mean", text: { Self.decimal($0.connectionsHeld.mean) }),
        Column("connections_held_highest") { $0.connectionsHeld.highest },
    ]

    private static let latency = [
        Column("response_p50", text: { Self.latency($0.responseP50, of: $0.responseMaximum) }),
        Column("response_p99", text: { Self.latency($0.responseP99, of: $0.responseMaximum) }),
        Column("response_max", text: { Self.latency($0.responseMaximum, of: $0.responseMaximum) }),
        Column("service_p50", text: { Self.latency($0.serviceP50, of: $0.serviceMaximum) }),
        Column("service_p99", text: { Self.latency($0.serviceP99, of: $0.serviceMaximum) }),
        Column("service_max", text: { Self.latency($0.serviceMaximum, of: $0.serviceMaximum) }),
    ]

    private static func decimal(_ value: Double) -> String {
        DecimalDigits(value).rounded(fraction: 3).plainText(fraction: 3)
    }

    /// Nothing takes no time: a maximum of 0 means that there was no sample.
    private static func latency(_ value: UInt64, of maximum: UInt64) -> String {
        maximum == 0 ? "" : String(value)
    }

    private static func line(_ cells: [String]) -> [UInt8] {
        Array((cells.joined(separator: ",") + "\n").utf8)
    }
}
