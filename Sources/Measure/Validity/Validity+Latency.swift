/// What the generator added to latencies.
extension ValidityJudge {
    /// The generator's lag; nil where it cannot be separated from the server's.
    private var ownLag: Evidence.Quantiles? {
        if let own = self.evidence.generatorLag { return own }
        let starts = Double(max(1, self.evidence.achievedStarts))
        guard self.evidence.keepsConnections,
            Double(self.evidence.lateServer) <= self.thresholds.serverLateShare * starts
        else { return nil }
        return self.evidence.sendLag
    }

    mutating func judgeLag() {
        guard let response = self.evidence.response else { return }
        if let shifts = self.evidence.ownShifts { self.judgeShifts(shifts) }
        if let lag = self.ownLag {
            for percentile in self.comparedPercentiles {
                guard let lag = lag[percentile], let response = response[percentile],
                    let verdict = self.shaped(percentile, lag, of: response)
                else { continue }
                self.add(verdict, .sendLag(percentile, lag: lag, response: response), to: .latency)
            }
            return
        }
        if self.evidence.ownShifts == nil { self.judgeLateStarts(response) }
    }

    /// Where shifts cover rare delays, a delay is compared with a time only if half of the requests had it: a shift is
    /// an estimate for delays that most requests did not have.
    private var comparedPercentiles: [ValidityFinding.Percentile] {
        self.evidence.ownShifts == nil ? [.p50, .p99] : [.p50]
    }

    /// Of all percentiles that our delays moved too far, reports the one that they moved most.
    private mutating func judgeShifts(_ shifts: [GeneratorShift]) {
        var worst: (verdict: Credibility, shift: GeneratorShift)?
        for shift in shifts where shift.share > self.thresholds.shiftSuspect {
            let isJudged = self.thresholds.judgedPercentiles.contains(shift.key)
            let verdict: Credibility = isJudged && shift.share > self.thresholds.shiftInvalid ? .invalid : .suspect
            if let found = worst, (found.verdict, found.shift.share) >= (verdict, shift.share) { continue }
            worst = (verdict, shift)
        }
        if let worst { self.add(worst.verdict, .ownDelays(worst.shift), to: .latency) }
    }

    /// Without a send lag of our own: judges how many starts were late.
    private mutating func judgeLateStarts(_ response: Evidence.Quantiles) {
        guard self.evidence.sendLag != nil else { return self.add(.suspect, .lagUnknown, to: .latency) }
        let (late, starts) = (self.evidence.lateGenerator, self.evidence.achievedStarts)
        guard Double(late) > self.thresholds.generatorLateShare * Double(max(1, starts)) else { return }
        // Each of them was later than the tolerance; by how much is not known.
        let tolerance = Double(self.thresholds.lateTolerance)
        let isLarge = response.p99.map { tolerance > self.thresholds.shapedShare * Double($0) } ?? false
        self.add(isLarge ? .invalid : .suspect, .startsLate(late: late, of: starts), to: .latency)
    }

    mutating func judgeClientDelay() {
        guard let delay = self.evidence.clientDelay, let service = self.evidence.service else { return }
        for percentile in self.comparedPercentiles {
            guard let delay = delay[percentile], let service = service[percentile],
                let verdict = self.shaped(percentile, delay, of: service)
            else { continue }
            self.add(verdict, .clientDelay(percentile, delay: delay, service: service), to: .latency)
        }
    }

    /// The verdict for a latency that contains this time of the generator; nil for none.
    private func shaped(
        _ percentile: ValidityFinding.Percentile, _ own: UInt64, of latency: UInt64
    ) -> Credibility? {
        let (floor, suspectFloor) =
            switch percentile {
            case .p50: (self.thresholds.lagFloorP50, self.thresholds.suspectLagFloorP50)
            case .p99: (self.thresholds.lagFloorP99, self.thresholds.suspectLagFloorP99)
            }
        func exceeds(_ floor: UInt64, _ share: Double) -> Bool {
            own > floor && Double(own) > share * Double(latency)
        }
        if exceeds(floor, self.thresholds.shapedShare) { return .invalid }
        return exceeds(suspectFloor, self.thresholds.suspectShare) ? .suspect : nil
    }

    /// A loop that stood still: too rare for p99, but the largest values are the generator's.
    mutating func judgeStalls() {
        guard let stall = self.evidence.workers.compactMap(\.loopLagMaximum).max() else { return }
        if stall >= self.thresholds.stallOfHeld { self.add(.suspect, .loopStall(stall), to: .held) }
        let largest = Double(self.evidence.response?.maximum ?? 0)
        if stall >= self.thresholds.stallSuspect, Double(stall) > self.thresholds.shapedShare * largest {
            self.add(.suspect, .loopStall(stall), to: .latency)
        }
    }

    // MARK: Steadiness

    mutating func judgeSteadiness() {
        guard self.evidence.isConstant else { return }
        // A warm-up is a drift, too; it is reported once, as a warm-up.
        if let warmUp = self.evidence.warmUp, !warmUp.isSettled,
            abs(warmUp.excess) > self.thresholds.driftSuspect, self.evidence.drift?.isFlagged == true
        {
            return self.add(.suspect, .unsettled, to: .latency)
        }
        if let warmUp = self.evidence.warmUp, warmUp.isSettled, warmUp.length > 0,
            abs(warmUp.excess) > self.thresholds.driftSuspect
        {
            let seconds = Double(warmUp.length) * Double(self.evidence.warmUpUnit) / 1e9
            return self.add(.suspect, .warmUp(seconds: seconds, excess: warmUp.excess), to: .latency)
        }
        if let drift = self.evidence.drift, drift.isFlagged, abs(drift.change) > self.thresholds.driftSuspect {
            self.add(.suspect, .drift(change: drift.change, pValue: drift.pValue), to: .latency)
        }
    }
}
