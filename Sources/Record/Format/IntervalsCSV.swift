import Measure
import Units

/// intervals.csv: one row per interval of a run, all workers together. Times are nanoseconds. A latency cell is empty
/// if the interval has no successful request. Means of levels have three decimals.
///
/// Columns that begin with `hold_` are the part that counts for the hold: a run is rebuilt from them and from the lines
/// of latency.hlog. `log_bytes` is where those lines end: the row commits them. `worker_cpu` is the CPU share of our
/// busiest worker, `loop_lag` the longest delay of a turn of any worker's loop, `own_pause` the longest time that any
/// worker kept a start or an answer waiting.
public enum IntervalsCSV {
    /// The first line, newline included. `unknown`: names of columns that are left out.
    public static func header(without unknown: Set<String> = []) -> [UInt8] {
        Self.line(Self.known(unknown).map { $0.name })
    }

    /// One interval, newline included. Write it with one `write`.
    public static func row(_ row: IntervalRow, without unknown: Set<String> = []) -> [UInt8] {
        Self.line(Self.known(unknown).map { $0.cell(row) })
    }

    private static func known(_ unknown: Set<String>) -> [IntervalsColumn] {
        unknown.isEmpty ? Self.columns : Self.columns.filter { !unknown.contains($0.name) }
    }

    static let columns: [IntervalsColumn] =
        Self.time + IntervalsColumn.counters("", \.counters) + Self.held + Self.latency + Self.generator
        + Self.hold

    /// Columns of older records that are still read but no longer written.
    static let older = IntervalsColumn.older("", \.counters) + IntervalsColumn.older("hold_", \.hold.counters)

    /// The columns that are read, by their names.
    static let readable: [String: IntervalsColumn] = Dictionary(
        (Self.columns + Self.older).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let time = [
        IntervalsColumn("start", \.start),
        IntervalsColumn("end", \.end),
        IntervalsColumn("phase", cell: { CSVCell.escaped($0.phase.name) }) { text, row in
            guard let phase = Phase.allCases.first(where: { $0.name == text }) else { return false }
            row.phase = phase
            return true
        },
        IntervalsColumn("in_flight_at_start", \.inFlightAtStart),
        IntervalsColumn("in_flight_at_end", \.inFlightAtEnd),
    ]

    private static let held = [
        IntervalsColumn("sessions_due", since: .unnamed, \.sessionsDue),
        IntervalsColumn("users_established", \.established),
        IntervalsColumn("users_held_lowest", derived: { String($0.usersHeld.lowestSeen) }),
        IntervalsColumn("users_held_mean", derived: { Self.decimal($0.usersHeld.mean) }),
        IntervalsColumn("users_held_highest", derived: { String($0.usersHeld.highest) }),
        IntervalsColumn("connections_held_lowest", derived: { String($0.connectionsHeld.lowestSeen) }),
        IntervalsColumn("connections_held_mean", derived: { Self.decimal($0.connectionsHeld.mean) }),
        IntervalsColumn("connections_held_highest", derived: { String($0.connectionsHeld.highest) }),
    ]

    private static let latency = [
        IntervalsColumn("response_p50", derived: { Self.latency($0.responseP50, of: $0.responseMaximum) }),
        IntervalsColumn("response_p99", derived: { Self.latency($0.responseP99, of: $0.responseMaximum) }),
        IntervalsColumn(
            "response_max", derived: { Self.latency($0.responseMaximum, of: $0.responseMaximum) }),
        IntervalsColumn("service_p50", derived: { Self.latency($0.serviceP50, of: $0.serviceMaximum) }),
        IntervalsColumn("service_p99", derived: { Self.latency($0.serviceP99, of: $0.serviceMaximum) }),
        IntervalsColumn("service_max", derived: { Self.latency($0.serviceMaximum, of: $0.serviceMaximum) }),
    ]

    /// A thread has one CPU; the clocks behind its share may differ a little.
    private static let largestShare = 10.0

    private static let generator = [
        IntervalsColumn("worker_cpu", since: .unnamed, cell: { Self.decimal($0.workerCPU) }) { text, row in
            guard let value = IntervalsColumn.decimal(text), value <= Self.largestShare else { return false }
            row.workerCPU = value
            return true
        },
        IntervalsColumn("loop_lag", since: .unnamed, \.loopLag),
        IntervalsColumn("own_pause", since: .unnamed, \.ownPause),
    ]

    private static let hold =
        [IntervalsColumn("hold_duration", \.hold.duration)]
        + IntervalsColumn.counters("hold_", \.hold.counters)
        + IntervalsColumn.held("hold_users_held", \.hold.usersHeld)
        + IntervalsColumn.held("hold_connections_held", \.hold.connectionsHeld)
        + IntervalsColumn.extremes()
        + IntervalsColumn.extremes("warmup_connect", \.connectOutside)
        + IntervalsColumn.extremes("warmup_tls", since: .unnamed, \.tlsOutside)
        + [
            IntervalsColumn("unanswered_after_settle", \.settleShortfall),
            IntervalsColumn("settled", since: .unnamed, cell: { String($0.settled.rawValue) }) { text, row in
                guard let settled = IntervalsColumn.integer(text).flatMap(Settled.init) else { return false }
                row.settled = settled
                return true
            },
            IntervalsColumn("log_bytes", \.logBytes),
        ]

    private static func decimal(_ value: Double) -> String {
        DecimalDigits(value).rounded(fraction: 3).plainText(fraction: 3)
    }

    /// Nothing takes no time: 0 means that there were no samples, or too few for the percentile.
    private static func latency(_ value: UInt64, of maximum: UInt64) -> String {
        maximum == 0 || value == 0 ? "" : String(value)
    }

    private static func line(_ cells: [String]) -> [UInt8] {
        Array((cells.joined(separator: ",") + "\n").utf8)
    }
}
