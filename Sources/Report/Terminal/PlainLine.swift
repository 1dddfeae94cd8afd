import Measure
import Units

/// One line per second for an output that is no terminal: fixed columns, no escape sequences.
public enum PlainLine {
    /// The header line, newline included. An open load shows what was due beside what completed.
    public static func header(of plan: RunRecord.Plan) -> String {
        Self.line(Self.columns(plan).map { $0.name }, Self.columns(plan))
    }

    /// One interval, newline included. Latencies are response times of successful requests.
    public static func text(_ row: IntervalRow, of plan: RunRecord.Plan) -> String {
        let rates = RowRates(row)
        let due = plan.isOpen ? [RowRates.words(rates.due, Quantity.rate)] : []
        let users = plan.isOpen ? row.usersHeld.highest : row.usersHeldShown
        let first = [Self.elapsed(row.end), row.phase.name, Quantity.count(users)] + due
        let rest = [
            RowRates.words(rates.sessions, Quantity.rate),
            RowRates.words(rates.requests, Quantity.rate),
            RowRates.words(rates.down, Quantity.bitsPerSecond),
            RowRates.words(rates.up, Quantity.bitsPerSecond),
            RowRates.latency(row.responseP50, of: row.responseMaximum),
            RowRates.latency(row.responseP99, of: row.responseMaximum),
            RowRates.latency(row.responseMaximum, of: row.responseMaximum),
            Quantity.count(row.counters.requestsFailed),
        ]
        return Self.line(first + rest, Self.columns(plan))
    }

    private typealias Column = (name: String, width: Int, alignsRight: Bool)

    private static func columns(_ plan: RunRecord.Plan) -> [Column] {
        let users: [Column] =
            plan.isOpen ? [("in session", 10, true), ("due/s", 8, true)] : [("held", 8, true)]
        return [("time", 10, true), ("phase", 7, false)] + users + Self.measured
    }

    private static let measured: [Column] = [
        ("sessions/s", 10, true), ("req/s", 9, true), ("down", 10, true), ("up", 10, true), ("p50", 8, true),
        ("p99", 8, true), ("max", 8, true), ("errors", 8, true),
    ]

    private static func line(_ cells: [String], _ columns: [Column]) -> String {
        var line = StyledLine()
        for (cell, column) in zip(cells, columns) {
            if line.width > 0 { line.add(" ") }
            line.add(cell, columns: column.width, alignsRight: column.alignsRight)
        }
        return line.rendered(.plain, columns: .max) + "\n"
    }

    /// Seconds with one decimal, so that the column can be compared.
    private static func elapsed(_ nanoseconds: UInt64) -> String {
        "\(DecimalDigits(nanoseconds).scaled(down: 9).rounded(fraction: 1).text(fraction: 1)) s"
    }
}
