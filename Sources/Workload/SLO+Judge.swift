extension SLO {
    /// What a run gives the judge. Latencies are asked for by closure, so that this module need not know how
    /// they are kept.
    public struct Evidence {
        /// Samples of a latency.
        public var count: (LatencyWord) -> UInt64
        /// Nanoseconds at a quantile (0...1) of a latency.
        public var value: (LatencyWord, Double) -> UInt64
        /// Largest value of a latency in nanoseconds.
        public var maximum: (LatencyWord) -> UInt64
        /// Mean of a latency in nanoseconds.
        public var mean: (LatencyWord) -> Double
        /// Share of failed requests, 0...1; nil where none ended.
        public var errorFraction: Double?
        /// Resent requests as a share of those that ended, 0...; nil where none ended.
        public var resentFraction: Double?
        /// Users the plan asks for.
        public var asked: UInt64
        /// Users that were answered at least once.
        public var established: UInt64
        /// Fewest users held at once during the hold.
        public var lowestHeld: UInt64

        /// Evidence with all its parts.
        public init(
            count: @escaping (LatencyWord) -> UInt64, value: @escaping (LatencyWord, Double) -> UInt64,
            maximum: @escaping (LatencyWord) -> UInt64, mean: @escaping (LatencyWord) -> Double,
            errorFraction: Double?, resentFraction: Double? = nil, asked: UInt64, established: UInt64,
            lowestHeld: UInt64
        ) {
            self.count = count
            self.value = value
            self.maximum = maximum
            self.mean = mean
            self.errorFraction = errorFraction
            self.resentFraction = resentFraction
            self.asked = asked
            self.established = established
            self.lowestHeld = lowestHeld
        }
    }

    /// How an objective went.
    public struct Verdict: Sendable, Equatable {
        /// The objective as it is printed.
        public var text: String
        /// True where the objective held.
        public var met: Bool
        /// What was measured; nil where too few samples support a number.
        public var measured: Measured?
        /// Of an objective over windows: in how many of them it held.
        public var windows: WindowTally?

        /// A verdict with all its parts.
        public init(text: String, met: Bool, measured: Measured?, windows: WindowTally? = nil) {
            self.text = text
            self.met = met
            self.measured = measured
            self.windows = windows
        }
    }

    /// A measured value with its unit.
    public enum Measured: Sendable, Equatable {
        case nanoseconds(UInt64)
        /// A share, 0...1.
        case fraction(Double)
        case count(UInt64)
    }

    /// A percentile is told only with this many samples beyond it; with fewer, every sample is judged.
    public static let samplesNeededBeyond = 10.0

    /// Holds the objective against what was measured over the hold, of its step where it names one. Without a
    /// sample nothing was shown, so it is not met; nor does a whole hold show anything of windows.
    public func judge(_ evidence: Evidence) -> Verdict {
        self.windows == nil ? self.plain(evidence) : self.verdict(false, nil)
    }

    /// Holds the objective itself, without what it says of windows, against what was measured.
    func plain(_ evidence: Evidence) -> Verdict {
        switch self.objective {
        case .percentile(let word, let quantile, let limit):
            return self.percentile(word, quantile, limit, evidence)
        case .mean(let word, let limit):
            guard evidence.count(word) > 0 else { return self.verdict(false, nil) }
            let mean = evidence.mean(word)
            // Half a nanosecond more or less is no matter, a mean that is no number is: it is not met.
            let rounded = mean >= 0 && mean < 0x1p63 ? UInt64(mean.rounded()) : nil
            return self.verdict(mean < Double(limit), rounded.map(Measured.nanoseconds))
        case .maximum(let word, let limit):
            guard evidence.count(word) > 0 else { return self.verdict(false, nil) }
            let maximum = evidence.maximum(word)
            return self.verdict(maximum < limit, .nanoseconds(maximum))
        case .errors(let limit):
            guard let share = evidence.errorFraction else { return self.verdict(false, nil) }
            return self.verdict(share < limit, .fraction(share))
        case .resent(let limit):
            guard let share = evidence.resentFraction else { return self.verdict(false, nil) }
            return self.verdict(share < limit, .fraction(share))
        case .heldEqualsAsked:
            let held = min(evidence.established, evidence.lowestHeld)
            return self.verdict(held >= evidence.asked, .count(held))
        }
    }

    /// Judges each objective in turn. `steps` gives what was measured of the steps that the words after `for`
    /// name; `windows` how an objective over windows went in each. What they cannot give is not met.
    public static func judge(
        _ objectives: [SLO], by evidence: Evidence, steps: (String) -> Evidence? = { _ in nil },
        windows: (SLO) -> WindowTally? = { _ in nil }
    ) -> [Verdict] {
        objectives.map { slo in
            if slo.windows != nil { return slo.judge(windows(slo) ?? WindowTally()) }
            guard let step = slo.step else { return slo.judge(evidence) }
            return steps(step).map(slo.judge) ?? slo.verdict(false, nil)
        }
    }

    private func percentile(
        _ word: LatencyWord, _ quantile: Double, _ limit: UInt64, _ evidence: Evidence
    ) -> Verdict {
        let count = Double(evidence.count(word))
        guard count > 0 else { return self.verdict(false, nil) }
        let value = evidence.value(word, quantile)
        // A billionth of slack: 1,000 samples do have ten beyond p99, whatever binary fractions say.
        let supported = count * (1 - quantile) + 1e-9 * count >= Self.samplesNeededBeyond
        // Too few samples say nothing of the percentile; the limit is kept where every one of them keeps it.
        if supported { return self.verdict(value < limit, .nanoseconds(value)) }
        return self.verdict(evidence.maximum(word) < limit, nil)
    }

    func verdict(_ met: Bool, _ measured: Measured?) -> Verdict {
        Verdict(text: self.text, met: met, measured: measured)
    }
}
