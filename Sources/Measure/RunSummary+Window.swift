extension RunSummary {
    /// The window that a metric is told and judged by: the hold. Users that are held connect before it, and their
    /// connects and handshakes are those of the run where the hold has none.
    public func window(of metric: Metric) -> Window {
        guard metric == .connect || metric == .tls else { return self.hold }
        let index = metric.rawValue
        let isEmpty = self.hold.succeeded[index].isEmpty && self.hold.failed[index].isEmpty
        return isEmpty ? self.outside : self.hold
    }
}
