import Measure
import Workload

extension ScopeEvidence {
    /// Evidence of the whole hold. If it was never reached, what came before counts for errors and for requests sent
    /// again.
    init(_ summary: RunRecord) {
        let window = summary.hold
        self.init(latency: { LatencyEvidence(summary.window(of: $0), $0) })
        var counters = window.counters
        if summary.outcome.holdDuration == 0 { counters.add(summary.outside.counters) }
        self.ok = counters.requestsOK
        self.failed = counters.requestsFailed
        self.ownFailed = counters.ownFailures &+ summary.outcome.pauses.timeoutsInPause
        self.resent = summary.knowsResent ? counters.requestsResent : nil
        self.receivedBytes = counters.receivedSocket
        self.duration = summary.outcome.holdDuration
    }

    /// Evidence of the steps with these numbers; nil where there are none.
    init?(steps numbers: [Int], of summary: RunRecord) {
        let steps = summary.hold.steps.filter { numbers.contains($0.number) }
        if steps.isEmpty { return nil }
        self.init(latency: { LatencyEvidence(steps, $0) })
        self.ok = steps.reduce(UInt64(0)) { $0 &+ $1.response.totalCount }
        self.failed = steps.reduce(UInt64(0)) { $0 &+ $1.failed.totalCount }
        // Their steps are not counted, so all of them may belong to these steps.
        self.ownFailed = summary.hold.counters.ownFailures &+ summary.outcome.pauses.timeoutsInPause
        self.duration = summary.outcome.holdDuration
    }
}

extension LatencyEvidence {
    /// Evidence from a window, as exactly as its histograms know it.
    init(_ window: Window, _ metric: Metric) {
        let ended = window.succeeded[metric.rawValue]
        self.init(
            ended: ended, unended: window.unended(metric), unknown: window.unknownAges(metric),
            lower: window.lowerBound(metric),
            maximum: ended.isEmpty ? 0 : ended.maximum)
    }

    /// Evidence from several steps together; nil for a metric that a step does not have. The maximum is the upper end
    /// of its slot, as in a log, so that a run and its rebuild from the record get the same verdict.
    init?(_ steps: [StepWindow], _ metric: Metric) {
        let (ended, unended) = (Histogram(), Histogram())
        for step in steps {
            guard let values = step.succeeded(metric) else { return nil }
            ended.add(values)
            if let ages = step.unended(metric) { unended.add(ages) }
        }
        self.init(ended: ended, unended: unended, lower: StepWindow.lowerBound(metric, of: steps))
    }
}

extension UsersEvidence {
    /// Evidence of users. If the hold was never reached, no user was held.
    init(_ summary: RunRecord) {
        self.init()
        let reachedHold = summary.outcome.holdDuration > 0
        self.asked = summary.plan.usersAsked
        self.connectionsAsked = summary.plan.connectionsAsked
        if reachedHold {
            self.held = summary.usersHeldThroughout
            self.connections = summary.outcome.connectionsHeld.lowestSeen
        }
        self.isCut = !reachedHold && summary.state != .complete
        self.ownLimit = Self.ownLimit(summary, missing: self.asked - min(self.asked, self.held))
        // Users that were never answered do not count as lost.
        if summary.outcome.usersEstablished >= summary.plan.usersAsked { self.pause = summary.outcome.pauses.lossPause }
    }
}

extension UsersEvidence {
    /// The resource of the generator that was used up, or whose lack failed at least as many connections as users are
    /// missing.
    private static func ownLimit(_ summary: RunRecord, missing: UInt64) -> ValidityFinding.Resource? {
        for reason in summary.validity?.held.reasons ?? [] where reason.verdict == .invalid {
            if case .usersLimited(_, _, let resource) = reason.finding { return resource }
        }
        let failures: [(ErrorClass, ValidityFinding.Resource)] = [(.fdLimit, .descriptors), (.localPorts, .ports)]
        return failures.first { missing > 0 && summary.total.failed($0.0) >= missing }?.1
    }
}

extension RunRecord.Plan {
    /// The numbers of the steps with this name in objectives.
    public func steps(named word: String) -> [Int] {
        self.steps.filter { $0.words.contains(word) }.map(\.number)
    }
}
