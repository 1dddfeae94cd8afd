import Measure
import Units
import YAML

/// Distributions.
extension RunJSON {
    /// Successful requests and sessions due inside the hold, by metric, and the ages of those that have not ended
    /// (`unended` is their number); connects and handshakes of the whole run where the hold has none. `lower`: lower
    /// bounds of its percentiles without the generator's part; null where they are not known.
    static func latency(_ summary: RunRecord) -> JSON {
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
    static func latencyOfAllAttempts(_ summary: RunRecord) -> JSON {
        .object(
            Metric.allCases.map { metric in
                let window = summary.window(of: metric)
                let members = Self.distribution(window.all(metric))
                return (metric.name, .object(members + [("censored", .integer(window.censored(metric)))]))
            })
    }

    private static func distribution(_ histogram: Histogram) -> [(key: String, value: JSON)] {
        Self.members(DistributionFigures(of: histogram))
    }

    private static func members(_ figures: DistributionFigures) -> [(key: String, value: JSON)] {
        Self.figures.members(figures, Self.plainWriting)
    }

    /// Figures have no text and nothing unknown.
    private static let plainWriting = FieldWriting(redactor: Redactor(key: (0, 0)))

    /// Counts and distributions of requests due inside the hold, for the steps that objectives name.
    /// Smallest and largest values are the ends of their histogram's slots.
    static func steps(_ summary: RunRecord, redactor: Redactor) -> JSON? {
        if summary.hold.steps.isEmpty { return nil }
        let steps = summary.hold.steps.map { step in
            let title = summary.plan.steps.first { $0.number == step.number }?.title
            return JSON.object([
                ("number", .integer(UInt64(max(0, step.number)))),
                ("title", .stringOrNull(title.map(redactor.text))),
                (
                    "requests",
                    .object([
                        ("ok", .integer(step.response.totalCount)), ("failed", .integer(step.failed.totalCount)),
                    ])
                ),
                (
                    "latency",
                    .object(
                        [Metric.response, .service, .firstByte].compactMap { metric in
                            step.counted(metric).map {
                                let unended = step.unended(metric)?.totalCount ?? 0
                                let members = Self.members(DistributionFigures(ofSlots: $0))
                                return (metric.name, .object(members + [("unended", .integer(unended))]))
                            }
                        })
                ),
            ])
        }
        return .array(steps)
    }

    /// 95 % intervals of the response time in nanoseconds, or why there is none.
    static func confidence(_ confidence: LatencyConfidence) -> JSON {
        .object([
            (
                "response",
                .object([("p50", Self.estimate(confidence.p50)), ("p99", Self.estimate(confidence.p99))])
            )
        ])
    }

    private static func estimate(_ estimate: IntervalEstimate) -> JSON {
        switch estimate {
        case .interval(let interval):
            .object([
                ("lower", .integerOrNull(UInt64(exactly: interval.lower.rounded()))),
                ("upper", .integerOrNull(UInt64(exactly: interval.upper.rounded()))),
                ("level", .number(interval.level)), ("batches", .integer(UInt64(max(0, interval.count)))),
            ])
        case .refused(let refusal): .object([("refused", .string(refusal.description))])
        }
    }

    /// How an automatic warm-up went; nil where there was none.
    static func warmUp(_ found: WarmUpFound?) -> JSON? {
        found.map { .object([("duration", .integer($0.length)), ("steady", .bool($0.isSteady))]) }
    }

    /// The probe's measurements, separate from all others.
    static let probe = Fields<ProbeResult>([
        .value("requests_per_second", \.rate, absence: .damage),
        .group(
            "requests", absence: .damage,
            Fields([
                .value("started", \.started), .value("ok", \.ok), .value("failed", \.failed),
                .value("in_flight_at_end", \.inFlightAtEnd),
            ])),
        .group(
            "latency",
            Fields([.object("response", \.response, Self.figures), .object("service", \.service, Self.figures)])),
    ])

    /// Nanoseconds; null for a percentile with too few samples beyond it, and without samples for everything but the
    /// count.
    static let figures = Fields<DistributionFigures>(
        [.value("count", \.count), .optional("min", \.minimum), .optional("mean", \.mean)]
            + DistributionFigures.percentiles.enumerated().map { index, percentile in
                .optional(percentile.key, \.values[index])
            }
            + [.optional("max", \.maximum)])

    /// The target's usage during the hold. CPU is a share of all its cores, 0...1; memory and connections are those at
    /// the end.
    static let target = Fields<TargetUsage>([
        .value("cpu", \.cpu, absence: .damage), .value("cpu_busiest_core", \.busiestCore, absence: .damage),
        .optional("memory_bytes", \.memoryBytes), .optional("connections", \.connections),
        .optional("sent_bits_per_second", \.sentBitsPerSecond),
        .optional("received_bits_per_second", \.receivedBitsPerSecond),
    ])

    /// Slopes are growth per second of the hold, each with its standard error.
    static let steadiness = Fields<Steadiness>([
        .derived("word") { steadiness, _ in .string(steadiness.word.rawValue) },
        .derived("sentence") { steadiness, _ in .stringOrNull(steadiness.sentence) },
        .object("in_flight", \.inFlight, absence: .damage, Self.trend),
        .object("in_session", \.inSession, absence: .damage, Self.trend),
    ])

    private static let trend = Fields<Steadiness.Trend>([
        .word("word", \.word, absence: .damage), .value("begin", \.begin, absence: .damage),
        .value("end", \.end, absence: .damage), .value("begun", \.begun, absence: .damage),
        .value("per_second", \.perSecond, absence: .damage), .value("error", \.error, absence: .damage),
    ])

    /// What a reader fills.
    static let blankSteadiness: Steadiness = {
        let trend = Steadiness.Trend(begin: 0, end: 0, begun: 0, perSecond: 0, error: 0, word: .tooShort)
        return Steadiness(inFlight: trend, inSession: trend)
    }()
}
