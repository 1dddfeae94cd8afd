/// Bounds of a metric besides its values: how long requests that have not ended took at least, and how long measured
/// ones take at least without the generator's part.
public final class Bounds {
    /// Ages of requests that have not ended: in flight when the run ended, given up for a timeout, or due and never
    /// started. The same values are among the failed ones.
    public let unended = Histogram()
    /// For a sample of those that succeeded or have not ended: each time without all that may be the generator's part.
    /// The true time is no smaller.
    public let lower = Histogram()

    /// Empty bounds.
    public init() {}

    /// Adds other bounds: exact.
    func add(_ other: Bounds) {
        self.unended.add(other.unended)
        self.lower.add(other.lower)
    }

    /// Forgets everything.
    func reset() {
        self.unended.reset()
        self.lower.reset()
    }
}

extension Window {
    /// Ages of what has not ended; nil for a metric without them.
    public func unended(_ metric: Metric) -> Histogram? { metric.boundedIndex.map { self.bounds[$0].unended } }

    /// Subtracts a time of the generator's from every lower bound in this window.
    public func lowerBounds(by amount: UInt64) {
        for bounds in self.bounds { bounds.lower.lower(by: amount) }
        for step in self.steps { for bounds in step.bounds { bounds.lower.lower(by: amount) } }
    }

    /// The values that the percentiles of a metric cover: successes, and the ages of what has not ended. A fresh
    /// histogram.
    public func counted(_ metric: Metric) -> Histogram {
        Self.union(self.succeeded[metric.rawValue], self.unended(metric))
    }

    /// An upper bound for a percentile (0 to 100), as far as is known.
    public func upperValue(_ metric: Metric, atPercentile percentile: Double) -> UpperValue? {
        UpperValue(
            ended: self.succeeded[metric.rawValue], unended: self.unended(metric), unknown: self.unknownAges(metric),
            atPercentile: percentile)
    }

    /// A lower bound for a percentile (0 to 100) of a metric without the generator's part, no larger than the measured
    /// value. Nil where there are too few samples.
    public func lowerValue(_ metric: Metric, atPercentile percentile: Double) -> UInt64? {
        guard let bound = self.lowerBound(metric)?.value(atPercentile: percentile) else { return nil }
        return min(bound, self.upperValue(metric, atPercentile: percentile)?.nanoseconds ?? bound)
    }

    /// How many requests have not ended and have no known age: in a run that was killed, and in records of older
    /// versions.
    public func unknownAges(_ metric: Metric) -> UInt64 {
        guard metric == .response || metric == .service || metric == .firstByte else { return 0 }
        let counters = self.counters
        let timeouts = ErrorClass.allCases.reduce(UInt64(0)) { $1.isTimeout ? $0 &+ counters.failed($1) : $0 }
        let unended = counters.requestsInFlight &+ timeouts &+ counters.neverStarted
        let known = self.unended(.response)?.totalCount ?? 0
        return unended - min(unended, known)
    }

    /// How long a metric takes at least without the generator's part; nil without samples.
    public func lowerBound(_ metric: Metric) -> LowerBound? {
        metric.boundedIndex.flatMap {
            LowerBound(
                of: self.bounds[$0].lower,
                population: self.succeeded[metric.rawValue].totalCount &+ self.bounds[$0].unended.totalCount
                    &+ self.unknownAges(metric))
        }
    }

    fileprivate static func union(_ one: Histogram, _ other: Histogram?) -> Histogram {
        let union = Histogram()
        union.add(one)
        if let other { union.add(other) }
        return union
    }
}

extension StepWindow {
    /// Ages of what has not ended; nil for a metric without them.
    public func unended(_ metric: Metric) -> Histogram? {
        Self.bounded.firstIndex(of: metric).map { self.bounds[$0].unended }
    }

    /// Successes and the ages of what has not ended, in a fresh histogram; nil for a metric that a step does not have.
    public func counted(_ metric: Metric) -> Histogram? {
        self.succeeded(metric).map { Window.union($0, self.unended(metric)) }
    }

    /// Lower bounds, as for a window, of several steps together; nil without samples.
    public static func lowerBound(_ metric: Metric, of steps: [StepWindow]) -> LowerBound? {
        guard let index = Self.bounded.firstIndex(of: metric) else { return nil }
        let sum = Histogram()
        var population: UInt64 = 0
        for step in steps {
            sum.add(step.bounds[index].lower)
            population &+= step.bounds[index].unended.totalCount &+ (step.succeeded(metric)?.totalCount ?? 0)
        }
        return LowerBound(of: sum, population: population)
    }

    /// An upper bound for a percentile (0 to 100) of several steps together, as far as is known.
    public static func upperValue(
        _ metric: Metric, of steps: [StepWindow], atPercentile percentile: Double
    ) -> UpperValue? {
        let (ended, unended) = (Histogram(), Histogram())
        for step in steps {
            if let values = step.succeeded(metric) { ended.add(values) }
            if let ages = step.unended(metric) { unended.add(ages) }
        }
        return UpperValue(ended: ended, unended: unended, atPercentile: percentile)
    }
}

/// A percentile where some values are known only by a lower bound.
public enum UpperValue: Sendable, Equatable {
    /// The value is known, in nanoseconds.
    case value(UInt64)
    /// It lies among requests that have not ended: at least so long.
    case atLeast(UInt64)

    /// The number, whether known or a bound.
    public var nanoseconds: UInt64 {
        switch self {
        case .value(let value), .atLeast(let value): value
        }
    }

    /// Whether it is certainly below a limit.
    public func isBelow(_ limit: UInt64) -> Bool { if case .value(let value) = self { value < limit } else { false } }

    /// The percentile (0 to 100) of values that ended together with those that have not, each of which may take for
    /// ever. Of `unknown` ones not even the age is known. Nil with fewer than `Histogram.samplesNeededBeyond` values
    /// beyond it.
    public init?(ended: Histogram, unended: Histogram?, unknown: UInt64 = 0, atPercentile percentile: Double) {
        let union = Window.union(ended, unended)
        let total = union.totalCount &+ unknown
        guard Histogram.supports(percentile, of: total) else { return nil }
        // If those that have not ended take for ever, they come last, and the percentile keeps its rank among the
        // others.
        let rank = Histogram.rank(ofPercentile: percentile, of: total)
        self =
            rank <= ended.totalCount
            ? .value(ended.highestValue(atRank: rank)) : .atLeast(union.highestValue(atRank: rank - min(rank, unknown)))
    }
}
