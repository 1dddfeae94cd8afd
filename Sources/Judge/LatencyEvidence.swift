import Measure
import Workload

/// What is known of one latency: of requests that ended, of those that have not, and without the generator's own
/// delays.
public struct LatencyEvidence {
    /// Times of requests that ended as expected. They include the generator's own delays, so they are upper bounds.
    let ended: Histogram
    /// Ages of requests that have not ended: lower bounds.
    let unended: Histogram?
    /// How many have not ended and have no known age, as in a run that was killed.
    let unknown: UInt64
    /// Times without the generator's own delays; nil where these are not known.
    let lower: LowerBound?
    /// The largest of `ended`, as it is printed.
    let maximum: UInt64

    /// Known distributions. `maximum`: if it is known more exactly than the histogram's slot.
    public init(
        ended: Histogram, unended: Histogram?, unknown: UInt64 = 0, lower: LowerBound?, maximum: UInt64? = nil
    ) {
        self.ended = ended
        self.unended = unended
        self.unknown = unknown
        self.lower = lower
        self.maximum = maximum ?? (ended.isEmpty ? 0 : ended.maximumEquivalent)
    }

    /// Number of requests behind it.
    var count: UInt64 { self.ended.totalCount &+ self.unendedCount }
    var unendedCount: UInt64 { (self.unended?.totalCount ?? 0) &+ self.unknown }

    /// Ended and not ended together, the latter with their age.
    var counted: Histogram {
        guard let unended, !unended.isEmpty else { return self.ended }
        let union = Histogram(shape: self.ended.shape)
        union.add(self.ended)
        union.add(unended)
        return union
    }
}

extension LatencyEvidence {
    /// Compares a quantile (0...1) with its limit. PASS: it is inside even if all that has not ended counts as over any
    /// limit. FAIL: it is outside without the generator's own delays.
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

    /// Too few samples prove nothing about a percentile. The exceptions: all of them are on one side of the limit, or
    /// so many are beyond it that a lower percentile is beyond, too. `lower`: a lower bound for that percentile.
    private func unsupported(below limit: UInt64, lower: UInt64?) -> Finding {
        if self.unendedCount == 0, self.maximum < limit { return Finding(.pass) }
        if self.isAllOver(limit) { return Finding(.fail, reason: .allOverLimit(self.count)) }
        if let lower, lower >= limit { return Finding(.fail, lower: .nanoseconds(lower)) }
        return .unknown(.tooFewSamples(self.count))
    }

    /// Whether every value is over a limit, both as measured and without the generator's own delays.
    private func isAllOver(_ limit: UInt64) -> Bool {
        guard self.unknown == 0, let lowest = self.lower?.minimum, lowest >= limit else { return false }
        return self.counted.value(atPercentile: 0) >= limit
    }

    /// Compares the mean with its limit. A request that has not ended may take for ever, and then the mean is infinite.
    func mean(below limit: UInt64) -> Finding {
        guard self.count > 0 else { return .unknown(.nothingMeasured) }
        let mean = self.counted.mean
        return self.compare(
            isInside: self.unendedCount == 0 && mean < Double(limit), measured: mean, lower: self.lower?.mean, limit,
            endedIsInside: !self.ended.isEmpty && self.ended.mean < Double(limit))
    }

    /// Compares the largest value with its limit.
    func maximum(below limit: UInt64) -> Finding {
        guard self.count > 0 else { return .unknown(.nothingMeasured) }
        let oldest = self.unended.map { $0.isEmpty ? 0 : $0.maximumEquivalent } ?? 0
        return self.compare(
            isInside: self.unendedCount == 0 && self.maximum < limit, measured: Double(max(self.maximum, oldest)),
            lower: self.lower.map { Double($0.maximum) }, limit,
            endedIsInside: !self.ended.isEmpty && self.maximum < limit)
    }

    /// The rule for all three. `endedIsInside`: requests that ended are inside by themselves, so those that have not
    /// decide.
    private func compare(
        isInside: Bool, measured: Double, lower: Double?, _ limit: UInt64, endedIsInside: Bool
    ) -> Finding {
        // The values that were looked at may be the slower ones; the measured value of all is an upper bound.
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
    /// Rounded nanoseconds; nil where the value is no valid number.
    fileprivate init?(nanoseconds: Double) {
        guard nanoseconds >= 0, nanoseconds < 0x1p63 else { return nil }
        self = .nanoseconds(UInt64(nanoseconds.rounded()))
    }
}

/// The finding for an objective, before delivery and steadiness are considered.
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

    /// A finding without a value that decides.
    static func unknown(_ reason: VerdictReason) -> Finding { Finding(.unknown, reason: reason) }
}

extension SLO.LatencyWord {
    /// The metric that the word stands for.
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
