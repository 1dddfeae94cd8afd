/// How busy the generator was over the hold, as shares. They show whether it limited a load that waits for answers.
public struct Strain: Sendable, Equatable {
    /// CPU of the busiest worker.
    public var worker: Double
    /// CPU time that the hypervisor gave to others.
    public var steal: Double
    /// Time that a CPU quota held it back.
    public var quota: Double

    /// Above these shares the generator limits the load.
    public static let workerLimit = 0.9
    public static let lostLimit = 0.05

    /// Known shares.
    public init(worker: Double, steal: Double, quota: Double) {
        self.worker = worker
        self.steal = steal
        self.quota = quota
    }

    /// The shares of a run, from its own figures.
    public init(_ health: GeneratorHealth) {
        self.init(
            worker: health.workers.map(\.total.cpuShare).max() ?? 0, steal: health.host.stealShare,
            quota: health.host.throttledShare)
    }

    /// The worst of several runs.
    public func union(_ other: Strain) -> Strain {
        Strain(
            worker: max(self.worker, other.worker), steal: max(self.steal, other.steal),
            quota: max(self.quota, other.quota))
    }

    /// Why the generator limited the load to so many requests per second; nil where it did not.
    public func limit(reached: Double) -> VerdictReason? {
        if self.steal >= Self.lostLimit { return .stolen(share: self.steal, reached: reached) }
        if self.quota >= Self.lostLimit { return .throttled(share: self.quota, reached: reached) }
        return self.worker > Self.workerLimit ? .workerBusy(share: self.worker, reached: reached) : nil
    }
}
