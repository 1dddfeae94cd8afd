import Measure

extension RunJSON {
    /// Successful requests and sessions due inside the hold, by metric, and the ages of those that have not ended
    /// (`unended` is their number); connects and handshakes of the whole run where the hold has none. `lower`: lower
    /// bounds of its percentiles without the generator's part; null where they are not known.
    static func latency(_ summary: RunSummary) -> JSON {
        .object(
            Metric.allCases.map { metric in
                let window = summary.window(of: metric)
                let members = Self.distribution(window.counted(metric))
                guard let unended = window.unended(metric) else { return (metric.name, .object(members)) }
                return (
                    metric.name,
                    .object(
                        members + [
                            ("unended", .integer(unended.totalCount)), ("lower", Self.lower(metric, of: window)),
                        ])
                )
            })
    }

    private static func lower(_ metric: Metric, of window: Window) -> JSON {
        .object(
            [("count", .integer(window.lowerBound(metric)?.count ?? 0))]
                + DistributionFigures.percentiles.map { key, percentile in
                    (key, .integerOrNull(window.lowerValue(metric, atPercentile: percentile)))
                })
    }

    /// Every attempt. `censored`: how many values are lower bounds, because the answer timed out, broke off or had not
    /// come when the run ended, or the request had not even started.
    static func latencyOfAllAttempts(_ summary: RunSummary) -> JSON {
        .object(
            Metric.allCases.map { metric in
                let window = summary.window(of: metric)
                let members = Self.distribution(window.all(metric))
                return (metric.name, .object(members + [("censored", .integer(window.censored(metric)))]))
            })
    }

    private static func distribution(_ histogram: Histogram) -> [(key: String, value: JSON)] {
        Self.figures(DistributionFigures(of: histogram))
    }

    /// Nanoseconds; null for a percentile with too few samples beyond it, and without samples for everything but the
    /// count.
    static func figures(_ figures: DistributionFigures) -> [(key: String, value: JSON)] {
        [
            ("count", .integer(figures.count)), ("min", .integerOrNull(figures.minimum)),
            ("mean", .integerOrNull(figures.mean)),
        ]
            + zip(DistributionFigures.percentiles, figures.values).map { ($0.key, .integerOrNull($1)) }
            + [("max", .integerOrNull(figures.maximum))]
    }

    /// The target's usage during the hold; no member if it was not watched. CPU is a share of all its cores, 0...1;
    /// memory and connections are those at the end.
    static func target(_ usage: TargetUsage?) -> [(key: String, value: JSON)] {
        guard let usage else { return [] }
        func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
        return [
            (
                "target",
                .object([
                    ("cpu", .number(usage.cpu)), ("cpu_busiest_core", .number(usage.busiestCore)),
                    ("memory_bytes", .integerOrNull(usage.memoryBytes)),
                    ("connections", .integerOrNull(usage.connections)),
                    ("sent_bits_per_second", number(usage.sentBitsPerSecond)),
                    ("received_bits_per_second", number(usage.receivedBitsPerSecond)),
                ])
            )
        ]
    }

    /// The probe's measurements, separate from all others; no member without one.
    static func probe(_ probe: ProbeResult?) -> [(key: String, value: JSON)] {
        guard let probe else { return [] }
        let requests: [(key: String, value: JSON)] = [
            ("started", .integer(probe.started)), ("ok", .integer(probe.ok)),
            ("failed", .integer(probe.failed)),
            ("in_flight_at_end", .integer(probe.inFlightAtEnd)),
        ]
        return [
            (
                "probe",
                .object([
                    ("requests_per_second", .number(probe.rate)), ("requests", .object(requests)),
                    (
                        "latency",
                        .object([
                            ("response", .object(Self.figures(probe.response))),
                            ("service", .object(Self.figures(probe.service))),
                        ])
                    ),
                ])
            )
        ]
    }
}
