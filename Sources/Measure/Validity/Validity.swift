/// Judges whether the server or the generator made the numbers of a run.
public enum Validity {
    /// The verdict on each claim. A rule gives INVALID only where the generator shaped a number by more than a tenth.
    public static func judge(
        _ evidence: Evidence, thresholds: ValidityThresholds = ValidityThresholds()
    ) -> RunValidity {
        var judge = ValidityJudge(evidence: evidence, thresholds: thresholds)
        if evidence.hold == 0 {
            judge.add(.suspect, .holdNotReached, to: .held, .throughput, .latency)
            judge.judgeFailures()
            return judge.verdict
        }
        judge.judgeStarts()
        judge.judgeFailures()
        judge.judgeUsers()
        judge.judgeLag()
        judge.judgeClientDelay()
        judge.judgeStalls()
        judge.judgeWorkers()
        judge.judgeLostTime()
        judge.judgePath()
        judge.judgeSteadiness()
        return judge.verdict
    }
}

/// The verdict as it grows, rule by rule.
struct ValidityJudge {
    let evidence: Evidence
    let thresholds: ValidityThresholds
    var verdict = RunValidity()

    mutating func add(_ verdict: Credibility, _ finding: ValidityFinding, to claims: Claim...) {
        for claim in claims { self.verdict[claim].reasons.append(ValidityReason(verdict, finding)) }
    }

    /// Whether the load waits for answers, so that its rate is as high as the server and the generator allow.
    var isLimitedByAnswers: Bool { !self.evidence.isPlanned && !self.evidence.isOpen }

    // MARK: Counts and users

    /// A plan that was not kept. Starts that the server made impossible are not the generator's fault. Of the missing
    /// starts the generator's share is taken as its share of the late ones: a loop that misses starts made as many late
    /// before.
    mutating func judgeStarts() {
        guard let planned = self.evidence.plannedStarts, planned > 0 else { return }
        let achieved = min(self.evidence.achievedStarts, planned)
        let missing =
            Counters.startsMissedByGenerator(
                missing: planned - achieved - min(planned - achieved, self.evidence.neverStartedServer),
                lateGenerator: self.evidence.lateGenerator,
                lateServer: self.evidence.lateServer) / Double(planned)
        let finding = ValidityFinding.startsMissed(achieved: achieved, planned: planned)
        if missing > 1 - self.thresholds.achievedShare {
            self.add(.invalid, finding, to: .counts, .throughput)
        } else if missing > 1 - self.thresholds.achievedSuspectShare {
            self.add(.suspect, finding, to: .counts, .throughput)
        }
    }

    mutating func judgeFailures() {
        let (own, failed) = (self.evidence.ownFailures, self.evidence.failed)
        let requests = Double(max(1, self.evidence.achievedStarts))
        if own > 0 {
            let isLarge = Double(own) > self.thresholds.ownFailureShare * Double(max(failed, own))
                && Double(own) > self.thresholds.ownFailureFloor * requests
            self.add(isLarge ? .invalid : .suspect, .ownFailures(own, of: failed), to: .counts)
        }
    }

    mutating func judgeUsers() {
        let isShort = self.evidence.usersHeld < self.evidence.usersAsked
        let resources: [(ValidityFinding.Resource, Evidence.Headroom?)] = [
            (.descriptors, self.evidence.descriptors), (.ports, self.evidence.ports),
        ]
        for (resource, headroom) in resources {
            guard let headroom, headroom.share >= self.thresholds.headroomSuspect else { continue }
            if isShort && headroom.share >= 1 {
                let finding = ValidityFinding.usersLimited(
                    held: self.evidence.usersHeld, asked: self.evidence.usersAsked, by: resource)
                self.add(.invalid, finding, to: .held)
            } else {
                self.add(
                    .suspect, .headroom(resource, used: headroom.used, limit: headroom.limit), to: .held)
            }
        }
    }
}
