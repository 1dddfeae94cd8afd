import Measure

/// One column of intervals.csv: its name, the revision that added it, how to write its cell, and how to read it back
/// into a row. Each recorded fact of an interval is declared once, as a column.
struct IntervalsColumn: Sendable {
    let name: String
    /// A record without a column that every record has is damaged. Without any other the value is unknown.
    let since: Revision
    let cell: @Sendable (IntervalRow) -> String
    /// Returns false if the text is no such cell.
    let take: @Sendable (Substring, inout IntervalRow) -> Bool

    /// An integer of the row.
    init(
        _ name: String, since: Revision = .first, _ path: any WritableKeyPath<IntervalRow, UInt64> & Sendable
    ) {
        self.name = name
        self.since = since
        self.cell = { String($0[keyPath: path]) }
        self.take = { text, row in
            guard let value = Self.integer(text) else { return false }
            row[keyPath: path] = value
            return true
        }
    }

    /// A cell for people and spreadsheets that follows from others, so it is not read back.
    init(_ name: String, derived cell: @escaping @Sendable (IntervalRow) -> String) {
        self.name = name
        self.since = .unnamed
        self.cell = cell
        self.take = { _, _ in true }
    }

    /// A cell with its own way to write and read.
    init(
        _ name: String, since: Revision = .first, cell: @escaping @Sendable (IntervalRow) -> String,
        take: @escaping @Sendable (Substring, inout IntervalRow) -> Bool
    ) {
        self.name = name
        self.since = since
        self.cell = cell
        self.take = take
    }

    /// A number as headroom writes it: only digits.
    static func integer(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
    }
}

extension IntervalsColumn {
    /// A number as `Double.description` writes it, finite and not negative.
    static func decimal(_ text: Substring) -> Double? {
        guard text.utf8.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true,
            !text.utf8.contains(UInt8(ascii: "x")), let value = Double(text), value.isFinite
        else { return nil }
        return value
    }

    /// Every counter of a window, and `requests_failed`, the sum of the classes.
    static func counters(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Counters> & Sendable
    ) -> [IntervalsColumn] {
        var columns = Counter.all.map { counter in
            IntervalsColumn(
                prefix + counter.name, since: counter.isFirst ? .first : .unnamed,
                cell: { String($0[keyPath: path][counter]) },
                take: { text, row in
                    guard let value = Self.integer(text) else { return false }
                    row[keyPath: path][counter] = value
                    return true
                })
        }
        // While a row is read, the sum stands in the place of failures of classes that are not known: see
        // `IntervalsReader`.
        let failed = IntervalsColumn(
            prefix + "requests_failed", cell: { String($0[keyPath: path].requestsFailed) },
            take: { text, row in
                guard let value = Self.integer(text) else { return false }
                row[keyPath: path].failuresNotKnown = value
                return true
            })
        columns.insert(failed, at: Self.failedPlace)
        return columns
    }

    /// After `requests_started` and `requests_ok`.
    private static let failedPlace = 2

    /// What records of older versions have in place of the causes: one sum, mostly idle connections.
    static func older(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Counters> & Sendable
    ) -> [IntervalsColumn] {
        let index = Int(ResentCause.idleClose.rawValue)
        return [
            IntervalsColumn(
                prefix + "stale_retries", since: .unnamed, cell: { String($0[keyPath: path].requestsResent) }
            ) { text, row in
                guard let value = Self.integer(text) else { return false }
                row[keyPath: path].resent[index] = value
                return true
            }
        ]
    }

    /// A held level, exact: four cells, empty if the interval does not count.
    static func held(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Held> & Sendable
    ) -> [IntervalsColumn] {
        func column(
            _ name: String, _ cell: @escaping @Sendable (Held) -> String,
            _ take: @escaping @Sendable (Substring, inout Held) -> Bool
        ) -> IntervalsColumn {
            IntervalsColumn(
                prefix + name,
                cell: { $0[keyPath: path] == Held() ? "" : cell($0[keyPath: path]) },
                take: { text, row in text.isEmpty || take(text, &row[keyPath: path]) })
        }
        func integer(
            _ name: String, _ part: any WritableKeyPath<Held, UInt64> & Sendable
        ) -> IntervalsColumn {
            column(name, { String($0[keyPath: part]) }) { text, held in
                guard let value = Self.integer(text) else { return false }
                held[keyPath: part] = value
                return true
            }
        }
        let area = column("_area", { "\($0.area)" }) { text, held in
            guard let value = Self.decimal(text) else { return false }
            held.area = value
            return true
        }
        return [
            integer("_lowest", \.lowest), integer("_highest", \.highest), area,
            integer("_duration", \.duration),
        ]
    }

    /// The exact smallest and largest value of each metric, for successes and failures.
    static func extremes() -> [IntervalsColumn] {
        Metric.allCases.flatMap { metric in
            let index = metric.rawValue
            let since = metric.isFirst ? Revision.first : .unnamed
            return Self.extremes("hold_\(metric.name)", since: since, \.hold.succeeded[index])
                + Self.extremes("hold_\(metric.name)_failed", since: since, \.hold.failed[index])
        }
            + Metric.bounded.enumerated().flatMap { index, metric in
                Self.extremes("hold_\(metric.name)_unended", since: .unnamed, \.hold.unended[index])
            }
    }

    /// A smallest and a largest value, empty where there is none.
    static func extremes(
        _ prefix: String, since: Revision = .first, _ path: any WritableKeyPath<IntervalRow, Extremes?> & Sendable
    ) -> [IntervalsColumn] {
        func column(_ name: String, _ part: any WritableKeyPath<Extremes, UInt64> & Sendable)
            -> IntervalsColumn
        {
            IntervalsColumn(
                prefix + name, since: since, cell: { $0[keyPath: path].map { String($0[keyPath: part]) } ?? "" },
                take: { text, row in
                    guard let value = Self.integer(text) else { return text.isEmpty }
                    var extremes = row[keyPath: path] ?? Extremes(minimum: 0, maximum: 0)
                    extremes[keyPath: part] = value
                    row[keyPath: path] = extremes
                    return true
                })
        }
        return [column("_min", \.minimum), column("_max", \.maximum)]
    }
}
