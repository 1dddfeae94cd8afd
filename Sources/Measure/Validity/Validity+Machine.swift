/// The machine's effect on the generator: CPU, time, clock, path.
extension ValidityJudge {
    private var busiest: Double { self.evidence.workers.map(\.cpuShare).max() ?? 0 }
    /// The client delay shows what lost time did to the answers.
    private var delayIsKnown: Bool { self.evidence.clientDelay != nil && !self.evidence.clientDelayIsEstimate }

    /// CPU alone shows that the generator limits a throughput. Whether it delayed answers is shown by lag and delay.
    /// Where these are not known, the latency is SUSPECT.
    mutating func judgeWorkers() {
        let share = self.busiest
        let highest = self.evidence.workers.map(\.highestCPUShare).max() ?? 0
        let finding: ValidityFinding
        if share >= self.thresholds.workerFull {
            finding = self.isLimitedByAnswers ? .generatorLimited(share: share) : .workerBusy(share: share)
        } else if share >= self.thresholds.workerBusy {
            finding = .workerBusy(share: share)
        } else if highest >= self.thresholds.workerFull {
            finding = .workerBusyOnce(share: highest)
        } else {
            return
        }
        let isFull = share >= self.thresholds.workerFull
        // In other loads a plan, not the CPU, sets the throughput; its starts show whether it was kept.
        if self.isLimitedByAnswers { self.add(isFull ? .invalid : .suspect, finding, to: .throughput) }
        if isFull || !self.delayIsKnown { self.add(.suspect, finding, to: .latency) }
        guard share >= self.thresholds.workerBusy, let probe = self.evidence.probeP99,
            let bulk = self.evidence.response?.p99
        else { return }
        if abs(Double(probe) - Double(bulk)) > self.thresholds.probeShare * Double(max(probe, bulk)) {
            self.add(.suspect, .probeDiffers(probe: probe, bulk: bulk), to: .latency)
        }
    }

    /// Time in which we were ready to work and had no CPU.
    mutating func judgeLostTime() {
        let workers = self.evidence.workers
        let delays = workers.compactMap(\.runDelayShare)
        if let share = delays.max() { self.judgeLost(share, .waitedForCPU(share: share)) }
        if let share = self.evidence.stealShare { self.judgeLost(share, .stolen(share: share)) }
        if let share = self.evidence.throttledShare { self.judgeLost(share, .throttled(share: share)) }
        let switches = workers.compactMap(\.involuntarySwitchesPerSecond)
        if delays.isEmpty, let rate = switches.max(), rate > self.thresholds.preemptionsPerSecond,
            !self.delayIsKnown
        {
            self.add(.suspect, .preempted(perSecond: rate), to: .latency)
        }
    }

    private mutating func judgeLost(_ share: Double, _ finding: ValidityFinding) {
        guard share > self.thresholds.lostTimeSuspect else { return }
        if self.isLimitedByAnswers {
            self.add(share > self.thresholds.lostTimeInvalid ? .invalid : .suspect, finding, to: .throughput)
        }
        // Where the client delay is known it shows what the lost time did.
        if !self.delayIsKnown { self.add(.suspect, finding, to: .latency) }
    }

    mutating func judgePath() {
        if let share = self.evidence.retransmittedShare, share > self.thresholds.retransmittedSuspect {
            self.add(.suspect, .retransmitted(share: share), to: .throughput, .latency)
        }
        // Only the client delay compares two clocks; plans and latencies use the monotonic one.
        if let steps = self.evidence.clockSteps, steps > 0, self.evidence.clientDelay != nil {
            self.add(.suspect, .clockSteps(steps), to: .latency)
        }
    }
}
