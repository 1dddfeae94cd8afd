/// One objective: a line that a run must hold.
public struct SLO: Sendable, Equatable {
    /// The text that is printed.
    public var text: String
    /// The value and its limit.
    public var objective: Objective
    /// Its step as written after `for`: a step's name, or method and path; nil: all of them. `Profile.steps(of:)` finds
    /// it.
    public var step: String?
    /// Judged window by window; nil: over the whole hold.
    public var windows: Windowed?

    public init(text: String, objective: Objective, step: String? = nil, windows: Windowed? = nil) {
        self.text = text
        self.objective = objective
        self.step = step
        self.windows = windows
    }

    /// `in 99% of 10s windows`: the objective holds in at least this share of the hold's windows, which follow each
    /// other from its start. A shorter rest at the end does not count.
    public struct Windowed: Sendable, Equatable {
        /// 0..., at most 1.
        public var share: Double
        /// Nanoseconds, whole seconds.
        public var length: UInt64

        /// A share of windows of this length.
        public init(share: Double, length: UInt64) {
            self.share = share
            self.length = length
        }
    }

    /// The value that is compared.
    public enum Objective: Sendable, Equatable {
        /// A quantile (0...1) of a latency in nanoseconds stays below the limit.
        case percentile(LatencyWord, Double, UInt64)
        case mean(LatencyWord, UInt64)
        case maximum(LatencyWord, UInt64)
        /// The share of failed requests (0...1) stays below the limit.
        case errors(Double)
        /// Resent requests (0...) as a share of those that ended stay below the limit.
        case resent(Double)
        /// Every requested user was held, all the time.
        case heldEqualsAsked
        /// Every requested connection was held, all the time.
        case connectionsEqualAsked
        /// Requests answered as expected per second of the hold stay above the limit.
        case rate(Double)
        /// Bits per second received in the hold stay above the limit.
        case throughput(Double)
    }

    /// The limit of an objective on a latency, in nanoseconds; nil for any other.
    public var latencyLimit: UInt64? {
        switch self.objective {
        case .percentile(_, _, let limit), .mean(_, let limit), .maximum(_, let limit): limit
        default: nil
        }
    }

    /// The latencies that an objective can name.
    public enum LatencyWord: String, Sendable, Equatable, CaseIterable {
        case response, service, ttfb, connect, session
    }
}
