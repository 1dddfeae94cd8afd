import Measure
import Workload
import YAML

extension GeneratorHealth {
    /// Most workers that are read: more than any machine has cores.
    private static let workerLimit = LoadArguments.threadLimit

    /// Reads "client" of run.json; nil if it is missing, as in records of older versions and of runs that were cut off.
    /// A missing number is 0.
    init?(_ client: DataNode?) {
        guard let client, let workers = client["workers"]?.items, let host = client["host"] else {
            return nil
        }
        self.init()
        self.cores = client["cores"]?.integer ?? 0
        self.spins = client["spin"]?.boolean ?? false
        self.workers = workers.prefix(Self.workerLimit).map(WorkerHealth.init)
        self.host = HostUsage(host)
        self.openFilesHighest = client["open_files"]?["highest"]?.integer
        self.openFilesLimit = client["open_files"]?["limit"]?.integer ?? 0
        self.portsHighest = client["local_ports"]?["highest"]?.integer ?? 0
        self.portsLimit = client["local_ports"]?["limit"]?.integer ?? 0
        self.clockSteps = client["clock_steps"]?.integer ?? 0
        self.clientDelaysDropped = client["client_delays_dropped"]?.integer ?? 0
        if let lateness = client["timer"]?["lateness"] { self.timer = DistributionFigures(lateness) }
        if let connections = client["sampled_connections"] { self.transport = TransportCounts(connections) }
    }
}

extension WorkerHealth {
    fileprivate init(_ node: DataNode) {
        self.init()
        self.total.duration = node["duration"]?.integer ?? 0
        self.total.cpu = node["cpu"]?.integer ?? 0
        self.worstCPUShare = node["cpu_share_highest"]?.number ?? 0
        self.total.runDelay = node["run_delay"]?.integer ?? 0
        self.worstRunDelayShare = node["run_delay_share_highest"]?.number ?? 0
        self.total.involuntarySwitches = node["involuntary_switches"]?.integer ?? 0
        self.total.loopLag = node["loop_lag_highest"]?.integer ?? 0
        self.total.turns = node["turns"]?.integer ?? 0
    }
}

extension HostUsage {
    fileprivate init(_ node: DataNode) {
        self.init()
        self.duration = node["duration"]?.integer ?? 0
        self.ticks = node["ticks"]?.integer ?? 0
        self.idleTicks = node["idle_ticks"]?.integer ?? 0
        self.stealTicks = node["steal_ticks"]?.integer ?? 0
        self.worstStealShare = node["steal_share_highest"]?.number ?? 0
        self.throttled = node["throttled"]?.integer ?? 0
    }
}

extension TransportCounts {
    fileprivate init(_ node: DataNode) {
        self.init()
        self.connections = node["count"]?.integer ?? 0
        self.unsettled = node["unsettled"]?.integer ?? 0
        self.segmentsSent = node["segments_sent"]?.integer ?? 0
        self.segmentsRetransmitted = node["segments_retransmitted"]?.integer ?? 0
        self.bytesReceived = node["bytes_received"]?.integer ?? 0
        self.bytesRead = node["bytes_read"]?.integer ?? 0
        self.bytesUnread = node["bytes_unread"]?.integer ?? 0
        self.ends = node["ends"]?.integer ?? 0
        self.bytesAcknowledged = node["bytes_acknowledged"]?.integer ?? 0
        self.bytesSent = node["bytes_sent"]?.integer ?? 0
    }
}

extension ProbeResult {
    /// Reads "probe" of run.json; nil if it is missing.
    init?(_ node: DataNode?) {
        guard let node, let rate = node["requests_per_second"]?.number, let requests = node["requests"] else {
            return nil
        }
        self.init(rate: rate)
        self.started = requests["started"]?.integer ?? 0
        self.ok = requests["ok"]?.integer ?? 0
        self.failed = requests["failed"]?.integer ?? 0
        self.inFlightAtEnd = requests["in_flight_at_end"]?.integer ?? 0
        self.response = DistributionFigures(node["latency"]?["response"])
        self.service = DistributionFigures(node["latency"]?["service"])
    }
}

extension DistributionFigures {
    fileprivate init(_ node: DataNode?) {
        self.init()
        self.count = node?["count"]?.integer ?? 0
        self.minimum = node?["min"]?.integer
        self.mean = node?["mean"]?.integer
        self.maximum = node?["max"]?.integer
        self.values = Self.percentiles.map { node?[$0.key]?.integer }
    }
}

extension TargetUsage {
    /// Reads "target" of run.json; nil if it is missing.
    init?(_ node: DataNode?) {
        guard let node, let cpu = node["cpu"]?.number, let busiest = node["cpu_busiest_core"]?.number else {
            return nil
        }
        self.init(cpu: cpu, busiestCore: busiest)
        self.memoryBytes = node["memory_bytes"]?.integer
        self.connections = node["connections"]?.integer
        self.sentBitsPerSecond = node["sent_bits_per_second"]?.number
        self.receivedBitsPerSecond = node["received_bits_per_second"]?.number
    }
}
