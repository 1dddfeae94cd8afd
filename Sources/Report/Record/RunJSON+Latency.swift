import Measure

extension RunJSON {
    /// The percentiles of `latency`, in order.
    static let percentiles: [(key: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p999", 99.9), ("p9999", 99.99),
    ]

    /// Successful requests and sessions due inside the hold, by metric.
    static func latency(_ window: Window) -> JSON {
        .object(
            Metric.allCases.map { metric in
                (metric.name, .object(Self.distribution(window.succeeded[metric.rawValue])))
            })
    }

    /// Every attempt. `censored`: how many values are lower bounds, because the answer timed out or broke off, or was
    /// not there, or not even asked for, when the run ended.
    static func latencyOfAllAttempts(_ window: Window) -> JSON {
        .object(
            Metric.allCases.map { metric in
                let members = Self.distribution(window.all(metric))
                return (metric.name, .object(members + [("censored", .integer(window.censored(metric)))]))
            })
    }

    /// Nanoseconds; null for a percentile with too few samples beyond it, and for everything but the count
    /// where there is none.
    private static func distribution(_ histogram: Histogram) -> [(key: String, value: JSON)] {
        let isEmpty = histogram.isEmpty
        let mean = UInt64(exactly: histogram.mean.rounded())
        return [
            ("count", .integer(histogram.totalCount)),
            ("min", .integerOrNull(isEmpty ? nil : histogram.minimum)),
            ("mean", .integerOrNull(isEmpty ? nil : mean)),
        ]
            + Self.percentiles.map { percentile in
                (
                    percentile.key,
                    .integerOrNull(isEmpty ? nil : histogram.supportedValue(atPercentile: percentile.value))
                )
            } + [("max", .integerOrNull(isEmpty ? nil : histogram.maximum))]
    }

    /// One objective: the unit says what `measured` counts.
    static func objective(_ outcome: SLOOutcome) -> JSON {
        let (measured, unit): (JSON, JSON) =
            switch outcome.measured {
            case .nanoseconds(let value): (.integer(value), .string("ns"))
            case .fraction(let value): (.number(value), .string("fraction"))
            case .count(let value): (.integer(value), .string("count"))
            case nil: (.null, .null)
            }
        return .object([
            ("text", .string(outcome.text)), ("met", .bool(outcome.met)), ("measured", measured),
            ("unit", unit),
        ])
    }

    /// An objective before it is judged.
    static func unjudged(_ text: String) -> JSON {
        .object([("text", .string(text)), ("met", .null), ("measured", .null), ("unit", .null)])
    }
}
