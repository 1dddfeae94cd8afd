import Measure

extension RunJSON {
    /// Whether the hold was steady; no member without a second of it. Slopes are growth per second of the hold, each
    /// with its standard error.
    static func steadiness(_ steadiness: Steadiness?) -> [(key: String, value: JSON)] {
        guard let steadiness else { return [] }
        return [
            (
                "steadiness",
                .object([
                    ("word", .string(steadiness.word.rawValue)),
                    ("sentence", .stringOrNull(steadiness.sentence)),
                    ("in_flight", Self.trend(steadiness.inFlight)),
                    ("in_session", Self.trend(steadiness.inSession)),
                ])
            )
        ]
    }

    private static func trend(_ trend: Steadiness.Trend) -> JSON {
        .object([
            ("word", .string(trend.word.rawValue)), ("begin", .integer(trend.begin)), ("end", .integer(trend.end)),
            ("begun", .integer(trend.begun)), ("per_second", .number(trend.perSecond)),
            ("error", .number(trend.error)),
        ])
    }
}
