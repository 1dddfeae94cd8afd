extension Window {
    /// Lower bounds of a sample of a metric; nil for one of which there are none.
    public func lower(_ metric: Metric) -> Histogram? { metric.boundedIndex.map { self.bounds[$0].lower } }
}

extension StepWindow {
    /// Lower bounds of a sample of a metric; nil for one of which there are none.
    public func lower(_ metric: Metric) -> Histogram? {
        Self.bounded.firstIndex(of: metric).map { self.bounds[$0].lower }
    }
}
