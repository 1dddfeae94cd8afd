import Measure
import Units

extension ValidityFinding {
    /// The finding with its numbers.
    public var sentence: String {
        switch self {
        case .startsMissed(let achieved, let planned):
            "The plan was not kept because of the generator: \(Quantity.count(achieved)) of "
                + "\(Quantity.count(planned)) planned requests were started."
        case .startsLate(let late, let starts):
            "\(Quantity.count(late)) of \(Quantity.count(starts)) requests were started late because of the "
                + "generator."
        case .ownFailures(let own, let failed):
            "\(Quantity.count(own)) of \(Quantity.count(failed)) failed requests failed here, for want of file "
                + "descriptors or local ports."
        case .usersLimited(let held, let asked, let resource):
            "\(Quantity.count(held)) of \(Quantity.count(asked)) users were held because the generator ran out of "
                + "\(resource.words)."
        case .headroom(let resource, let used, let limit):
            "\(Quantity.count(used)) of the generator's \(Quantity.count(limit)) \(resource.words) were in use."
        case .loopStall(let stall):
            "The generator stood still for \(Quantity.duration(stall)) once: the largest values are its own."
        case .ownDelays(let shift):
            "Delays of the generator moved \(shift.key) of the response time from "
                + "\(Quantity.duration(shift.without)) to \(Quantity.duration(shift.published)), by "
                + "\(Quantity.percent(shift.share))."
        case .sendLag(let percentile, let lag, let response):
            "The generator sent late: \(percentile.rawValue) of its lag is \(Quantity.duration(lag)), "
                + "\(Self.part(lag, of: response)) of the response time."
        case .clientDelay(let percentile, let delay, let service):
            "Answers waited for the generator: \(percentile.rawValue) of that wait is "
                + "\(Quantity.duration(delay)), \(Self.part(delay, of: service)) of the service time."
        case .lagUnknown: "How late the generator sent is not known: no lag was recorded."
        case .generatorLimited(let share):
            "Throughput limited by the generator: a worker used \(Quantity.percent(share)) of its CPU, so the server "
                + "may do more."
        case .workerBusy(let share): "A worker of the generator used \(Quantity.percent(share)) of its CPU."
        case .workerBusyOnce(let share):
            "A worker of the generator used \(Quantity.percent(share)) of its CPU in its busiest second."
        case .waitedForCPU(let share):
            "A worker of the generator waited for a CPU \(Quantity.percent(share)) of the time."
        case .preempted(let rate):
            "A worker of the generator was taken off its CPU \(Quantity.rate(rate)) times a second."
        case .stolen(let share): "The hypervisor took \(Quantity.percent(share)) of this machine's CPU time."
        case .throttled(let share):
            "A CPU quota held the generator back \(Quantity.percent(share)) of the time."
        case .retransmitted(let share):
            "\(Quantity.percent(share)) of the segments were sent again: the network, not the server, is in these "
                + "numbers."
        case .clockSteps(let count):
            "The clock of this machine was set \(Quantity.count(count)) \(count == 1 ? "time" : "times"): client "
                + "delays may be missing."
        case .drift(let change, let pValue):
            "Latency \(change < 0 ? "fell" : "rose") by \(Quantity.percent(abs(change))) during the hold (p = "
                + "\(Quantity.rate(pValue))): it is not one number."
        case .warmUp(let seconds, let excess):
            "The first \(Quantity.rate(seconds)) s of the hold were \(Quantity.percent(abs(excess))) "
                + "\(excess < 0 ? "faster" : "slower") than the rest."
        case .unsettled: "Latency did not settle in half of the hold."
        case .probeDiffers(let probe, let bulk):
            "The probe's p99 is \(Quantity.duration(probe)) where the bulk's is \(Quantity.duration(bulk)), and the "
                + "generator is busy."
        case .holdNotReached: "The hold was not reached: 0 s of it were measured."
        }
    }

    /// Advice, with this generator on its machine.
    public func remedy(on facts: GeneratorFacts) -> String {
        switch self {
        case .startsMissed, .startsLate, .ownDelays, .sendLag, .clientDelay: facts.punctual
        case .generatorLimited, .workerBusy, .workerBusyOnce, .probeDiffers: facts.moreCPU
        case .loopStall, .waitedForCPU, .preempted: facts.freeCPU
        case .ownFailures: "Raise `ulimit -n`, or use fewer users or more addresses."
        case .usersLimited(_, _, let resource), .headroom(let resource, _, _): resource.remedy
        case .lagUnknown: "Judge a complete run instead."
        case .stolen: "Use a machine whose CPUs are not shared."
        case .throttled: "Raise the quota."
        case .retransmitted: "Look for lost packets on the way."
        case .clockSteps: "Run again while the clock is steady."
        case .drift: "Hold longer, or look at the series."
        case .warmUp: "Give a warmup of that length."
        case .unsettled: "Give a longer warmup and hold."
        case .holdNotReached: "Let the run go on until its users are held."
        }
    }

    private static func part(_ own: UInt64, of whole: UInt64) -> String {
        whole == 0 ? "all" : Quantity.percent(Double(own) / Double(whole))
    }
}

extension ValidityFinding.Resource {
    public var words: String {
        switch self {
        case .descriptors: "file descriptors"
        case .ports: "local ports"
        }
    }

    public var remedy: String {
        switch self {
        case .descriptors: "Raise `ulimit -n`."
        case .ports: "Widen net.ipv4.ip_local_port_range, or use more addresses."
        }
    }
}
