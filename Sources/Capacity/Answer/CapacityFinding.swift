import Measure

/// An answer with all conclusions from it, as a report shows one pace.
public struct CapacityFinding: Sendable, Equatable {
    public var answer: CapacityAnswer
    /// The verdict on the assumption; nil where none was given.
    public var judgement: Judgement?
    public var cautions: [Caution]
    /// The load at `scaleOutShare` of the target's CPU; nil where it was not measured or not reached.
    public var scaleOut: UtilisationPoint?
    /// A model of throughput, reported as a model; nil where too few loads were tried.
    public var model: ScalabilityFit?
    public var hardware: MeasuredHardware
    /// The limit on response p99 in nanoseconds, for the plot; nil where no objective has one.
    public var p99Limit: UInt64?

    /// The share of the target's CPU at which the tested plan adds instances.
    public static let scaleOutShare = 0.7

    /// Draws the conclusions from an answer.
    public init(
        _ answer: CapacityAnswer, assumption: Assumption?, hardware: MeasuredHardware,
        circumstances: Caution.Circumstances = Caution.Circumstances(), p99Limit: UInt64? = nil
    ) {
        self.answer = answer
        self.judgement = assumption.map { Judgement($0, answer) }
        self.cautions = Caution.all(answer, circumstances, assumption: assumption)
        self.scaleOut = UtilisationPoint.find(Self.scaleOutShare, in: answer.trials)
        // The throughput of an overloaded target belongs to the curve, too; that of a trial that lost users does not.
        let points = answer.trials.filter { $0.result.validity == .valid && !$0.result.failedHard }
            .compactMap { trial in
                trial.result.observation.requestsPerSecond.map { (load: trial.plan.load, throughput: $0) }
            }
        self.model = answer.variable == .users ? ScalabilityFit.fit(points) : nil
        self.hardware = hardware
        self.p99Limit = p99Limit
    }

    /// Set if the assumed users were held on fewer connections than there are users, in the longest passed trial with
    /// as many.
    public var fewerConnectionsAssumed: FewerConnections? {
        guard let value = self.judgement?.assumption.value else { return nil }
        return self.answer.passedTrial(at: value)?.result.observation.fewerConnections
    }

    /// The exit of the command for this pace alone.
    public var exit: ExitCode { ExitCode(self.answer, self.judgement) }
}

/// The hardware of the target, as far as it is known.
public struct MeasuredHardware: Sendable, Equatable {
    /// Its name at a cloud (DMI, node_exporter): `m5.2xlarge`.
    public var instanceType: String?
    /// Processor, cores and the like, as text.
    public var description: String?

    /// Hardware by its names; nothing is known of it by default.
    public init(instanceType: String? = nil, description: String? = nil) {
        self.instanceType = instanceType
        self.description = description
    }
}
