extension RunRecord {
    /// The window that a metric is reported and judged by: the hold. But held users connect before the hold. So
    /// connects and handshakes are those of the whole run where the hold has none.
    public func window(of metric: Metric) -> Window {
        guard metric == .connect || metric == .tls else { return self.hold }
        let index = metric.rawValue
        let isEmpty = self.hold.succeeded[index].isEmpty && self.hold.failed[index].isEmpty
        return isEmpty ? self.outside : self.hold
    }
}
