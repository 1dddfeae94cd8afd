import Measure

extension SummaryPage {
    /// Connections that the server ended while nothing was asked: mostly its keep-alive limit, shorter than the pace.
    mutating func addSilence(_ counters: Counters) {
        guard let silence = counters.meanSilence else { return }
        self.add(
            "",
            "\(Self.plural(counters.silentEnds, "connection")) ended by the server after \(Quantity.duration(silence)) "
                + "of silence\(counters.silentEnds > 1 ? " on average" : ""): its keep-alive limit?", .warning)
    }

    /// Connections that ended with an error, or were not made, and failed no request; run.json has them where the page
    /// has no room.
    mutating func addConnectionFaults(_ summary: RunSummary) {
        let total = summary.total
        guard total.connectionFaultCount > 0, self.isWhole || self.detail >= .oneClass else { return }
        let classes = ErrorClass.allCases.filter { total.connectionFaults($0) > 0 }
            .sorted { total.connectionFaults($0) > total.connectionFaults($1) }
        self.add(
            "faults",
            [Cell("\(Self.plural(total.connectionFaultCount, "connection")), no request failed by it", .warning)]
                + Self.listed(classes.map { "\($0.name) \(Quantity.count(total.connectionFaults($0)))" }, .warning))
        if self.detail < .examples { return }
        for error in self.isWhole ? classes : Array(classes.prefix(1)) {
            guard let example = summary.examples.first(where: { $0.error == error && $0.of == .connection }) else {
                continue
            }
            let name = self.isWhole ? "\(error.name): " : ""
            self.addForeign("", "\(name)\(example.request): \(example.detail)", .quiet)
        }
    }
}
