import Measure

extension SummaryPage {
    // MARK: Errors

    mutating func addErrors(_ summary: RunSummary) {
        self.addGap()
        let failed = summary.total.requestsFailed
        guard failed > 0 else { return self.add("errors", "none") }
        let finished = summary.total.requestsOK &+ failed
        self.add(
            "errors",
            [
                Cell("\(Quantity.count(failed)) of \(Quantity.count(finished)) requests", .bad),
                Cell("of the whole run", .bad, joint: " "),
                Cell("(\(Quantity.percent(Double(failed) / Double(max(1, finished)))))", .bad, joint: " "),
            ])
        self.add(
            "", "\(Quantity.count(summary.hold.counters.requestsFailed)) of them due in the hold", .quiet)
        for error in summary.total.classesByCount {
            self.add(
                "",
                [
                    Cell(error.name, columns: 17),
                    Cell(
                        Quantity.count(summary.total.failed(error)), .strong, columns: 10, alignsRight: true),
                ])
            if let example = summary.examples.first(where: { $0.error == error }) { self.addExample(example) }
        }
    }

    /// Columns of an example, over all of its lines: enough to recognise it; errors.json has the answer.
    private static let exampleLimit = 132

    private mutating func addExample(_ example: ErrorExample) {
        let detail = "\(self.foreign(example.request)): \(self.foreign(example.detail))"
        for part in self.wrapped(detail, room: self.room - 2, limit: Self.exampleLimit) {
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
            self.add(
                index == 0 ? "slo" : "",
                [
                    Cell(outcome.met ? "met" : "NOT MET", outcome.met ? .good : .bad, columns: 8),
                    Cell(self.foreign(outcome.text), columns: min(widest, 40) + 1, joint: " "),
                    Cell(
                        Self.measured(outcome, as: \.text) ?? Self.unmeasured(outcome), .quiet, joint: " "),
                ])
        }
    }

}
