import Measure
import Record
import Units

extension SummaryPage {
    /// How far each claim can be trusted, with each reason once and the claims that it affects. This is evidence only;
    /// the effect on an objective is in its verdict.
    mutating func addValidity(_ summary: RunRecord) {
        guard self.isWhole, let validity = summary.validity else { return }
        self.addGap()
        var line = Self.labelled("validity")
        line.add(validity.verdict.word, Self.ink(validity.verdict))
        let others = Claim.allCases.filter { validity[$0].verdict != .valid }
        if !others.isEmpty {
            let words = others.map { "\($0.rawValue) \(validity[$0].verdict.word)" }
            line.add("  (\(words.joined(separator: ", ")))", .quiet)
        }
        self.add(line)
        let facts = GeneratorFacts(summary)
        for (finding, verdict, claims) in validity.findings {
            let names = claims.map(\.rawValue).joined(separator: ", ")
            self.add(
                "", "\(names): \(finding.sentence) \(finding.remedy(on: facts))",
                verdict == .invalid ? .bad : .warning)
        }
    }

    private static func ink(_ verdict: Credibility) -> TerminalStyle.Ink {
        switch verdict {
        case .valid: .good
        case .suspect: .warning
        case .invalid: .bad
        }
    }

    /// How well the percentiles are known, below the table.
    mutating func addConfidence(_ summary: RunRecord) {
        guard let confidence = summary.confidence else { return }
        for (name, estimate) in [("p50", confidence.p50), ("p99", confidence.p99)] {
            switch estimate {
            case .interval(let interval):
                self.add(
                    "",
                    "response \(name) is \(Self.time(interval.lower)) to \(Self.time(interval.upper)) with "
                        + "\(Quantity.percent(interval.level)) confidence", .quiet)
            case .refused(let refusal): self.add("", "response \(name): \(refusal)", .quiet)
            }
        }
    }

    private static func time(_ nanoseconds: Double) -> String {
        Quantity.duration(UInt64(exactly: nanoseconds.rounded()) ?? .max)
    }
}
