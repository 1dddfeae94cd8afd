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
            if let example = summary.examples.first(where: { $0.error == error }) {
                self.addExample(request: example.request, detail: example.detail)
            }
        }
    }

    // MARK: What was sent again

    /// Requests that were sent again or had to move, by cause; nothing where there were none.
    mutating func addResent(_ summary: RunSummary) {
        let total = summary.total
        guard total.requestsResent > 0 else { return }
        let share = total.resentFraction.map { " (\(Quantity.percent($0)) of those that ended)" } ?? ""
        self.add(
            "resent",
            [
                Cell("\(Quantity.count(total.requestsResent)) requests were sent again", .warning),
                Cell(share, .warning),
            ])
        for cause in ResentCause.allCases where total.resent(cause) > 0 {
            self.add(
                "",
                [
                    Cell(cause.name, columns: 17),
                    Cell(Quantity.count(total.resent(cause)), .strong, columns: 10, alignsRight: true),
                ])
            guard let example = summary.resentExamples.first(where: { $0.cause == cause }) else { continue }
            self.addExample(request: example.request, detail: example.detail)
        }
    }

    /// Columns of an example, over all of its lines: enough to recognise it; errors.json has the answer.
    private static let exampleLimit = 132

    private mutating func addExample(request: String, detail: String) {
        let detail = "\(self.foreign(request)): \(self.foreign(detail))"
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
