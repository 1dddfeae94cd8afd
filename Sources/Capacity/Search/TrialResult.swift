import Measure

/// The result of one trial.
public struct TrialResult: Sendable, Equatable {
    /// The load that was asked for: users or sessions per second.
    public var load: Double
    /// Nanoseconds for which it was held and measured.
    public var duration: UInt64
    public var objectives: [ObjectiveResult]
    /// Fewest users held at once during the hold; equal to `load` if all were.
    public var lowestHeld: UInt64
    /// Users that were asked for and at some time not held; 0 in a search of rates.
    public var heldShortfall: UInt64
    /// Connections that the target refused.
    public var refused: UInt64
    public var validity: TrialValidity
    public var observation: TrialObservation
    /// Whether requests in flight and sessions grew over the hold.
    public var growth: TrialGrowth

    /// A result with all its parts.
    public init(
        load: Double, duration: UInt64, objectives: [ObjectiveResult], lowestHeld: UInt64 = 0,
        heldShortfall: UInt64 = 0, refused: UInt64 = 0, validity: TrialValidity = .valid,
        observation: TrialObservation = TrialObservation(), growth: TrialGrowth = .none
    ) {
        self.load = load
        self.duration = duration
        self.objectives = objectives
        self.lowestHeld = lowestHeld
        self.heldShortfall = heldShortfall
        self.refused = refused
        self.validity = validity
        self.observation = observation
        self.growth = growth
    }

    /// Failed because users were lost or refused, whatever the latencies: a limit without a gradient.
    public var failedHard: Bool { self.validity == .valid && (self.heldShortfall > 0 || self.refused > 0) }

    /// Failed in any way. A load that the target does not sustain has failed, however long that takes to show.
    public var failed: Bool {
        guard self.validity == .valid else { return false }
        return self.failedHard || self.isGrowing || self.objectives.contains { !$0.met }
    }

    /// Requests in flight or sessions only grew.
    public var isGrowing: Bool {
        if case .growing = self.growth { return true }
        return false
    }

    /// Failed by growth alone: every objective still held.
    var failedByGrowth: Bool {
        self.validity == .valid && self.isGrowing && !self.failedHard && self.objectives.allSatisfy(\.met)
    }

    /// Everything held.
    public var passed: Bool { self.validity == .valid && !self.failed }
}

/// Whether requests in flight and sessions grew over a trial.
public enum TrialGrowth: Sendable, Equatable {
    /// They did not; or the load waits for the server, and cannot outgrow it.
    case none
    /// They did; how much, as text.
    case growing(String)
    /// The trial was too short to decide; the nanoseconds that would be long enough, as far as known.
    case tooShort(needed: UInt64)
}

/// Whether a trial proves something about the target.
public enum TrialValidity: Sendable, Equatable {
    case valid
    /// A claim that the trial rests on is INVALID: it proves nothing and is repeated.
    case void(reason: String)
    /// The generator reached a limit of its own (descriptors, ports, CPU) at this load.
    case generatorLimited(reason: String)
    /// It failed, and when it began the target was not back at its first response time yet: it proves nothing and is
    /// repeated.
    case unrecovered(Unrecovered)
    /// The target stopped answering.
    case targetLost(reason: String)
}

/// The result of one objective in a trial.
public struct ObjectiveResult: Sendable, Equatable {
    /// As it is printed: `p99 < 500ms`.
    public var text: String
    public var kind: Kind
    public var met: Bool
    /// The measured value; nil where too few samples support a number.
    public var measured: MeasuredValue?
    /// The basis of a statistical limit; nil for a mean or a maximum.
    public var exceedance: Exceedance?

    /// What an objective limits.
    public enum Kind: String, Sendable, Equatable {
        case latency, errors
    }

    /// An outcome with all its parts.
    public init(text: String, kind: Kind, met: Bool, measured: MeasuredValue?, exceedance: Exceedance?) {
        self.text = text
        self.kind = kind
        self.met = met
        self.measured = measured
        self.exceedance = exceedance
    }
}

/// An objective as a share: `p99 < 500ms` means that at most 1 % of the answers take 500 ms or more, `errors < 0.1%`
/// that fewer than 0.1 % of the requests fail. Shares of trials can be summed without bias, percentiles cannot.
public struct Exceedance: Sendable, Equatable {
    /// The allowed share, above 0 and below 1.
    public var allowed: Double
    /// One entry for each second of the hold, in time order.
    public var batches: [Batch]
    /// The limit on the response time in nanoseconds; nil for any other objective.
    public var limit: UInt64?

    /// The samples of one second.
    public struct Batch: Sendable, Equatable {
        /// All samples.
        public var count: UInt64
        /// The samples beyond the limit; at most `count`.
        public var beyond: UInt64

        /// A batch with both its counts.
        public init(count: UInt64, beyond: UInt64) {
            self.count = count
            self.beyond = min(beyond, count)
        }
    }

    /// Batches judged by an allowed share.
    public init(allowed: Double, batches: [Batch], limit: UInt64? = nil) {
        self.allowed = allowed
        self.batches = batches
        self.limit = limit
    }
}
