import Measure
import Units

/// Facts of a generator and its machine, for advice that fits them: no more threads without cores for them, no lower
/// load for an idle generator.
public struct GeneratorFacts: Sendable {
    /// Worker threads, and CPUs that they may use; 0 where that is not known.
    let threads: UInt64
    let cores: UInt64
    /// CPU share of the busiest worker over the hold, and the largest share of time that a worker waited for a CPU.
    let busiest: Double
    let waited: Double
    /// Lateness of a plain timer beside the load; nil where none was measured.
    let timer: DistributionFigures?
    /// Workers wait actively right before something is due.
    let spins: Bool
    /// The target runs on this machine, too.
    let isLoopback: Bool

    /// Facts of a finished run.
    public init(_ summary: RunRecord) {
        let health = summary.outcome.health
        self.threads = UInt64(max(0, summary.plan.threads))
        self.cores = health?.cores ?? 0
        self.busiest = health?.workers.map(\.total.cpuShare).max() ?? 0
        self.waited = health?.workers.map(\.total.runDelayShare).max() ?? 0
        self.timer = health?.timer
        self.spins = health?.spins ?? false
        self.isLoopback = summary.isLoopback
    }

    /// A worker with a smaller share of its CPU has time to spare, so a lack of CPU did not make it late.
    static let busyFrom = 0.7
    /// From this share of waiting for a CPU on, other processes use the CPUs.
    static let waitedFrom = 0.01
    /// A timer whose p99 is this late makes starts late. An idle machine takes a tenth of a millisecond.
    static let timerLateFrom: UInt64 = 200_000

    /// Advice if a worker has too little CPU.
    var moreCPU: String {
        if self.threads < self.cores { return "Use more threads (-t \(self.cores))." }
        return "Use a machine with more cores, several machines (`headroom merge`), or a lower load."
    }

    /// Advice if other processes use the CPUs.
    var freeCPU: String {
        self.isLoopback
            ? "Free this machine of other work (the target runs on it, too), or use two machines."
            : "Free this machine of other work, or use another one."
    }

    /// Why the generator was late, and what to do.
    var punctual: String {
        if self.busiest >= Self.busyFrom { return self.moreCPU }
        if let timer, let late = timer["p99"], late >= Self.timerLateFrom, let words = Self.words(timer) {
            let remedy =
                self.spins
                ? "Use a machine with better timers." : "Try --spin, or a machine with better timers."
            return "This machine's timers are late: a plain timer beside the load was late by \(words). \(remedy)"
        }
        if self.waited >= Self.waitedFrom { return self.freeCPU }
        return self.spins ? self.freeCPU : "Try --spin. \(self.freeCPU)"
    }

    /// The lateness of a timer: "40.1 µs at p50, 1.03 ms at p99, 3.10 ms at p99.9"; nil where nothing was measured.
    public static func words(_ timer: DistributionFigures) -> String? {
        let parts = [("p50", "p50"), ("p99", "p99"), ("p999", "p99.9")].compactMap { key, name in
            timer[key].map { "\(Quantity.duration($0)) at \(name)" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension VerdictReason {
    /// Advice for an objective that is UNKNOWN, with this generator on its machine; nil if there is none.
    public func remedy(on facts: GeneratorFacts) -> String? {
        switch self {
        case .ownDelays, .noLowerBound, .startsMissed: facts.punctual
        case .lostInPause: facts.freeCPU
        case .workerBusy: facts.moreCPU
        case .stolen: "Use a machine whose CPUs are not shared."
        case .throttled: "Raise the quota."
        case .ownLimit(let resource): resource.remedy
        case .tooFewSamples, .noWindow, .unended: "Hold longer (-d)."
        case .notSteady: "The target does not keep up with this load, or the hold was too short to tell (-d)."
        default: nil
        }
    }
}
