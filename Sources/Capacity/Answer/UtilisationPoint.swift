/// The load at which the target's CPU reaches a share, such as the 70 % at which a fleet scales out: interpolated
/// between two measured loads, never beyond them.
public struct UtilisationPoint: Sendable, Equatable {
    /// The share of all cores, 0...1.
    public var share: Double
    /// Users or sessions per second.
    public var load: Double
    /// Indices of the trials at the two loads on either side.
    public var trials: [Int]

    /// The first crossing of `share` by rising load. Nil where CPU was not measured, did not reach it, or was above it
    /// from the first load on.
    public static func find(_ share: Double, in trials: [Search.Trial]) -> UtilisationPoint? {
        var levels: [(load: Double, sum: Double, trials: [Int])] = []
        for (index, trial) in trials.enumerated() where trial.result.validity == .valid {
            guard let cpu = trial.result.observation.targetCPU, cpu.isFinite else { continue }
            if let level = levels.firstIndex(where: { $0.load == trial.plan.load }) {
                levels[level].sum += cpu
                levels[level].trials.append(index)
            } else {
                levels.append((trial.plan.load, cpu, [index]))
            }
        }
        levels.sort { $0.load < $1.load }
        for (below, above) in zip(levels, levels.dropFirst()) {
            let low = below.sum / Double(below.trials.count)
            let high = above.sum / Double(above.trials.count)
            guard low < share, high >= share else { continue }
            let load = below.load + (above.load - below.load) * (share - low) / (high - low)
            return UtilisationPoint(share: share, load: load, trials: below.trials + above.trials)
        }
        return nil
    }
}
