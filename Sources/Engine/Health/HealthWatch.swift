import Measure

/// Gathers the generator's own health figures, on the controller's thread, at the end of each interval.
struct HealthWatch {
    private(set) var health = GeneratorHealth()
    private var host = HostMeter()
    /// What the host's meters showed for our CPUs in the interval that is being closed, and the steal of the one
    /// before.
    private var hostUsage = HostUsage()
    private var stolenBefore: UInt64 = 0
    private var realtime = RealtimeWatch()
    /// Connections may take the local ports of those that we closed.
    private let reusesPorts: Bool

    /// The clocks are read at most so often until a reading is not torn.
    private static let readingLimit = 3

    /// Begins to watch. `addresses`: those of the target, each of which has the whole range of local ports. `cpus`:
    /// where workers are pinned; empty for nowhere.
    init(workers: Int, addresses: [SocketAddress], cpus: [Int] = [], spins: Bool = false) {
        self.reusesPorts = Preflight.reusesPorts(for: addresses)
        self.health.workers = Array(repeating: WorkerHealth(), count: workers)
        self.health.cores = UInt64(cpus.isEmpty ? AllowedCPUs.read().count : Set(cpus).count)
        self.health.spins = spins
        self.health.openFilesLimit = Preflight.raiseOpenFiles()
        let ports = UInt64(Preflight.portRange().count)
        self.health.portsLimit = ports.multipliedReportingOverflow(by: UInt64(max(1, addresses.count))).partialValue
        self.compareClocks()
    }

    /// Takes an interval: what each worker used in it, and the most connections that were open.
    mutating func observe(_ usages: [WorkerUsage], connections: UInt64, inHold: Bool) {
        self.compareClocks()
        if let files = OpenFiles.count() {
            self.health.openFilesHighest = max(self.health.openFilesHighest ?? 0, files)
        }
        let waiting = self.reusesPorts ? 0 : UInt64(SocketCounts.read()?.waiting ?? 0)
        self.health.portsHighest = max(self.health.portsHighest, connections &+ waiting)
        if !inHold { return }
        self.health.host.add(self.hostUsage)
        for (index, usage) in usages.enumerated() where index < self.health.workers.count {
            self.health.workers[index].add(usage)
        }
    }

    /// Closes an interval for the host. Returns an upper bound for how long the hypervisor kept our CPUs from us at
    /// once, in this interval and the one before. What arrived meanwhile was stamped late too, so no request shows it.
    mutating func closeHost() -> UInt64 {
        self.hostUsage = self.host.close()
        let stolen = self.hostUsage.stealTicks.multipliedReportingOverflow(by: HostMeter.tick).partialValue
        defer { self.stolenBefore = stolen }
        return max(stolen, self.stolenBefore)
    }

    /// A worker ended, and this is what it saw of its sampled connections.
    mutating func add(_ transport: TransportCounts, dropped: UInt64) {
        self.health.transport.add(transport)
        self.health.clientDelaysDropped &+= dropped
    }

    /// Takes how late a plain timer beside the load was.
    mutating func take(_ timer: DistributionFigures) { self.health.timer = timer }

    private mutating func compareClocks() {
        for _ in 0..<Self.readingLimit {
            switch self.realtime.judge(.now()) {
            case .steady: return
            case .stepped:
                self.health.clockSteps &+= 1
                return
            case .torn: continue
            }
        }
    }
}

extension LoadRun {
    /// The generator's health in the hold so far; complete once `nextInterval()` has returned nil.
    public var health: GeneratorHealth { self.healthWatch.health }

    /// Takes what the workers used in an interval, and puts the worst of it into the row.
    func observe(_ usages: [WorkerUsage], of row: inout IntervalRow) {
        let shares = usages.map(\.cpuShare)
        row.workerCPU = ((shares.max() ?? 0) * 1_000).rounded() / 1_000
        row.loopLag = usages.map(\.loopLag).max() ?? 0
        row.ownPause = usages.map(\.pause).max() ?? 0
        self.healthWatch.observe(
            usages, connections: row.connectionsHeld.highest, inHold: row.phase == .hold)
    }
}
