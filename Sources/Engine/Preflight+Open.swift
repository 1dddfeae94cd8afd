import Kernel
import Workload

/// The resources that an open load needs.
extension Preflight {
    /// How long the kernel keeps the port of a connection that we closed: TCP_TIMEWAIT_LEN, in nanoseconds.
    public static let timeWait: UInt64 = 60_000_000_000
    /// A plan is sampled at no more times than this to find its busiest minute.
    private static let samplesLimit: UInt64 = 10_000

    /// Checks before the start whether a load fits this machine; throws what is missing and how to fix it.
    public static func ensure(_ profile: Profile, addresses: [SocketAddress]) throws(EngineError) {
        let load = profile.load
        let probe = load.probe.map(Probe.connections(rate:)) ?? 0
        guard let open = load.open else {
            return try Self.ensure(
                connections: profile.connections(ofUsers: min(load.users, load.sessions ?? Int.max)) + probe,
                addresses: addresses.count)
        }
        if let users = open.maxUsers {
            try Self.ensure(
                connections: profile.connections(ofUsers: users) + probe, addresses: addresses.count)
        }
        let perSession: Int
        switch profile.connection {
        case .perUser: return
        case .perSession: perSession = 1
        case .perRequest: perSession = profile.requestsPerSession ?? 1
        }
        if Self.reusesPorts(for: addresses) { return }
        let needed = Self.busiest(open.plan, within: load.warmup &+ load.holdLength) * Double(perSession)
        let ports = Self.portRange()
        let most = Double(ports.count) * Double(max(1, addresses.count))
        if needed <= most { return }
        throw .limits(
            "the plan makes \(Self.whole(needed)) new connections in its busiest minute, and each that we close "
                + "keeps its local port for 60 s: there are \(Self.whole(most)) (net.ipv4.ip_local_port_range is "
                + "\(ports.lowerBound)-\(ports.upperBound - 1)). Allow their reuse with "
                + "`sysctl -w net.ipv4.tcp_tw_reuse=1`, widen the range, keep connections with "
                + "`--connection per_user`, or plan at most \(Self.whole(most / 60 / Double(max(1, perSession)))) "
                + "sessions/s")
    }

    /// Local ports that are free now for new connections to these addresses, and those that become free by waiting. Nil
    /// where the kernel lets new connections take the ports of those that we closed, or does not report how many there
    /// are.
    public static func freePorts(for addresses: [SocketAddress]) -> (free: Int, waiting: Int)? {
        if Self.reusesPorts(for: addresses) { return nil }
        guard let used = SocketCounts.read() else { return nil }
        return Self.freePorts(of: Self.portRange().count, addresses: addresses.count, used)
    }

    /// The same from numbers: so many ports for each address.
    static func freePorts(of range: Int, addresses: Int, _ used: SocketCounts) -> (free: Int, waiting: Int)? {
        let (ports, overflow) = range.multipliedReportingOverflow(by: max(1, addresses))
        let (taken, tooMany) = used.open.addingReportingOverflow(used.waiting)
        return overflow || tooMany ? nil : (max(0, ports - taken), used.waiting)
    }

    /// Whether new connections to these addresses may take ports that wait (tcp_tw_reuse of tcp(7)).
    static func reusesPorts(for addresses: [SocketAddress]) -> Bool {
        let setting = SystemFile.line("/proc/sys/net/ipv4/tcp_tw_reuse") ?? ""
        return Self.reusesPorts(setting, isLoopback: addresses.allSatisfy(\.isLoopback))
    }

    /// The setting allows it always (1), or over loopback (2).
    static func reusesPorts(_ setting: String, isLoopback: Bool) -> Bool {
        setting == "1" || setting == "2" && isLoopback
    }

    /// The most sessions in any 60 s of the first `length` nanoseconds of a plan.
    static func busiest(_ plan: ArrivalPlan, within length: UInt64) -> Double {
        let step = max(1_000_000_000, length / Self.samplesLimit)
        var most = 0.0
        var time: UInt64 = 0
        while true {
            time = min(length, time &+ step)
            most = max(
                most, plan.expected(until: time) - plan.expected(until: time &- min(time, Self.timeWait)))
            if time >= length { return most }
        }
    }

    private static func whole(_ number: Double) -> String { "\(UInt64(max(0, min(number, 1e18)).rounded()))" }
}
