import Measure
import Workload

/// The evidence for objectives about a part of a run: the whole hold, some steps, or a window.
public struct ScopeEvidence {
    /// What is known of a latency; nil for one that the part does not have.
    public var latency: (Metric) -> LatencyEvidence?
    public var ok: UInt64 = 0
    public var failed: UInt64 = 0
    /// Failures that the generator may have made itself; at most `failed`.
    public var ownFailed: UInt64 = 0
    /// Requests that were sent again; nil where a record does not have them.
    public var resent: UInt64? = 0
    /// Bytes received, and the length of the part in nanoseconds.
    public var receivedBytes: UInt64 = 0
    public var duration: UInt64 = 0
    /// Requests were started or in flight, and none ended: the target stood still.
    public var isStalled = false

    /// Evidence with latencies only.
    public init(latency: @escaping (Metric) -> LatencyEvidence?) { self.latency = latency }
}

extension ScopeEvidence {
    /// Judges an objective by it. Users and connections belong to the run, not to a part.
    func judge(_ objective: SLO.Objective) -> Finding {
        switch objective {
        case .percentile(let word, let quantile, let limit):
            self.judge(word) { $0.percentile(quantile, below: limit) }
        case .mean(let word, let limit): self.judge(word) { $0.mean(below: limit) }
        case .maximum(let word, let limit): self.judge(word) { $0.maximum(below: limit) }
        case .errors(let limit): self.share(self.failed, own: min(self.ownFailed, self.failed), below: limit)
        case .resent(let limit): self.resent.map { self.share($0, own: 0, below: limit) } ?? .unknown(.nothingMeasured)
        case .rate(let limit): self.lowerLimit(self.perSecond(self.ok), limit) { .rate($0) }
        case .throughput(let limit):
            self.lowerLimit(self.perSecond(self.receivedBytes).map { $0 * 8 }, limit) { .bitsPerSecond($0) }
        case .heldEqualsAsked, .connectionsEqualAsked: .unknown(.nothingMeasured)
        }
    }

    private func judge(_ word: SLO.LatencyWord, _ compare: (LatencyEvidence) -> Finding) -> Finding {
        let evidence = self.latency(word.metric)
        if evidence == nil || evidence?.count == 0, self.isStalled { return Finding(.fail, reason: .stalled) }
        return evidence.map(compare) ?? .unknown(.nothingMeasured)
    }

    /// A share of the requests that ended. FAIL only if it is outside without those that the generator caused itself.
    private func share(_ part: UInt64, own: UInt64, below limit: Double) -> Finding {
        let ended = self.ok &+ self.failed
        guard ended > 0 else {
            return self.isStalled ? Finding(.fail, reason: .stalled) : .unknown(.nothingMeasured)
        }
        let share = Double(part) / Double(ended)
        let rest = ended &- own
        let lower = rest == 0 ? 0 : Double(part &- own) / Double(rest)
        var finding = Finding(.pass, measured: .fraction(share), lower: .fraction(lower))
        if share < limit { return finding }
        finding.verdict = lower < limit ? .unknown : .fail
        if lower < limit { finding.reason = .ownErrors(own: own, failed: part) }
        return finding
    }

    private func perSecond(_ count: UInt64) -> Double? {
        self.duration == 0 ? nil : Double(count) / Double(self.duration) * 1e9
    }

    private func lowerLimit(
        _ value: Double?, _ limit: Double, _ measured: (Double) -> MeasuredValue
    ) -> Finding {
        guard let value else { return .unknown(.holdNotReached) }
        return Finding(value > limit ? .pass : .fail, measured: measured(value))
    }
}
