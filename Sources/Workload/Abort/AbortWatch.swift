import Units

/// Watches a run second by second and reports when it has to stop, and why. Pure: the caller counts the seconds.
///
/// A rule's seconds follow each other. A second in which no request ended proves nothing about errors or resent: it
/// starts no series and ends none, so that a server that answers nothing until a timeout is still noticed. A second
/// with unknown CPU of the target ends the series of a `target_cpu` rule: an unknown value stops no run.
public struct AbortWatch: Sendable {
    /// The figures of one second.
    public struct Second: Sendable, Equatable {
        /// Requests that ended, well or not.
        public var ended: UInt64
        /// The failed ones among them.
        public var failed: UInt64
        /// Requests that were sent again.
        public var resent: UInt64
        /// Share of the target's CPU in use, 0...1; nil: not known.
        public var targetCPU: Double?

        /// One second's figures.
        public init(ended: UInt64, failed: UInt64, resent: UInt64 = 0, targetCPU: Double? = nil) {
            self.ended = ended
            self.failed = failed
            self.resent = resent
            self.targetCPU = targetCPU
        }
    }

    /// Why a run has to stop.
    public struct Reason: Sendable, Equatable {
        /// The rule that was met.
        public var rule: AbortRule
        /// The mean share over the seconds of the series, 0...1; for errors over all their requests.
        public var measured: Double
        /// One sentence.
        public var text: String
    }

    /// The state of one rule.
    private struct Series {
        var rule: AbortRule
        var seconds = 0
        var sum = 0.0
        var weight = 0.0
    }

    private var series: [Series]

    /// Watches exactly these rules; `Load.abort` includes the default ones.
    public init(rules: [AbortRule]) {
        self.series = rules.map { Series(rule: $0) }
    }

    /// Takes the next second. The first rule that is met is the reason to stop.
    public mutating func take(_ second: Second) -> Reason? {
        var reason: Reason?
        for index in self.series.indices {
            let found = Self.take(second, into: &self.series[index])
            if reason == nil { reason = found }
        }
        return reason
    }

    private static func take(_ second: Second, into series: inout Series) -> Reason? {
        let share: Double?
        let weight: Double
        switch series.rule.measure {
        case .errors, .resent:
            weight = Double(second.ended)
            // A request may count several times, or in a second in which it did not end.
            let count = series.rule.measure == .resent ? second.resent : second.failed
            share = second.ended > 0 ? Double(min(count, second.ended)) / weight : nil
            if share == nil, series.seconds == 0 { return nil }
        case .targetCPU:
            weight = 1
            share = second.targetCPU ?? 0
        }
        if let share {
            guard share > series.rule.limit else {
                series = Series(rule: series.rule)
                return nil
            }
            series.sum += share * weight
            series.weight += weight
        }
        series.seconds += 1
        guard series.seconds >= series.rule.seconds else { return nil }
        let measured = series.sum / series.weight
        return Reason(rule: series.rule, measured: measured, text: Self.text(series.rule, measured))
    }

    private static func text(_ rule: AbortRule, _ measured: Double) -> String {
        let percent = decimalText(UInt64((min(measured, 1) * 1_000).rounded()), unit: 10) + "%"
        let time = TimeSpan.text(UInt64(rule.seconds) * 1_000_000_000)
        return switch rule.measure {
        case .errors: "\(rule.text): \(percent) of the requests that ended in these \(time) failed"
        case .resent:
            "\(rule.text): in these \(time) requests were sent again, \(percent) of as many as ended"
        case .targetCPU: "\(rule.text): in these \(time) the target used \(percent) of its CPU"
        }
    }
}
