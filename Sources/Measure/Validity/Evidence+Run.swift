extension Evidence {
    /// Evidence from a finished run. `series`: the seconds of its hold; nil where they were not kept.
    public init(_ summary: RunRecord, series: HoldSeries?) {
        self.init()
        let counters = summary.hold.counters
        self.isOpen = summary.plan.isOpen
        self.isPlanned = summary.plan.pace.isPlanned
        self.isConstant = summary.plan.pace.isConstant
        self.keepsConnections = summary.plan.connection == .perUser
        self.hold = summary.outcome.holdDuration
        self.achievedStarts = counters.requestsStarted
        if self.isPlanned { self.plannedStarts = counters.requestsStarted &+ counters.neverStarted }
        self.lateServer = counters.lateServer
        self.lateGenerator = counters.lateGenerator
        self.neverStarted = counters.neverStarted
        self.neverStartedServer = counters.neverStartedServer
        self.failed = counters.requestsFailed
        self.ownFailures = counters.ownFailures
        if !self.isOpen {
            self.usersAsked = summary.plan.usersAsked
            self.usersHeld = summary.outcome.usersHeld.lowestSeen
        }
        self.takeLatency(summary.hold)
        self.probeP99 = summary.probe?.response["p99"]
        if let health = summary.outcome.health { self.take(health) }
        if let series {
            self.warmUpUnit = UInt64(series.secondsPerBatch) &* 1_000_000_000
            self.warmUp = WarmUp(ofMedians: series.medians)
            self.drift = Drift(ofMedians: series.medians.compactMap { $0 })
        }
    }

    private mutating func takeLatency(_ window: Window) {
        func quantiles(_ metric: Metric) -> Quantiles? { Quantiles(of: window.succeeded[metric.rawValue]) }
        self.response = quantiles(.response)
        self.service = quantiles(.service)
        self.sendLag = quantiles(.sendLag)
        self.generatorLag = quantiles(.generatorLag)
        self.clientDelay = quantiles(.clientDelay)
        // The service time without a delay is recorded only where the delay belongs to that answer alone.
        self.clientDelayIsEstimate =
            window.succeeded[Metric.kernelService.rawValue].totalCount
            < window.succeeded[Metric.clientDelay.rawValue].totalCount
        self.ownShifts = GeneratorShift.all(
            response: window.succeeded[Metric.response.rawValue],
            starts: window.succeeded[Metric.generatorLag.rawValue],
            answers: window.succeeded[Metric.clientDelay.rawValue])
    }

    private mutating func take(_ health: GeneratorHealth) {
        if let files = health.openFilesHighest {
            self.descriptors = Headroom(used: files, limit: health.openFilesLimit)
        }
        self.ports = Headroom(used: health.portsHighest, limit: health.portsLimit)
        self.workers = health.workers.filter { $0.total.duration > 0 }.map { worker in
            let seconds = Double(worker.total.duration) / 1e9
            return Worker(
                cpuShare: worker.total.cpuShare, highestCPUShare: worker.worstCPUShare,
                loopLagMaximum: worker.total.loopLag,
                involuntarySwitchesPerSecond: Double(worker.total.involuntarySwitches) / seconds,
                runDelayShare: worker.total.runDelayShare)
        }
        if health.host.ticks > 0 { self.stealShare = health.host.stealShare }
        if health.host.duration > 0 { self.throttledShare = health.host.throttledShare }
        if health.transport.segmentsSent > 0 { self.retransmittedShare = health.transport.retransmittedShare }
        self.clockSteps = health.clockSteps
    }
}
