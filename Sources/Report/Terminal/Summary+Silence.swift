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
}
