import Measure

extension RunJSON {
    /// The generator's own CPU, memory and health; not known for a run that was cut off.
    static func client(_ summary: RunSummary) -> JSON {
        let isKnown = summary.state != .partial
        return .object(
            [
                ("cpu_seconds", isKnown ? .number(summary.cpuSeconds) : .null),
                ("peak_resident_bytes", isKnown ? .integer(summary.peakResidentBytes) : .null),
            ] + (summary.health.map(Self.health) ?? []))
    }

    /// Shares are of one CPU, 0...1, over the hold; times are nanoseconds.
    private static func health(_ health: GeneratorHealth) -> [(key: String, value: JSON)] {
        [
            ("cores", .integer(health.cores)), ("spin", .bool(health.spins)),
            ("workers", .array(health.workers.map(Self.worker))),
            ("host", Self.host(health.host)),
            (
                "open_files",
                .object([
                    ("highest", .integerOrNull(health.openFilesHighest)),
                    ("limit", .integer(health.openFilesLimit)),
                ])
            ),
            (
                "local_ports",
                .object([
                    ("highest", .integer(health.portsHighest)), ("limit", .integer(health.portsLimit)),
                ])
            ),
            ("clock_steps", .integer(health.clockSteps)),
            ("client_delays_dropped", .integer(health.clientDelaysDropped)),
            ("sampled_connections", Self.transport(health.transport)),
        ] + (health.timer.map { [("timer", .object([("lateness", .object(Self.figures($0)))]))] } ?? [])
    }

    private static func worker(_ worker: WorkerHealth) -> JSON {
        .object([
            ("duration", .integer(worker.total.duration)), ("cpu", .integer(worker.total.cpu)),
            ("cpu_share_highest", .number(worker.worstCPUShare)),
            ("run_delay", .integer(worker.total.runDelay)),
            ("run_delay_share_highest", .number(worker.worstRunDelayShare)),
            ("involuntary_switches", .integer(worker.total.involuntarySwitches)),
            ("loop_lag_highest", .integer(worker.total.loopLag)), ("turns", .integer(worker.total.turns)),
        ])
    }

    private static func host(_ host: HostUsage) -> JSON {
        .object([
            ("duration", .integer(host.duration)), ("ticks", .integer(host.ticks)),
            ("idle_ticks", .integer(host.idleTicks)), ("steal_ticks", .integer(host.stealTicks)),
            ("steal_share_highest", .number(host.worstStealShare)), ("throttled", .integer(host.throttled)),
        ])
    }

    private static func transport(_ counts: TransportCounts) -> JSON {
        .object([
            ("count", .integer(counts.connections)), ("unsettled", .integer(counts.unsettled)),
            ("segments_sent", .integer(counts.segmentsSent)),
            ("segments_retransmitted", .integer(counts.segmentsRetransmitted)),
            ("bytes_received", .integer(counts.bytesReceived)), ("bytes_read", .integer(counts.bytesRead)),
            ("bytes_unread", .integer(counts.bytesUnread)), ("ends", .integer(counts.ends)),
            ("bytes_acknowledged", .integer(counts.bytesAcknowledged)),
            ("bytes_sent", .integer(counts.bytesSent)),
        ])
    }
}
