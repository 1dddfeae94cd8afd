import Measure

/// What was sent again, or had to move: a repair never hides the event that it repairs.
extension SummaryPage {
    /// Requests that were sent again by cause, with the server's word for the most frequent one; nothing where there
    /// were none.
    mutating func addResent(_ summary: RunSummary) {
        let total = summary.total
        guard total.requestsResent > 0 else { return }
        let share = total.resentFraction.map { " (\(Quantity.percent($0)) of those that ended)" } ?? ""
        self.addKinds(
            "resent", "\(Self.plural(total.requestsResent, "request"))\(share)", ResentCause.allCases,
            name: \.name, count: { total.resent($0) },
            example: { cause in
                summary.resentExamples.first { $0.cause == cause }.map { ($0.request, $0.detail) }
            })
    }
}
