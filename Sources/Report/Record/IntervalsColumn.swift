import Measure

/// One column of intervals.csv: its name, how to write its cell, and how to read it back into a row.
struct IntervalsColumn: Sendable {
    let name: String
    let cell: @Sendable (IntervalRow) -> String
    /// Returns false if the text is no such cell.
    let take: @Sendable (Substring, inout IntervalRow) -> Bool

    /// An integer of the row.
    init(_ name: String, _ path: any WritableKeyPath<IntervalRow, UInt64> & Sendable) {
        self.name = name
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
        self.cell = cell
        self.take = { _, _ in true }
    }

    /// A cell with its own way to write and read.
    init(
        _ name: String, cell: @escaping @Sendable (IntervalRow) -> String,
        take: @escaping @Sendable (Substring, inout IntervalRow) -> Bool
    ) {
        self.name = name
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

    /// Every counter of a window. `requests_failed` is the sum of the classes.
    static func counters(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Counters> & Sendable
    ) -> [IntervalsColumn] {
        func column(
            _ name: String, _ counter: any WritableKeyPath<Counters, UInt64> & Sendable
        ) -> IntervalsColumn {
            IntervalsColumn(
                prefix + name, cell: { String($0[keyPath: path][keyPath: counter]) },
                take: { text, row in
                    guard let value = Self.integer(text) else { return false }
                    row[keyPath: path][keyPath: counter] = value
                    return true
                })
        }
        let failed = IntervalsColumn(
            prefix + "requests_failed", derived: { String($0[keyPath: path].requestsFailed) })
        let requests = [
            column("requests_started", \.requestsStarted), column("requests_ok", \.requestsOK), failed,
        ]
        let others = [
            column("requests_never_started", \.neverStarted),
            column("requests_never_started_server", \.neverStartedServer),
            column("requests_late_server", \.lateServer),
            column("requests_late_generator", \.lateGenerator),
            column("requests_censored", \.requestsCensored),
            column("sessions_censored", \.sessionsCensored),
            column("sessions_started", \.sessionsStarted), column("sessions_completed", \.sessionsCompleted),
            column("sessions_failed", \.sessionsFailed),
        ]
        // Closures, because a key path through InlineArray's subscript reads the wrong place in optimised code (Swift
        // 6.3.1).
        func column(
            _ name: String, _ get: @escaping @Sendable (Counters) -> UInt64,
            _ set: @escaping @Sendable (inout Counters, UInt64) -> Void
        ) -> IntervalsColumn {
            IntervalsColumn(
                prefix + name, cell: { String(get($0[keyPath: path])) },
                take: { text, row in
                    guard let value = Self.integer(text) else { return false }
                    set(&row[keyPath: path], value)
                    return true
                })
        }
        let status = (0..<5).map { index in
            column("status_\(index + 1)xx", { $0.status[index] }, { $0.status[index] = $1 })
        }
        let errors = ErrorClass.allCases.map { error in
            let index = Int(error.rawValue)
            return column("error_\(error.name)", { $0.errors[index] }, { $0.errors[index] = $1 })
        }
        let resent = ResentCause.allCases.map { cause in
            let index = Int(cause.rawValue)
            return column("resent_\(cause.name)", { $0.resent[index] }, { $0.resent[index] = $1 })
        }
        let redirects =
            RedirectStatus.allCases.map { status in
                let index = Int(status.rawValue)
                return column("redirects_\(status.code)", { $0.redirects[index] }, { $0.redirects[index] = $1 })
            } + [column("redirects_followed", \.redirectsFollowed)]
        let bytes = [
            column("received_body", \.receivedBody), column("received_header", \.receivedHeader),
            column("received_socket", \.receivedSocket), column("sent_body", \.sentBody),
            column("sent_header", \.sentHeader), column("sent_socket", \.sentSocket),
        ]
        let connections = [
            column("connections_opened", \.connectionsOpened), column("reconnects", \.reconnects),
            column("holds_lost", \.holdsLost), column("silent_ends", \.silentEnds), column("silence", \.silence),
            column("handshakes", \.handshakes),
            column("handshakes_resumed", \.handshakesResumed),
        ]
        let faults = ErrorClass.allCases.map { error in
            let index = Int(error.rawValue)
            return column(
                "connection_fault_\(error.name)", { $0.connectionFaults[index] }, { $0.connectionFaults[index] = $1 })
        }
        return requests + others + status + errors + faults + resent + redirects + bytes + connections
    }

    /// What records of older versions have in place of the causes: one sum, mostly idle connections.
    static func older(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Counters> & Sendable
    ) -> [IntervalsColumn] {
        let index = Int(ResentCause.idleClose.rawValue)
        return [
            IntervalsColumn(prefix + "stale_retries", cell: { String($0[keyPath: path].requestsResent) }) { text, row in
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
            return Self.extremes("hold_\(metric.name)", \.hold.succeeded[index])
                + Self.extremes("hold_\(metric.name)_failed", \.hold.failed[index])
        }
            + Metric.bounded.enumerated().flatMap { index, metric in
                Self.extremes("hold_\(metric.name)_unended", \.hold.unended[index])
            }
    }

    /// A smallest and a largest value, empty where there is none.
    static func extremes(
        _ prefix: String, _ path: any WritableKeyPath<IntervalRow, Extremes?> & Sendable
    ) -> [IntervalsColumn] {
        func column(_ name: String, _ part: any WritableKeyPath<Extremes, UInt64> & Sendable)
            -> IntervalsColumn
        {
            IntervalsColumn(
                prefix + name, cell: { $0[keyPath: path].map { String($0[keyPath: part]) } ?? "" },
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
