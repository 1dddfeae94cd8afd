/// What a reader must know besides an answer.
public enum Caution: Sendable, Equatable {
    /// Header fields of a proxy or balancer: users are not the instance's connections.
    case proxy(signs: [String])
    /// The name has several addresses: users are spread over them.
    case severalAddresses(Int)
    /// The longest trial, in nanoseconds, was shorter than a burst allowance may last.
    case burst(longestTrial: UInt64)
    /// More users, or new connections per second, than one source address has ports for.
    case ports(limit: Double, what: PortLimit)
    /// The bits per second of the answer are above what the instance sustains, or what a gateway carries.
    case instanceBandwidth(limit: Double, what: BandwidthLimit)
    /// Trials were shorter than the pace needs, because their length was given.
    case shortTrial(ShortTrial)
    /// Trials at the answer had fewer samples than a percentile of the objectives needs, because `--trial` set their
    /// length.
    case fewSamples(FewSamples)
    /// A load passed though the same or a lower load had failed.
    case notMonotonic([MonotonicityViolation])
    /// The search ended at this load, because trials failed before the target had recovered; the bracket is older.
    case unrecovered(load: Double, Unrecovered)

    /// Nanoseconds that a trial held its load, and the length of two cycles of the pace.
    public struct ShortTrial: Sendable, Equatable {
        public var held: UInt64
        public var needed: UInt64

        /// Both.
        public init(held: UInt64, needed: UInt64) {
            self.held = held
            self.needed = needed
        }
    }

    /// Samples that the percentiles need, samples that a trial of this many nanoseconds has, and how long it would have
    /// to be.
    public struct FewSamples: Sendable, Equatable {
        public var needed: Double
        public var held: Double
        public var trial: UInt64
        public var trialNeeded: UInt64

        /// Nil where a trial has enough. `load`: the load of the trial.
        init?(_ samples: SearchGoal.Samples, trial: UInt64, load: Double) {
            let perSecond = samples.perLoad * load
            self.needed = samples.needed
            self.held = perSecond * Double(trial) / 1e9
            self.trial = trial
            guard perSecond > 0, self.held < self.needed else { return nil }
            let seconds = (self.needed / perSecond).rounded(.up)
            self.trialNeeded = UInt64(min(seconds * 1e9, Double(SearchGoal.trialDurationLimit)))
        }
    }

    /// Which of the two port limits.
    public enum PortLimit: String, Sendable, Equatable {
        case heldConnections = "held connections"
        case newConnections = "new connections/s"
    }

    /// Which of the two limits of an m5.2xlarge.
    public enum BandwidthLimit: String, Sendable, Equatable {
        case sustained
        case internetGateway = "internet gateway"
    }

    /// Ports of one source address to one address and port (Linux's default range, 32768 to 60999).
    public static let portsPerSource = 28_232.0
    /// Those ports each blocked for a minute after use, where TIME_WAIT is not reused: 28,232 / 60 s.
    public static let newConnectionsPerSource = 470.0
    /// The only instance type with known limits here, because the tested plan names it.
    static let knownInstance = plannedInstance
    /// The instance type of an assumption that names none: the tested plan is for it.
    public static let plannedInstance = "m5.2xlarge"
    /// Bits per second that an m5.2xlarge sustains (baseline; its "up to 10 Gbps" is a burst).
    public static let sustainedBits = 2.5e9
    /// Bits per second of an instance below 32 vCPUs through an internet gateway.
    public static let gatewayBits = 5e9
    /// Network credits of an instance may last this long; nanoseconds.
    public static let burstAllowance: UInt64 = 1_800_000_000_000

    /// What is known of the path to the target.
    public struct Circumstances: Sendable, Equatable {
        /// Names of header fields seen that a proxy or balancer adds (`Via`, `X-Cache`, `X-Amzn-Trace-Id`).
        public var proxyFields: [String]
        public var addresses: Int
        /// New connections per second at the answer.
        public var newConnectionsPerSecond: Double?

        public var shortTrial: ShortTrial?
        /// The samples that trials need and have, if `--trial` set their length; else nil.
        public var samples: SearchGoal.Samples?
        public var trial: UInt64 = 0

        /// Circumstances with all their parts.
        public init(
            proxyFields: [String] = [], addresses: Int = 1, newConnectionsPerSecond: Double? = nil,
            shortTrial: ShortTrial? = nil
        ) {
            self.shortTrial = shortTrial
            self.proxyFields = proxyFields
            self.addresses = addresses
            self.newConnectionsPerSecond = newConnectionsPerSecond
        }
    }

    /// The cautions that apply to an answer.
    public static func all(
        _ answer: CapacityAnswer, _ circumstances: Circumstances, assumption: Assumption?
    ) -> [Caution] {
        var cautions: [Caution] = []
        if !circumstances.proxyFields.isEmpty { cautions.append(.proxy(signs: circumstances.proxyFields)) }
        if circumstances.addresses > 1 { cautions.append(.severalAddresses(circumstances.addresses)) }
        if let violations = answer.bracket?.violations, !violations.isEmpty {
            cautions.append(.notMonotonic(violations))
        }
        if case .converged = answer.outcome, let last = answer.trials.last,
            case .unrecovered(let why) = last.result.validity
        {
            cautions.append(.unrecovered(load: last.plan.load, why))
        }
        if let short = circumstances.shortTrial { cautions.append(.shortTrial(short)) }
        guard let reached = answer.conditional else { return cautions }
        if let samples = circumstances.samples,
            let few = FewSamples(samples, trial: circumstances.trial, load: reached.plan.load)
        {
            cautions.append(.fewSamples(few))
        }
        if answer.variable == .users, reached.plan.load > Self.portsPerSource {
            cautions.append(.ports(limit: Self.portsPerSource, what: .heldConnections))
        }
        if let rate = circumstances.newConnectionsPerSecond, rate > Self.newConnectionsPerSource {
            cautions.append(.ports(limit: Self.newConnectionsPerSource, what: .newConnections))
        }
        guard assumption?.instanceType == Self.knownInstance else { return cautions }
        let longest = answer.trials.map(\.plan.duration).max() ?? 0
        if longest < Self.burstAllowance { cautions.append(.burst(longestTrial: longest)) }
        let bits = reached.result.observation.bitsPerSecond ?? 0
        if bits > Self.sustainedBits {
            cautions.append(.instanceBandwidth(limit: Self.sustainedBits, what: .sustained))
        }
        if bits > Self.gatewayBits {
            cautions.append(.instanceBandwidth(limit: Self.gatewayBits, what: .internetGateway))
        }
        return cautions
    }
}
