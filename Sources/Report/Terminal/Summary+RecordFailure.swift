import Measure

extension SummaryPage {
    /// A record that is incomplete: its content can be read (`headroom report`), and the exit code is 74.
    mutating func addRecordFailure(_ summary: RunRecord) {
        guard let failure = summary.recordFailure else { return }
        self.add("", "incomplete: \(self.foreign(failure))", .bad)
    }
}
