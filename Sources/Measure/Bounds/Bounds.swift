/// What is known of a metric beside its values: how long what has not ended took at least, and how long what was
/// measured takes at least without us.
public final class Bounds {
    /// Ages of what has not ended: in flight when the run ended, given up for a timeout, or due and never started. The
    /// same values are among the failed ones.
    public let unended = Histogram()
    /// Of a sample of what succeeded or has not ended: each time without all that may be the generator's. No truth is
    /// smaller.
    public let lower = Histogram()

    /// Nothing.
    public init() {}

    /// Adds others: exact.
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
    /// Ages of what has not ended; nil for a metric of which that is not known.
    public func unended(_ metric: Metric) -> Histogram? { metric.boundedIndex.map { self.bounds[$0].unended } }

    /// Takes a time of the generator's from every lower bound that is held here.
    public func lowerBounds(by amount: UInt64) {
        for bounds in self.bounds { bounds.lower.lower(by: amount) }
        for step in self.steps { for bounds in step.bounds { bounds.lower.lower(by: amount) } }
    }

    /// What the percentiles of a metric are of: successes, and the ages of what has not ended. A fresh histogram.
    public func counted(_ metric: Metric) -> Histogram {
        Self.union(self.succeeded[metric.rawValue], self.unended(metric))
    }

    /// The largest that a percentile (0 to 100) can be, as far as is known.
    public func upperValue(_ metric: Metric, atPercentile percentile: Double) -> UpperValue? {
        UpperValue(
            ended: self.succeeded[metric.rawValue], unended: self.unended(metric), unknown: self.unknownAges(metric),
            atPercentile: percentile)
    }

    /// What a percentile (0 to 100) of a metric is at least without us: no more than it was measured. nil where too few
    /// samples say it.
    public func lowerValue(_ metric: Metric, atPercentile percentile: Double) -> UInt64? {
        guard let bound = self.lowerBound(metric)?.value(atPercentile: percentile) else { return nil }
        return min(bound, self.upperValue(metric, atPercentile: percentile)?.nanoseconds ?? bound)
    }

    /// How many have not ended whose ages are not known: of a run that was killed, and in records of older versions.
    public func unknownAges(_ metric: Metric) -> UInt64 {
        guard metric == .response || metric == .service || metric == .firstByte else { return 0 }
        let counters = self.counters
        let timeouts = ErrorClass.allCases.reduce(UInt64(0)) { $1.isTimeout ? $0 &+ counters.failed($1) : $0 }
        let unended = counters.requestsInFlight &+ timeouts &+ counters.neverStarted
        let known = self.unended(.response)?.totalCount ?? 0
        return unended - min(unended, known)
    }

    /// How long a metric takes at least without us; nil where no sample says it.
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
    /// Ages of what has not ended; nil for a metric of which that is not known.
    public func unended(_ metric: Metric) -> Histogram? {
        Self.bounded.firstIndex(of: metric).map { self.bounds[$0].unended }
    }

    /// Successes and the ages of what has not ended, in a fresh histogram; nil for a metric that a step does not have.
    public func counted(_ metric: Metric) -> Histogram? {
        self.succeeded(metric).map { Window.union($0, self.unended(metric)) }
    }

    /// Lower bounds, as of a window, of several steps together; nil where no sample says one.
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

    /// The largest that a percentile (0 to 100) of several steps together can be, as far as is known.
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

/// A percentile where some values are only known to be no smaller.
public enum UpperValue: Sendable, Equatable {
    /// It is known, in nanoseconds.
    case value(UInt64)
    /// It lies among what has not ended: at least so long.
    case atLeast(UInt64)

    /// The number, whether known or a bound.
    public var nanoseconds: UInt64 {
        switch self {
        case .value(let value), .atLeast(let value): value
        }
    }

    /// It lies below a limit for certain.
    public func isBelow(_ limit: UInt64) -> Bool { if case .value(let value) = self { value < limit } else { false } }

    /// The percentile (0 to 100) of values that ended together with those that have not, each of which may take for
    /// ever; of `unknown` of them not even the age is known. nil with fewer than `Histogram.samplesNeededBeyond`
    /// beyond it.
    public init?(ended: Histogram, unended: Histogram?, unknown: UInt64 = 0, atPercentile percentile: Double) {
        let union = Window.union(ended, unended)
        let total = union.totalCount &+ unknown
        guard Histogram.supports(percentile, of: total) else { return nil }
        // Where what has not ended takes for ever, it comes last, and the percentile has the same rank of the others.
        let rank = Histogram.rank(ofPercentile: percentile, of: total)
        self =
            rank <= ended.totalCount
            ? .value(ended.highestValue(atRank: rank)) : .atLeast(union.highestValue(atRank: rank - min(rank, unknown)))
    }
}
