import Measure

extension SummaryPage {
    // MARK: Latency

    private static let rows: [(metric: Metric, label: String)] = [
        (.response, "response"), (.service, "service"), (.session, "session"), (.firstByte, "first byte"),
        (.connect, "connect"), (.tls, "handshake"), (.sendLag, "send lag"), (.generatorLag, "own lag"),
        (.clientDelay, "own delay"),
    ]
    /// Of plans, and of sampled connections, only: no row where there is none.
    private static let ofSome: Set<Metric> = [.generatorLag, .clientDelay]
    private static let percentiles: [(label: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9),
    ]
    private static let cellColumns = 9

    mutating func addLatency(_ summary: RunSummary) {
        if summary.holdDuration == 0 { return }
        self.addGap()
        var header = StyledLine("  ")
        header.add("latency", .quiet, columns: Self.indent - 2)
        for percentile in Self.percentiles {
            header.add(percentile.label, .quiet, columns: Self.cellColumns, alignsRight: true)
        }
        header.add("max", .quiet, columns: Self.cellColumns, alignsRight: true)
        header.add("samples", .quiet, columns: 12, alignsRight: true)
        self.add(header)
        let isSecured = summary.total.handshakes > 0
        for row in Self.rows where row.metric != .tls || isSecured {
            let histogram = Self.histogram(row.metric, of: summary)
            if Self.ofSome.contains(row.metric) && histogram.isEmpty { continue }
            var line = StyledLine("  ")
            line.add(row.label, columns: Self.indent - 2)
            for percentile in Self.percentiles {
                // A bucket's upper end may lie above the largest value in it.
                let value = histogram.supportedValue(atPercentile: percentile.value)
                    .map { Quantity.duration(min($0, histogram.maximum)) }
                line.add(value ?? "-", columns: Self.cellColumns, alignsRight: true)
            }
            let maximum = histogram.isEmpty ? "-" : Quantity.duration(histogram.maximum)
            line.add(maximum, columns: Self.cellColumns, alignsRight: true)
            line.add(Quantity.count(histogram.totalCount), .quiet, columns: 12, alignsRight: true)
            self.add(line)
        }
        self.addConfidence(summary)
        let whole = isSecured ? "connect and handshake" : "connect"
        self.add("", "of what was due in the hold; \(whole): of the whole run", .quiet)
        if let probe = summary.probe { self.addProbe(probe) }
    }

    /// The probe's response times, as the load's beside them.
    private mutating func addProbe(_ probe: ProbeResult) {
        func value(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "-" }
        var line = Self.labelled("probe")
        line.add("p50 \(value(probe.response["p50"])) · p99 \(value(probe.response["p99"])) · ")
        line.add("max \(value(probe.response.maximum)) · \(Quantity.count(probe.ok)) ok · ")
        line.add("\(Quantity.count(probe.failed)) failed", probe.failed > 0 ? .bad : .plain)
        self.add(line)
        self.add(
            "", "\(Quantity.rate(probe.rate)) requests/s on connections of its own, in no other count", .quiet
        )
    }

    /// What a row shows: users connect before the hold, so their connects and handshakes are those of the whole run.
    private static func histogram(_ metric: Metric, of summary: RunSummary) -> Histogram {
        let hold = summary.hold.succeeded[metric.rawValue]
        if metric != .connect && metric != .tls { return hold }
        let whole = Histogram(
            significantDigits: hold.significantDigits, highestTrackable: hold.highestTrackable)
        whole.add(hold)
        whole.add(summary.outside.succeeded[metric.rawValue])
        return whole
    }

    // MARK: Errors

    mutating func addErrors(_ summary: RunSummary) {
        self.addGap()
        let failed = summary.total.requestsFailed
        guard failed > 0 else { return self.add("errors", "none") }
        let finished = summary.total.requestsOK &+ failed
        var line = Self.labelled("errors")
        line.add("\(Quantity.count(failed)) of \(Quantity.count(finished)) requests of the whole run", .bad)
        line.add(" (\(Quantity.percent(Double(failed) / Double(max(1, finished)))))", .bad)
        self.add(line)
        self.add(
            "", "\(Quantity.count(summary.hold.counters.requestsFailed)) of them due in the hold", .quiet)
        for error in summary.total.classesByCount {
            var line = Self.labelled("")
            line.add(error.name, columns: 17)
            line.add(Quantity.count(summary.total.failed(error)), .strong, columns: 10, alignsRight: true)
            self.add(line)
            if let example = summary.examples.first(where: { $0.error == error }) { self.addExample(example) }
        }
    }

    /// Lines of an example: enough to recognise it; errors.json has the answer.
    private static let exampleLines = 2

    private mutating func addExample(_ example: ErrorExample) {
        let detail = "\(self.foreign(example.request)): \(self.foreign(example.detail))"
        let columns = Self.room - 2
        for part in TerminalText.wrapped(detail, columns: columns).prefix(Self.exampleLines) {
            var line = Self.labelled("")
            line.add("  \(part)", .quiet)
            self.add(line)
        }
    }

    // MARK: Objectives

    /// In place of a value that too few samples support.
    private static func unmeasured(_ outcome: SLOOutcome) -> String {
        outcome.met ? "too few samples for it, each of them within" : "too few samples to tell"
    }

    mutating func addObjectives(_ summary: RunSummary) {
        if summary.slo.isEmpty { return }
        self.addGap()
        let widest = summary.slo.map { TerminalText.width(self.foreign($0.text)) }.max() ?? 0
        for (index, outcome) in summary.slo.enumerated() {
            var line = Self.labelled(index == 0 ? "slo" : "")
            line.add(outcome.met ? "met" : "NOT MET", outcome.met ? .good : .bad, columns: 9)
            line.add(self.foreign(outcome.text), columns: min(widest, 40) + 2)
            line.add(outcome.measured.map(Self.measured) ?? Self.unmeasured(outcome), .quiet)
            self.add(line)
        }
    }

    private static func measured(_ value: SLOOutcome.Measured) -> String {
        switch value {
        case .nanoseconds(let nanoseconds): Quantity.duration(nanoseconds)
        case .fraction(let share): Quantity.percent(share)
        case .count(let count): Quantity.count(count)
        }
    }
}
