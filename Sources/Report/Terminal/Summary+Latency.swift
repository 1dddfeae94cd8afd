import Measure

extension SummaryPage {
    private static let rows: [(metric: Metric, label: String)] = [
        (.response, "response"), (.service, "service"), (.session, "session"), (.firstByte, "first byte"),
        (.connect, "connect"), (.tls, "handshake"), (.sendLag, "send lag"), (.generatorLag, "own lag"),
        (.clientDelay, "own delay"),
    ]
    /// Of TLS, of plans, and of sampled connections, only: no row where there is none.
    private static let ofSome: Set<Metric> = [.tls, .generatorLag, .clientDelay]
    /// In the order of the table.
    private static let percentiles: [(label: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9),
    ]
    /// The fewest columns of a cell, and those between two cells.
    private static let cellColumns = 9
    private static let cellGap = 2
    /// Columns of the table in the order in which they are left out where there is no room.
    private static let dispensable = ["samples", "p90", "p95", "p99.9", "max", "p99"]

    /// One column of the table.
    private struct Column {
        let title: String
        let cells: [String]
        let ink: TerminalStyle.Ink
        let width: Int

        init(_ title: String, _ cells: [String], _ ink: TerminalStyle.Ink = .plain, atLeast fewest: Int) {
            self.title = title
            self.ink = ink
            self.cells = cells
            self.width = max(fewest, ([title] + cells).map { TerminalText.width($0) + cellGap }.max() ?? 0)
        }
    }

    mutating func addLatency(_ summary: RunSummary) {
        if summary.holdDuration == 0 { return }
        self.addGap()
        let rows = Self.rows.map { ($0.label, $0.metric, Self.histogram($0.metric, of: summary)) }
            .filter { !(Self.ofSome.contains($0.1) && $0.2.isEmpty) }
        var columns = Self.latencyColumns(rows.map(\.2))
        var left: [String] = []
        for title in Self.dispensable where columns.reduce(0, { $0 + $1.width }) > self.room {
            columns.removeAll { $0.title == title }
            left.append(title)
        }
        var header = Self.labelled("latency")
        for column in columns { header.add(column.title, .quiet, columns: column.width, alignsRight: true) }
        self.add(header)
        for (index, row) in rows.enumerated() {
            var line = StyledLine("  ")
            line.add(row.0, columns: Self.indent - 2)
            for column in columns {
                line.add(column.cells[index], column.ink, columns: column.width, alignsRight: true)
            }
            self.add(line)
        }
        self.addSteps(summary)
        self.addConfidence(summary)
        let whole = summary.total.handshakes > 0 ? "connect and handshake" : "connect"
        self.add("", "of what was due in the hold; \(whole): of the whole run", .quiet)
        if !left.isEmpty {
            let names = left.joined(separator: ", ")
            self.add("", "no room for \(names) here: `headroom report` in a wider terminal", .quiet)
        }
        if let probe = summary.probe { self.addProbe(probe) }
    }

    /// The probe's response times, as the load's beside them.
    private mutating func addProbe(_ probe: ProbeResult) {
        func value(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "-" }
        self.add(
            "probe",
            [
                Cell("p50 \(value(probe.response["p50"]))"),
                Cell("p99 \(value(probe.response["p99"]))", joint: " · "),
                Cell("max \(value(probe.response.maximum))", joint: " · "),
                Cell("\(Quantity.count(probe.ok)) ok", joint: " · "),
                Cell("\(Quantity.count(probe.failed)) failed", probe.failed > 0 ? .bad : .plain, joint: " · "),
            ])
        self.add(
            "", "\(Quantity.rate(probe.rate)) requests/s on connections of its own, in no other count", .quiet)
    }

    private static func latencyColumns(_ histograms: [Histogram]) -> [Column] {
        var columns = Self.percentiles.map { percentile in
            // A bucket's upper end may lie above the largest value in it.
            let cells = histograms.map { histogram in
                histogram.supportedValue(atPercentile: percentile.value).map {
                    Quantity.duration(min($0, histogram.maximum))
                } ?? "-"
            }
            return Column(percentile.label, cells, atLeast: Self.cellColumns)
        }
        let largest = histograms.map { $0.isEmpty ? "-" : Quantity.duration($0.maximum) }
        columns.append(Column("max", largest, atLeast: Self.cellColumns))
        columns.append(Column("samples", histograms.map { Quantity.count($0.totalCount) }, .quiet, atLeast: 12))
        return columns
    }

    /// What a row shows: users connect before the hold, so their connects and handshakes are those of the whole run.
    private static func histogram(_ metric: Metric, of summary: RunSummary) -> Histogram {
        let hold = summary.hold.succeeded[metric.rawValue]
        if metric != .connect && metric != .tls { return hold }
        let whole = Histogram(significantDigits: hold.significantDigits, highestTrackable: hold.highestTrackable)
        whole.add(hold)
        whole.add(summary.outside.succeeded[metric.rawValue])
        return whole
    }
}
