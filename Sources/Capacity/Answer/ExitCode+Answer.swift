import Measure

extension ExitCode {
    /// How a search ends at one pace, by its answer and, if there is one, its assumption.
    public init(_ answer: CapacityAnswer, _ judgement: Judgement?) {
        let isDecided = judgement.map { $0.verdict != .undecided } ?? false
        switch answer.outcome {
        case .doomed(.targetLost): break
        default:
            if isDecided {
                self = judgement?.verdict == .refuted ? .refuted : .success
                return
            }
        }
        switch answer.outcome {
        case .doomed(.void), .generatorLimited(atLeast: nil, _): self = .unknown
        case .doomed(.targetLost): self = .targetUnusable
        case .doomed(.limits), .doomed(.unrecovered): self = .undecided
        case .converged, .aboveRange, .belowRange, .generatorLimited, .decided:
            switch judgement?.verdict {
            case .refuted: self = .refuted
            case .undecided: self = .undecided
            case .supported, nil: self = .success
            }
        }
    }
}
