import Measure
import Record
import Units

/// The table of latencies.
extension SummaryPage {
    private static let rows: [(metric: Metric, label: String)] = [
        (.response, "response"), (.service, "service"), (.session, "session"), (.firstByte, "first byte"),
        (.connect, "connect"), (.tls, "handshake"), (.sendLag, "send lag"), (.generatorLag, "own lag"),
        (.clientDelay, "own delay"),
    ]
    /// Metrics of TLS, of plans, and of sampled connections: they have a row only if they have values.
    private static let ofSome: Set<Metric> = [.tls, .generatorLag, .clientDelay]
    /// Metrics by their words in objectives.
    private static let named: [Substring: Metric] = [
        "service": .service, "session": .session, "ttfb": .firstByte, "connect": .connect,
    ]
    /// In the order of the table.
    private static let percentiles: [(label: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9),
    ]
    /// The fewest columns of a cell, and of the gap between two cells.
    private static let cellColumns = 9
    private static let cellGap = 1
    /// Columns of the table in the order in which they are dropped for lack of room.
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

    /// One row: a metric as it was measured, or its lower bound.
    private struct Row {
        let label: String
        let ink: TerminalStyle.Ink
        /// By `percentiles`; then the largest value, and the number of samples.
        let values: [String]
        let maximum: String
        let count: String
    }

    mutating func addLatency(_ summary: RunRecord) {
        if summary.outcome.holdDuration == 0 { return }
        self.addGap()
        let rows = self.shownMetrics(summary).flatMap { self.rows($0.metric, $0.label, of: summary) }
        var columns = Self.percentiles.indices.map { index in
            Column(Self.percentiles[index].label, rows.map { $0.values[index] }, atLeast: Self.cellColumns)
        }
        columns.append(Column("max", rows.map(\.maximum), atLeast: Self.cellColumns))
        if self.isWhole { columns.append(Column("samples", rows.map(\.count), .quiet, atLeast: Self.cellColumns)) }
        var left: [String] = []
        for title in Self.dispensable where columns.reduce(0, { $0 + $1.width }) > self.room {
            guard columns.contains(where: { $0.title == title }) else { continue }
            columns.removeAll { $0.title == title }
            left.append(title)
        }
        var header = Self.labelled("latency")
        for column in columns { header.add(column.title, .quiet, columns: column.width, alignsRight: true) }
        self.add(header)
        for (index, row) in rows.enumerated() {
            var line = StyledLine("  ")
            line.add(row.label, row.ink, columns: Self.indent - 2)
            for column in columns {
                line.add(
                    column.cells[index], row.ink == .quiet ? .quiet : column.ink, columns: column.width,
                    alignsRight: true)
            }
            self.add(line)
        }
        if !left.isEmpty {
            let names = left.joined(separator: ", ")
            self.add("", "no room for \(names) here: `headroom report` in a wider terminal", .quiet)
        }
        let unended = summary.hold.unended(.response)?.totalCount ?? 0
        if unended > 0 {
            self.add("", "\(Quantity.plural(unended, "request")) had not ended: counted with their age (≥)", .warning)
        }
        if self.isWhole { self.addLatencyDetails(summary) }
    }

    private mutating func addLatencyDetails(_ summary: RunRecord) {
        let whole = summary.total.handshakes > 0 ? "connect and handshake" : "connect"
        self.add("", "of what was due in the hold; \(whole): of the whole run", .quiet)
        self.addSteps(summary)
        self.addConfidence(summary)
        if let probe = summary.probe { self.addProbe(probe) }
    }

    /// The rows of the page: the response time, and metrics that objectives are about; the whole form has all.
    private func shownMetrics(_ summary: RunRecord) -> [(metric: Metric, label: String)] {
        if self.isWhole {
            return Self.rows.filter {
                !Self.ofSome.contains($0.metric) || !Self.histogram($0.metric, of: summary).isEmpty
            }
        }
        var shown: Set<Metric> = [.response]
        if self.detail < .metrics { return Self.rows.filter { shown.contains($0.metric) } }
        if summary.plan.pace.isStorm { shown.insert(.connect) }
        for outcome in summary.slo {
            if let word = outcome.text.split(separator: " ").first, let metric = Self.named[word] {
                shown.insert(metric)
            }
        }
        return Self.rows.filter { shown.contains($0.metric) }
    }

