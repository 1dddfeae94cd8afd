import Measure
import Record
import Units

/// Requests that were sent again, or had to move: a repair never hides the event that it repairs.
extension SummaryPage {
    /// Requests that were sent again by cause, with the server's word for the most frequent one; nothing where there
    /// were none.
    mutating func addResent(_ detours: Detours) {
        let total = detours.counters
        guard total.requestsResent > 0 else { return }
        let share = total.resentFraction.map { " (\(Quantity.percent($0)) of those that ended)" } ?? ""
        let word = self.firstWord(detours)
        self.addKinds(
            "resent", "\(Quantity.plural(total.requestsResent, "request"))\(share)", ResentCause.allCases,
            name: \.name, count: { total.resent($0) }, note: { $0 == word?.cause ? word?.text : nil },
            example: { cause in
                detours.resentExamples.first { $0.cause == cause }.map { ($0.request, $0.detail) }
            })
    }

    /// Most columns of a server's word on the page.
    private static let wordLimit = 40

    /// What the server said to the most frequent cause that has a word of it, such as its code: how the detail ends
    /// after its last colon. The page has it whatever else it has room for; the whole form has the detail.
    private func firstWord(_ detours: Detours) -> (cause: ResentCause, text: String)? {
        if self.isWhole { return nil }
        let causes = ResentCause.allCases.filter { detours.counters.resent($0) > 0 }
        for cause in causes.sorted(by: { detours.counters.resent($0) > detours.counters.resent($1) }) {
            guard let example = detours.resentExamples.first(where: { $0.cause == cause }) else { continue }
            // Redacted as a whole: what stands before a colon may say that a secret follows.
            let detail = self.foreign(example.detail)
            guard let colon = detail.ranges(of: ": ").last else { continue }
            return (cause, TerminalText.clipped(String(detail[colon.upperBound...]), columns: Self.wordLimit))
        }
        return nil
    }
}
