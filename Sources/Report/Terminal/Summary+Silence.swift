import Measure
import Units

extension SummaryPage {
    /// Connections that the server ended while no request was on them: mostly by a keep-alive limit shorter than the
    /// pace.
    mutating func addSilence(_ counters: Counters) {
        guard let silence = counters.meanSilence else { return }
        let average = counters.silentEnds > 1 ? " on average" : ""
        self.add(
            "",
            "\(Quantity.plural(counters.silentEnds, "connection")) ended by the server after "
                + "\(Quantity.duration(silence)) of silence\(average): its keep-alive limit?", .warning)
    }

    /// Connections that ended with an error, or could not be made, and failed no request; run.json has them if the page
    /// has no room.
    mutating func addConnectionFaults(_ summary: RunRecord) {
        let total = summary.total
        guard total.connectionFaultCount > 0, self.isWhole || self.detail >= .oneClass else { return }
        self.addKinds(
            "faults", "\(Quantity.plural(total.connectionFaultCount, "connection")), no request failed by it",
            ErrorClass.allCases, name: \.name, count: { total.connectionFaults($0) },
            example: { error in
                let example = summary.outcome.examples.first { $0.error == error && $0.of == .connection }
                return example.map { ($0.request, $0.detail) }
            })
    }
}
