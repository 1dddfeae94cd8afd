import Measure
import Workload

/// What is known of one latency: of what ended, of what has not, and without the generator's own delays.
public struct LatencyEvidence {
    /// What ended as expected. The generator's own delays are in it: upper bounds.
    let ended: Histogram
    /// Ages of what has not ended: lower bounds.
    let unended: Histogram?
    /// How many have not ended of which not even the age is known, as in a run that was killed.
    let unknown: UInt64
    /// Without the generator's own delays; nil where nothing is known of them.
    let lower: LowerBound?
    /// The largest of `ended`, as it is printed.
    let maximum: UInt64

    /// Known distributions. `maximum`: where it is known more exactly than the histogram's slot.
    public init(
        ended: Histogram, unended: Histogram?, unknown: UInt64 = 0, lower: LowerBound?, maximum: UInt64? = nil
    ) {
        self.ended = ended
        self.unended = unended
        self.unknown = unknown
        self.lower = lower
        self.maximum = maximum ?? (ended.isEmpty ? 0 : ended.maximumEquivalent)
    }

    /// Requests that it is about.
    var count: UInt64 { self.ended.totalCount &+ self.unendedCount }
    var unendedCount: UInt64 { (self.unended?.totalCount ?? 0) &+ self.unknown }

    /// Ended and not ended together, these at their age.
    var counted: Histogram {
        guard let unended, !unended.isEmpty else { return self.ended }
        let union = Histogram(shape: self.ended.shape)
        union.add(self.ended)
        union.add(unended)
        return union
    }
}

extension LatencyEvidence {
    /// Holds a quantile (0...1) against its limit. PASS: it lies inside with everything that has not ended counted as
    /// over any limit. FAIL: it lies outside without the generator's own delays.
    func percentile(_ quantile: Double, below limit: UInt64) -> Finding {
        guard self.count > 0 else { return .unknown(.nothingMeasured) }
        let percentile = quantile * 100
        let lower = self.lower?.least(atPercentile: percentile)
        guard let upper = UpperValue(
            ended: self.ended, unended: self.unended, unknown: self.unknown, atPercentile: percentile)
        else {
            return self.unsupported(below: limit, lower: lower)
        }
        return self.compare(
            isInside: upper.isBelow(limit), measured: Double(upper.nanoseconds),
            lower: lower.map { Double($0) }, limit,
            endedIsInside: self.ended.value(atPercentile: percentile) < limit && !self.ended.isEmpty)
    }

    /// Too few samples say nothing of a percentile, but for where all of them lie on one side of the limit, or so many
    /// beyond it that a lower percentile does. `lower`: what that one is at least.
    private func unsupported(below limit: UInt64, lower: UInt64?) -> Finding {
        if self.unendedCount == 0, self.maximum < limit { return Finding(.pass) }
        if self.isAllOver(limit) { return Finding(.fail, reason: .allOverLimit(self.count)) }
        if let lower, lower >= limit { return Finding(.fail, lower: .nanoseconds(lower)) }
        return .unknown(.tooFewSamples(self.count))
    }

    /// Every value is over a limit: as it was measured, and without the generator's own delays where these are known.
    private func isAllOver(_ limit: UInt64) -> Bool {
        guard self.unknown == 0, let lowest = self.lower?.minimum, lowest >= limit else { return false }
        return self.counted.value(atPercentile: 0) >= limit
    }

    /// Holds the mean against its limit. What has not ended may take for ever, and so may the mean.
    func mean(below limit: UInt64) -> Finding {
        guard self.count > 0 else { return .unknown(.nothingMeasured) }
        let mean = self.counted.mean
        return self.compare(
            isInside: self.unendedCount == 0 && mean < Double(limit), measured: mean, lower: self.lower?.mean, limit,
            endedIsInside: !self.ended.isEmpty && self.ended.mean < Double(limit))
    }

    /// Holds the largest value against its limit.
    func maximum(below limit: UInt64) -> Finding {
        guard self.count > 0 else { return .unknown(.nothingMeasured) }
        let oldest = self.unended.map { $0.isEmpty ? 0 : $0.maximumEquivalent } ?? 0
        return self.compare(
            isInside: self.unendedCount == 0 && self.maximum < limit, measured: Double(max(self.maximum, oldest)),
            lower: self.lower.map { Double($0.maximum) }, limit,
            endedIsInside: !self.ended.isEmpty && self.maximum < limit)
    }

    /// The rule of all three. `endedIsInside`: what ended alone lies inside, so what has not ended decides.
    private func compare(
        isInside: Bool, measured: Double, lower: Double?, _ limit: UInt64, endedIsInside: Bool
    ) -> Finding {
        // Those that were looked at may be the slower ones; what was measured of all is an upper bound.
        let lower = lower.map { min($0, measured) }
        var finding = Finding(
            .unknown, measured: MeasuredValue(nanoseconds: measured), lower: lower.flatMap(MeasuredValue.init))
        if isInside {
            finding.verdict = .pass
        } else if lower ?? 0 >= Double(limit) || self.isAllOver(limit) {
            finding.verdict = .fail
            if endedIsInside { finding.reason = .unendedOverLimit(self.unendedCount) }
        } else if endedIsInside {
            finding.reason = .unended(self.unendedCount)
        } else {
            finding.reason = lower == nil ? .noLowerBound : .ownDelays
        }
        return finding
    }
}

extension MeasuredValue {
    /// Nanoseconds to the nearest; nil where that is no number.
    fileprivate init?(nanoseconds: Double) {
        guard nanoseconds >= 0, nanoseconds < 0x1p63 else { return nil }
        self = .nanoseconds(UInt64(nanoseconds.rounded()))
    }
}

/// What the judge finds of an objective, before delivery and steadiness are looked at.
struct Finding: Equatable {
    var verdict: Verdict
    var measured: MeasuredValue?
    var lower: MeasuredValue?
    var reason: VerdictReason?

    init(
        _ verdict: Verdict, measured: MeasuredValue? = nil, lower: MeasuredValue? = nil, reason: VerdictReason? = nil
    ) {
        self.verdict = verdict
        self.measured = measured
        self.lower = lower
        self.reason = reason
    }

    /// Nothing was measured that decides.
    static func unknown(_ reason: VerdictReason) -> Finding { Finding(.unknown, reason: reason) }
}

extension SLO.LatencyWord {
    /// The metric that the word means.
    public var metric: Metric {
        switch self {
        case .response: .response
        case .service: .service
        case .ttfb: .firstByte
        case .connect: .connect
        case .session: .session
        }
    }
}