    /// The rows of a metric: as measured, and a lower bound if the generator's own delays in it are more than small.
    private func rows(_ metric: Metric, _ label: String, of summary: RunRecord) -> [Row] {
        guard let unended = summary.hold.unended(metric), metric != .connect else {
            return [Self.row(label, Self.histogram(metric, of: summary))]
        }
        let counted = summary.hold.counted(metric)
        let lower = summary.hold.lowerBound(metric)
        var isBounded = false
        let cells = Self.percentiles.map { percentile -> (upper: String, lower: String) in
            let bound = summary.hold.lowerValue(metric, atPercentile: percentile.value)
            let least = bound.map(Quantity.duration) ?? "-"
            switch summary.hold.upperValue(metric, atPercentile: percentile.value) {
            case .value(let value):
                let shown = min(value, counted.maximum)
                let isUpper = bound.map { Self.differs(shown, from: $0) } ?? false
                isBounded = isBounded || isUpper
                return ((isUpper ? "≤" : "") + Quantity.duration(shown), least)
            case .atLeast(let value): return ("≥\(Quantity.duration(value))", least)
            case nil: return ("-", least)
            }
        }
        let mark = !unended.isEmpty && unended.maximum >= summary.hold.succeeded[metric.rawValue].maximum ? "≥" : ""
        let measured = Row(
            label: label, ink: .plain, values: cells.map(\.upper),
            maximum: counted.isEmpty ? "-" : mark + Quantity.duration(counted.maximum),
            count: Quantity.count(counted.totalCount))
        guard isBounded || self.isWhole, let lower else { return [measured] }
        return [
            measured,
            Row(
                label: "at least", ink: .quiet, values: cells.map(\.lower),
                maximum: Quantity.duration(lower.maximum), count: Quantity.count(lower.count)),
        ]
    }

    /// A measured value is marked as an upper bound if this share of it may be the generator's own part, and the part
    /// is longer than sending and waking up take on an idle machine, in nanoseconds.
    private static let shareMarked = 0.05
    private static let smallestMarked = GeneratorShift.smallestDelay

    private static func differs(_ value: UInt64, from bound: UInt64) -> Bool {
        let own = value > bound ? value - bound : 0
        return own >= Self.smallestMarked && Double(own) > Self.shareMarked * Double(value)
    }

    /// The row of a histogram without further information.
    private static func row(_ label: String, _ histogram: Histogram) -> Row {
        // A slot's upper end may be above the largest value in it.
        let values = Self.percentiles.map { percentile in
            histogram.supportedValue(atPercentile: percentile.value).map {
                Quantity.duration(min($0, histogram.maximum))
            } ?? "-"
        }
        return Row(
            label: label, ink: .plain, values: values,
            maximum: histogram.isEmpty ? "-" : Quantity.duration(histogram.maximum),
            count: Quantity.count(histogram.totalCount))
    }

    /// The histogram of a row. Users connect before the hold, so their connects and handshakes are those of the whole
    /// run.
    private static func histogram(_ metric: Metric, of summary: RunRecord) -> Histogram {
        let hold = summary.hold.succeeded[metric.rawValue]
        if metric != .connect && metric != .tls { return hold }
        let whole = Histogram(significantDigits: hold.significantDigits, highestTrackable: hold.highestTrackable)
        whole.add(hold)
        whole.add(summary.outside.succeeded[metric.rawValue])
        return whole
    }

    /// Response times of the steps that are recorded apart.
    private mutating func addSteps(_ summary: RunRecord) {
        for step in summary.hold.steps {
            let title = summary.plan.steps.first { $0.number == step.number }?.title ?? "step \(step.number)"
            let figures = DistributionFigures(ofSlots: step.response)
            func value(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "-" }
            self.add("", "\(self.foreign(title)), response:")
            let failed = step.failed.totalCount
            self.add(
                "",
                [
                    Cell("p50 \(value(figures["p50"]))"), Cell("p99 \(value(figures["p99"]))", joint: " · "),
                    Cell("max \(value(figures.maximum))", joint: " · "),
                    Cell("\(Quantity.count(figures.count)) ok", joint: " · "),
                    Cell("\(Quantity.count(failed)) failed", failed > 0 ? .bad : .plain, joint: " · "),
                ])
        }
    }

    /// The probe's response times, beside the load's.
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
}
