import Measure

/// What was sent again, or had to move: a repair never hides the event that it repairs.
extension SummaryPage {
    /// Requests that were sent again by cause, with the server's word for the most frequent one; nothing where there
    /// were none.
    mutating func addResent(_ summary: RunSummary) {
        let total = summary.total
        guard total.requestsResent > 0 else { return }
        let share = total.resentFraction.map { " (\(Quantity.percent($0)) of those that ended)" } ?? ""
        let causes = ResentCause.allCases.filter { total.resent($0) > 0 }
            .sorted { total.resent($0) > total.resent($1) }
        self.add(
            "resent",
            [Cell("\(Self.plural(total.requestsResent, "request"))\(share)", .warning)]
                + Self.listed(causes.map { "\($0.name) \(Quantity.count(total.resent($0)))" }, .warning))
        if self.detail < .examples { return }
        for cause in self.isWhole ? causes : Array(causes.prefix(1)) {
            guard let example = summary.resentExamples.first(where: { $0.cause == cause }) else { continue }
            let name = self.isWhole ? "\(cause.name): " : ""
            self.addForeign("", "\(name)\(example.request): \(example.detail)", .quiet)
        }
    }
}
