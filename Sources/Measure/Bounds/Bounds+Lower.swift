extension Window {
    /// Lower bounds for a sample of a metric; nil for a metric without them.
    public func lower(_ metric: Metric) -> Histogram? { metric.boundedIndex.map { self.bounds[$0].lower } }
}

extension StepWindow {
    /// Lower bounds for a sample of a metric; nil for a metric without them.
    public func lower(_ metric: Metric) -> Histogram? {
        Self.bounded.firstIndex(of: metric).map { self.bounds[$0].lower }
    }
}
