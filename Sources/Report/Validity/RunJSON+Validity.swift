import Measure

extension RunJSON {
    /// `"validity"`: the verdict on the run and on each claim; absent where it was not judged.
    static func validity(_ summary: RunSummary) -> [(key: String, value: JSON)] {
        guard let validity = summary.validity else { return [] }
        let facts = GeneratorFacts(summary)
        let claims = Claim.allCases.map { claim -> (key: String, value: JSON) in
            (claim.rawValue, Self.claim(validity[claim], facts))
        }
        return [
            (
                "validity",
                .object([("verdict", .string(validity.verdict.word)), ("claims", .object(claims))])
            )
        ]
    }

    private static func claim(_ claim: ClaimValidity, _ facts: GeneratorFacts) -> JSON {
        let reasons = claim.reasons.map { reason in
            JSON.object([
                ("rule", .string(reason.finding.rule)), ("verdict", .string(reason.verdict.word)),
                ("text", .string("\(reason.finding.sentence) \(reason.finding.remedy(on: facts))")),
            ])
        }
        return .object([("verdict", .string(claim.verdict.word)), ("reasons", .array(reasons))])
    }

    /// `"confidence"`: 95 % intervals of the response time in nanoseconds, or why there is none; absent where it was
    /// not computed.
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

    /// Planned starts that were late, by cause.
    static func late(_ counters: Counters) -> JSON {
        .object([
            ("server", .integer(counters.lateServer)), ("generator", .integer(counters.lateGenerator)),
            ("never_started", .integer(counters.neverStarted)),
            ("never_started_server", .integer(counters.neverStartedServer)),
        ])
    }
}
