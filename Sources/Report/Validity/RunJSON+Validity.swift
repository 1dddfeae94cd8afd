import Measure

extension RunJSON {
    /// `"validity"`: the verdict on the run and on each claim; absent where nobody judged.
    static func validity(_ validity: RunValidity?) -> [(key: String, value: JSON)] {
        guard let validity else { return [] }
        let claims = Claim.allCases.map { claim -> (key: String, value: JSON) in
            (claim.rawValue, Self.claim(validity[claim]))
        }
        return [
            (
                "validity",
                .object([("verdict", .string(validity.verdict.word)), ("claims", .object(claims))])
            )
        ]
    }

    private static func claim(_ claim: ClaimValidity) -> JSON {
        let reasons = claim.reasons.map { reason in
            JSON.object([
                ("rule", .string(reason.finding.rule)), ("verdict", .string(reason.verdict.word)),
                ("text", .string(reason.finding.sentence)),
            ])
        }
        return .object([("verdict", .string(claim.verdict.word)), ("reasons", .array(reasons))])
    }

    /// `"confidence"`: 95 % intervals of the response time in nanoseconds, or why there is none; absent where
    /// nobody asked.
    static func confidence(_ confidence: LatencyConfidence?) -> [(key: String, value: JSON)] {
        guard let confidence else { return [] }
        return [
            (
                "confidence",
                .object([
                    (
                        "response",
                        .object([
                            ("p50", Self.estimate(confidence.p50)), ("p99", Self.estimate(confidence.p99)),
                        ])
                    )
                ])
            )
        ]
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

    /// Planned starts that were not made in time, by whose doing.
    static func late(_ counters: Counters) -> JSON {
        .object([
            ("server", .integer(counters.lateServer)), ("generator", .integer(counters.lateGenerator)),
            ("never_started", .integer(counters.neverStarted)),
        ])
    }
}
