import Measure
import Units
import YAML

/// The generator's own CPU, memory and health; not known for a run that was cut off.
extension RunJSON {
    /// The health stands beside the two figures of the process, in the same object.
    static let client = Field<RunRecord>(
        "client", absence: .none,
        write: { record, writing in
            .object(
                Self.process.members(record, writing)
                    + (record.outcome.health.map { Self.health.members($0, writing) } ?? []))
        }
    ) { node, record, reading throws(ParseError) in
        guard node.members != nil else { return false }
        try Self.process.read(node, into: &record, reading, besides: Self.health.names)
        // Records from before it, and of runs that were cut off, have none.
        if node["workers"]?.items == nil || node["host"]?.members == nil { return true }
        var health = GeneratorHealth()
        try Self.health.read(node, into: &health, reading, besides: Self.process.names)
        record.outcome.health = health
        return true
    }

    private static let process = Fields<RunRecord>([
        .optional("cpu_seconds", \.cpuSeconds), .optional("peak_resident_bytes", \.peakResidentBytes),
    ])

    /// Shares are of one CPU, 0...1, over the hold; times are nanoseconds.
    private static let health = Fields<GeneratorHealth>([
        .value("cores", \.cores), .value("spin", \.spins),
        .list("workers", \.workers, of: WorkerHealth(), limit: Self.workerLimit, Self.worker),
        .object("host", \.host, Self.host),
        .group(
            "open_files", absence: .unknown,
            Fields([.optional("highest", \.openFilesHighest), .value("limit", \.openFilesLimit)])),
        .group(
            "local_ports", absence: .unknown,
            Fields([.value("highest", \.portsHighest), .value("limit", \.portsLimit)])),
        .value("clock_steps", \.clockSteps),
        .value("client_delays_dropped", \.clientDelaysDropped),
        .object("sampled_connections", \.transport, Self.transport),
        Field(
            "timer", absence: .none,
            write: { health, writing in
                health.timer.map { .object([("lateness", Self.figures.json($0, writing))]) }
            }
        ) { node, health, reading throws(ParseError) in
            guard let lateness = node["lateness"] else { return false }
            var figures = DistributionFigures()
            try Self.figures.read(lateness, into: &figures, reading)
            health.timer = figures
            return true
        },
    ])

    /// Most workers that are read: more than any machine has cores.
    private static let workerLimit = 4_096

    private static let worker = Fields<WorkerHealth>([
        .value("duration", \.total.duration), .value("cpu", \.total.cpu),
        .value("cpu_share_highest", \.worstCPUShare),
        .value("run_delay", \.total.runDelay),
        .value("run_delay_share_highest", \.worstRunDelayShare),
        .value("involuntary_switches", \.total.involuntarySwitches),
        .value("loop_lag_highest", \.total.loopLag), .value("turns", \.total.turns),
    ])

    private static let host = Fields<HostUsage>([
        .value("duration", \.duration), .value("ticks", \.ticks), .value("idle_ticks", \.idleTicks),
        .value("steal_ticks", \.stealTicks), .value("steal_share_highest", \.worstStealShare),
        .value("throttled", \.throttled),
    ])

    private static let transport = Fields<TransportCounts>([
        .value("count", \.connections), .value("unsettled", \.unsettled),
        .value("segments_sent", \.segmentsSent), .value("segments_retransmitted", \.segmentsRetransmitted),
        .value("bytes_received", \.bytesReceived), .value("bytes_read", \.bytesRead),
        .value("bytes_unread", \.bytesUnread), .value("ends", \.ends),
        .value("bytes_acknowledged", \.bytesAcknowledged), .value("bytes_sent", \.bytesSent),
    ])
}
