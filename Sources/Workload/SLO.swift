/// One objective: a line that a run must hold.
public struct SLO: Sendable, Equatable {
    /// As it is printed.
    public var text: String
    public var objective: Objective

    public init(text: String, objective: Objective) {
        self.text = text
        self.objective = objective
    }

    /// What is compared.
    public enum Objective: Sendable, Equatable {
        /// A quantile (0...1) of a latency in nanoseconds stays below the limit.
        case percentile(LatencyWord, Double, UInt64)
        case mean(LatencyWord, UInt64)
        case maximum(LatencyWord, UInt64)
        /// The share of failed requests (0...1) stays below the limit.
        case errors(Double)
        /// Every asked user was held, all the time.
        case heldEqualsAsked
    }

    /// The latencies an objective may speak of.
    public enum LatencyWord: String, Sendable, Equatable, CaseIterable {
        case response, service, ttfb, connect, session
    }
}
