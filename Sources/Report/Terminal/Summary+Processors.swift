import Measure
import Record
import Units

/// The generator's own usage, and the target's if it was watched.
extension SummaryPage {
    /// CPU of both sides on one line; in the whole form all that is known of them.
    mutating func addProcessors(_ summary: RunRecord) {
        self.addGap()
        var parts: [String] = []
        if summary.outcome.duration > 0, let seconds = summary.cpuSeconds {
            let share = seconds * 1e9 / Double(summary.outcome.duration)
            parts.append("generator \(Quantity.percent(share)) of a core")
        }
        if let target = summary.target {
            parts.append("target \(Quantity.percent(target.cpu)) of its cores")
            if self.isWhole { parts.append("its busiest \(Quantity.percent(target.busiestCore))") }
        }
        if !parts.isEmpty { self.add("CPU", Self.listed(parts)) }
        if !self.isWhole { return }
        if let peak = summary.peakResidentBytes {
            self.add(
                "memory",
                Self.listed(
                    ["generator \(Quantity.bytes(peak)) at most"]
                        + (summary.target?.memoryBytes.map { ["target \(Quantity.bytes($0)) in use"] } ?? [])))
        }
        self.addTargetTraffic(summary.target)
        self.addHealth(summary.outcome.health)
    }

    private mutating func addTargetTraffic(_ usage: TargetUsage?) {
        guard let usage else { return }
        var parts: [String] = []
        if let connections = usage.connections { parts.append(Quantity.plural(connections, "connection")) }
        if let sent = usage.sentBitsPerSecond { parts.append("sends \(Quantity.bitsPerSecond(sent))") }
        if let received = usage.receivedBitsPerSecond { parts.append("receives \(Quantity.bitsPerSecond(received))") }
        if !parts.isEmpty { self.add("target", Self.listed(parts)) }
    }

    private mutating func addHealth(_ health: GeneratorHealth?) {
        guard let health, !health.workers.isEmpty else { return }
        self.add(
            "generator",
            Self.listed([
                "busiest second of a worker \(Quantity.percent(health.worstWorkerCPU)) CPU",
                "loop up to \(Quantity.duration(health.worstLoopLag)) late",
            ]))
        if let words = health.timer.flatMap(GeneratorFacts.words) {
            self.add("", "a plain timer beside it was late by \(words)")
        }
    }
}
