/// The evidence against a claim, as numbers; Report makes a sentence of it. Times are nanoseconds, shares 0...1.
public enum ValidityFinding: Sendable, Equatable {
    /// Fewer requests were started than planned, because of us.
    case startsMissed(achieved: UInt64, planned: UInt64)
    /// Requests were started late because of us, in a run whose send lag does not show by how much.
    case startsLate(late: UInt64, of: UInt64)
    /// Requests failed because we ran out of descriptors or ports.
    case ownFailures(UInt64, of: UInt64)
    /// Fewer users were held than asked for, and a resource of our own was used up.
    case usersLimited(held: UInt64, asked: UInt64, by: Resource)
    /// A resource of the generator is nearly used up.
    case headroom(Resource, used: UInt64, limit: UInt64)
    /// Our loop stood still once.
    case loopStall(UInt64)
    /// Our delays, at the start and before the answer was read, moved a percentile of the response time.
    case ownDelays(GeneratorShift)
    /// What we added before the request went out, against the response time.
    case sendLag(Percentile, lag: UInt64, response: UInt64)
    /// How long an answer waited for us, against the service time.
    case clientDelay(Percentile, delay: UInt64, service: UInt64)
    /// How late we were is not known.
    case lagUnknown
    /// A closed load that waits for answers, and a worker that had no time left.
    case generatorLimited(share: Double)
    /// A worker had little time left.
    case workerBusy(share: Double)
    /// A worker had little time left in its busiest second.
    case workerBusyOnce(share: Double)
    /// A worker was runnable and had no CPU.
    case waitedForCPU(share: Double)
    /// A worker was taken off its CPU.
    case preempted(perSecond: Double)
    /// The hypervisor gave our CPU to others.
    case stolen(share: Double)
    /// A CPU quota held us back.
    case throttled(share: Double)
    /// Segments were lost on the way.
    case retransmitted(share: Double)
    /// The realtime clock was set.
    case clockSteps(UInt64)
    /// The latency rose or fell during the hold.
    case drift(change: Double, pValue: Double)
    /// The start of the hold was not steady yet.
    case warmUp(seconds: Double, excess: Double)
    /// No steady state is in sight.
    case unsettled
    /// The few requests of the probe had another latency than the load's.
    case probeDiffers(probe: UInt64, bulk: UInt64)
    /// There was no hold.
    case holdNotReached

    /// A resource that we may run out of.
    public enum Resource: String, Sendable {
        case descriptors, ports
    }

    /// A percentile that is judged.
    public enum Percentile: String, Sendable {
        case p50, p99
    }

    /// The name of the rule in machine output.
    public var rule: String {
        switch self {
        case .startsMissed: "starts_missed"
        case .startsLate: "starts_late"
        case .ownFailures: "own_failures"
        case .usersLimited(_, _, let resource): "users_limited_by_\(resource.rawValue)"
        case .headroom(let resource, _, _): "headroom_\(resource.rawValue)"
        case .loopStall: "loop_stall"
        case .ownDelays(let shift): "own_delays_\(shift.key)"
        case .sendLag(let percentile, _, _): "send_lag_\(percentile.rawValue)"
        case .clientDelay(let percentile, _, _): "client_delay_\(percentile.rawValue)"
        case .lagUnknown: "lag_unknown"
        case .generatorLimited: "generator_limited"
        case .workerBusy: "worker_busy"
        case .workerBusyOnce: "worker_busy_once"
        case .waitedForCPU: "waited_for_cpu"
        case .preempted: "preempted"
        case .stolen: "steal"
        case .throttled: "cpu_quota"
        case .retransmitted: "retransmits"
        case .clockSteps: "clock_steps"
        case .drift: "drift"
        case .warmUp: "warm_up"
        case .unsettled: "unsettled"
        case .probeDiffers: "probe"
        case .holdNotReached: "no_hold"
        }
    }
}
