import Measure

extension RunJSON {
    /// The verdict on the run and on each claim; nil where it was not judged.
    static func validity(_ summary: RunRecord) -> JSON? {
        guard let validity = summary.validity else { return nil }
        let facts = GeneratorFacts(summary)
        let claims = Claim.allCases.map { claim -> (key: String, value: JSON) in
            (claim.rawValue, Self.claim(validity[claim], facts))
        }
        return .object([("verdict", .string(validity.verdict.word)), ("claims", .object(claims))])
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
}
