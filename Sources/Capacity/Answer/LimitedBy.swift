/// What limits a target's capacity.
public enum LimitedBy: String, Sendable, Equatable, CaseIterable {
    case latency, errors, connections, bandwidth
    case targetCPU = "target_cpu"
    case generator
    case searchRange = "search_range"

    /// A link that carries this share of its capacity is full: framing and bursts take the rest.
    public static let fullLink = 0.9
    /// A target whose cores are this busy, on average over a trial, has no room left.
    public static let busyCPU = 0.9
    /// One core this busy limits a target that runs in one thread.
    public static let busyCore = 0.95

    /// The limit of a finished search, from the trials that failed nearest above the answer.
    ///
    /// A cause comes before its symptom: a full link or a busy CPU also shows as latency, and lost users as errors.
    static func decided(_ outcome: SearchOutcome, trials: [Search.Trial]) -> LimitedBy? {
        switch outcome {
        case .generatorLimited: return .generator
        case .aboveRange: return .searchRange
        case .doomed: return nil
        case .decided(let load, let isHeld):
            return isHeld ? .searchRange : Self.cause(of: trials.filter { $0.result.failed && $0.plan.load <= load })
        case .belowRange(let minimum):
            return Self.cause(of: trials.filter { $0.result.failed && $0.plan.load <= minimum })
        case .converged(let bracket):
            let failed = trials.filter { $0.result.failed && $0.plan.load >= bracket.lower }
            let nearest = failed.filter { $0.plan.load <= bracket.upper }
            let next = failed.map(\.plan.load).min()
            return Self.cause(of: nearest.isEmpty ? failed.filter { $0.plan.load == next } : nearest)
        }
    }

    private static func cause(of failed: [Search.Trial]) -> LimitedBy? {
        if failed.isEmpty { return nil }
        let results = failed.map(\.result)
        if results.contains(where: \.failedHard) { return .connections }
        let links = results.compactMap { result -> Double? in
            guard let bits = result.observation.bitsPerSecond, let link = result.observation.linkBitsPerSecond,
                link > 0
            else { return nil }
            return bits / link
        }
        if Self.mean(links) >= Self.fullLink { return .bandwidth }
        if Self.mean(results.compactMap(\.observation.targetCPU)) >= Self.busyCPU { return .targetCPU }
        if Self.mean(results.compactMap(\.observation.targetBusiestCore)) >= Self.busyCore { return .targetCPU }
        let kinds = results.flatMap { $0.objectives.filter { !$0.met }.map(\.kind) }
        return kinds.contains(.errors) ? .errors : .latency
    }

    /// The mean; 0 for no values.
    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
