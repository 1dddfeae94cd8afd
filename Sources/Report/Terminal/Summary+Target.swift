import Measure

extension SummaryPage {
    /// What the target used, where it was watched.
    mutating func addTarget(_ usage: TargetUsage?) {
        guard let usage else { return }
        self.addGap()
        self.add(
            "target",
            Self.listed([
                "CPU \(Quantity.percent(usage.cpu)) of its cores",
                "busiest core \(Quantity.percent(usage.busiestCore))",
            ]))
        var parts = usage.memoryBytes.map { ["\(Quantity.bytes($0)) in use"] } ?? []
        if let connections = usage.connections { parts.append(Self.plural(connections, "connection")) }
        if let sent = usage.sentBitsPerSecond { parts.append("sends \(Quantity.bitsPerSecond(sent))") }
        if let received = usage.receivedBitsPerSecond { parts.append("receives \(Quantity.bitsPerSecond(received))") }
        if !parts.isEmpty { self.add("", Self.listed(parts)) }
    }
}
