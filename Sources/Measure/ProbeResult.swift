/// What a probe measured: the same request on a few connections of its own, at a low rate, beside the load. The load's
/// own counts do not include it. Times are nanoseconds.
public struct ProbeResult: Sendable, Equatable {
    /// Requests a second, as planned.
    public var rate: Double
    /// Requests due in the probe's hold.
    public var started: UInt64 = 0
    public var ok: UInt64 = 0
    public var failed: UInt64 = 0
    public var inFlightAtEnd: UInt64 = 0
    /// Times of requests answered as expected.
    public var response = DistributionFigures()
    public var service = DistributionFigures()

    /// A probe of so many requests a second that saw nothing yet.
    public init(rate: Double) { self.rate = rate }
}

/// A distribution as the figures of run.json. Times are nanoseconds.
public struct DistributionFigures: Sendable, Equatable {
    /// The percentiles, in order, with their keys.
    public static let percentiles: [(key: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p999", 99.9), ("p9999", 99.99),
    ]

    public var count: UInt64 = 0
    /// nil where there is no value.
    public var minimum: UInt64?
    public var mean: UInt64?
    public var maximum: UInt64?
    /// By `percentiles`; nil for one with fewer than ten samples beyond it.
    public var values = [UInt64?](repeating: nil, count: DistributionFigures.percentiles.count)

    /// No value.
    public init() {}

    /// The figures of a histogram.
    public init(of histogram: Histogram) {
        self.count = histogram.totalCount
        if histogram.isEmpty { return }
        self.minimum = histogram.minimum
        self.mean = UInt64(exactly: histogram.mean.rounded())
        self.maximum = histogram.maximum
        self.values = Self.percentiles.map { histogram.supportedValue(atPercentile: $0.value) }
    }

    /// The value of a percentile by its key, such as "p99".
    public subscript(_ key: String) -> UInt64? {
        zip(Self.percentiles, self.values).first { $0.0.key == key }?.1
    }
}
