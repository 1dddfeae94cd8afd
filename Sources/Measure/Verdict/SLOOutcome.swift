import Numerics

/// One objective and its result.
public struct SLOOutcome: Sendable, Equatable {
    /// The objective as it is printed.
    public var text: String
    /// The verdict.
    public var verdict: Verdict
    /// The measured value, in the unit of the objective; nil where too few samples support a number. For a latency it
    /// is an upper bound: it includes the generator's own delays.
    public var measured: MeasuredValue?
    /// The same without the generator's own delays; nil where it is not known.
    public var lower: MeasuredValue?
    /// Why it is UNKNOWN. For FAIL, set where the measured value alone does not explain it.
    public var reason: VerdictReason?
    /// The limit lies in the 95 % interval of the percentile, or of the share of windows: another run may differ.
    public var isClose: Bool
    /// For an objective over windows: in how many it held, of how many.
    public var windows: Windows?

    /// It held.
    public var met: Bool { self.verdict == .pass }

    /// Windows in which it held, and all that were judged.
    public struct Windows: Sendable, Equatable {
        public var held: UInt64
        /// Windows in which it certainly did not hold; the rest is unknown.
        public var failed: UInt64
        public var count: UInt64

        /// Known numbers; no window yet where none are given.
        public init(held: UInt64 = 0, failed: UInt64 = 0, count: UInt64 = 0) {
            self.held = held
            self.failed = failed
            self.count = count
        }

        /// Windows that are neither.
        public var unknown: UInt64 { self.count &- self.held &- self.failed }

        /// Whether the 95 % interval of the share of windows in which it holds contains a share: Wilson's interval, for
        /// independent windows. If all windows agree, no other outcome is likely, and it is not close.
        public func isClose(to share: Double) -> Bool {
            guard self.held > 0, self.held < self.count else { return false }
            let distance = Double(self.held) / Double(self.count) - share
            return Double(self.count) * distance * distance
                <= Self.normalQuantile * Self.normalQuantile * share * (1 - share)
        }

        /// Quantile of the standard normal distribution at 97.5 %.
        private static let normalQuantile = Normal.quantile(0.975)

        /// Adds the next window, by its verdict.
        public mutating func add(_ verdict: Verdict) {
            self.count &+= 1
            if verdict == .pass { self.held &+= 1 }
            if verdict == .fail { self.failed &+= 1 }
        }

        /// Adds the windows of another run.
        public mutating func add(_ other: Windows) {
            self.held &+= other.held
            self.failed &+= other.failed
            self.count &+= other.count
        }
    }

    /// An outcome with every value given.
    public init(
        text: String, verdict: Verdict, measured: MeasuredValue?, lower: MeasuredValue? = nil,
        reason: VerdictReason? = nil, isClose: Bool = false, windows: Windows? = nil
    ) {
        self.text = text
        self.verdict = verdict
        self.measured = measured
        self.lower = lower
        self.reason = reason
        self.isClose = isClose
        self.windows = windows
    }
}
