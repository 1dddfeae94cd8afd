import CLinux
import Engine
import Kernel
import Synchronization

/// The embedded reference server: HTTP/1.1 and HTTP/2 with bodies, delays and faults on demand, and exact counts.
///
/// One loop per thread, each with a listener of its own on the one port (SO_REUSEPORT): the kernel hashes a
/// connection to a listener, which spreads 2,000 connections to 990 : 1,010 on two threads, measured here.
/// One listener in all pollers (EPOLLEXCLUSIVE) wakes the first idle one: 746 : 1,254 to 1,740 : 260.
///
/// Paths: `/` and `/bytes/N`, `/delay/MS`, `/delay/MS/bytes/N`, `/status/N`, `/chunked/N`, `/drip/N`,
/// `/close-delimited/N`, `/lose/N`, `/truncate`, `/close`, `/silent`, `/reset`, `/garbage`, `/half-500`, `/health`,
/// `/stats`; anything else is 404.
public final class TargetServer: Sendable {
    private enum State {
        case ready([TargetLoop])
        case running([TargetLoop], [LoopThread])
        case stopped
    }

    let shared: TargetShared
    private let bound: SocketAddress
    private let state: Mutex<State>

    /// Binds and listens; connections wait until `start`.
    public init(options: TargetOptions) throws(TargetError) {
        try options.validate()
        try Self.checkCPUs(options.cpus)
        self.shared = try TargetShared(options: options)
        let listeners = try Self.listen(options)
        self.bound = listeners.address
        var loops: [TargetLoop] = []
        let capacity = Self.connectionsPerLoop()
        for (index, listener) in listeners.descriptors.enumerated() {
            do {
                loops.append(
                    try TargetLoop(
                        shared: self.shared, index: index, listener: listener, capacity: capacity))
            } catch {
                // The failed loop has closed its own, the others close theirs.
                for rest in listeners.descriptors[(index + 1)...] { close(rest) }
                throw error
            }
        }
        self.state = Mutex(.ready(loops))
    }

    deinit { self.stop() }

    /// The port that clients connect to.
    public var port: UInt16 { self.bound.port }

    /// Such as `127.0.0.1:8080` or `[::1]:8080`.
    public var address: String { self.bound.description }

    /// Starts the threads; once.
    public func start() throws(TargetError) {
        Preflight.growDescriptorTable()
        let failure = self.state.withLock { state -> TargetError? in
            guard case .ready(let loops) = state else { return .startedBefore }
            let start = MonotonicClock.now()
            let cpus = self.shared.options.cpus
            var threads: [LoopThread] = []
            for (index, loop) in loops.enumerated() {
                do throws(Errno) {
                    let cpu = cpus.isEmpty ? nil : cpus[index % cpus.count]
                    threads.append(
                        try LoopThread(name: "target-\(index)", cpu: cpu) { loop.run(start: start) })
                } catch {
                    Self.end(self.shared, loops, threads)
                    state = .stopped
                    return .resource(what: "thread \(index + 1) of \(loops.count)", reason: error)
                }
            }
            state = .running(loops, threads)
            return nil
        }
        if let failure { throw failure }
    }

    /// Closes all connections and the port, and returns when the threads have ended. Further calls do nothing.
    public func stop() {
        self.state.withLock { state in
            if case .running(let loops, let threads) = state { Self.end(self.shared, loops, threads) }
            state = .stopped
        }
    }

    /// The counts until now; exact when no request is in progress.
    public func counts() -> TargetCounts { self.shared.counts() }

    /// Passes every request in the log of arrivals to `body`, loop by loop; none before `stop`. Returns how many came
    /// when the log was full.
    public func forEachArrival(_ body: (Arrival) -> Void) -> UInt64 {
        self.state.withLock { state in
            guard case .stopped = state else { return 0 }
            for log in self.shared.arrivals {
                for index in 0..<log.count { body(log[index]) }
            }
            return self.shared.arrivals.reduce(0) { $0 &+ $1.dropped }
        }
    }

    private static func end(_ shared: TargetShared, _ loops: [TargetLoop], _ threads: [LoopThread]) {
        shared.isStopping.store(true, ordering: .relaxed)
        for loop in loops { Poller.wakeUp(loop.waker) }
        for thread in threads { thread.join() }
    }

    private static func checkCPUs(_ cpus: [Int]) throws(TargetError) {
        if cpus.isEmpty { return }
        var allowed = [Int32](repeating: 0, count: 1_024)
        let count = Int(linux_allowed_cpus(&allowed, Int32(allowed.count)))
        for cpu in cpus where !allowed.prefix(count).contains(where: { Int($0) == cpu }) {
            let wanted = allowed.prefix(count).map { "\($0)" }.joined(separator: ", ")
            throw .option(.cpus, value: "\(cpu)", wanted: "CPUs of this process: \(wanted)")
        }
    }

    /// As many as there can be descriptors.
    private static func connectionsPerLoop() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return TargetLimits.connectionsPerLoop
        }
        return max(1, Int(min(UInt64(limit.rlim_cur), UInt64(TargetLimits.connectionsPerLoop))))
    }

    /// A listener per thread on one address.
    private static func listen(
        _ options: TargetOptions
    ) throws(TargetError) -> (descriptors: [Int32], address: SocketAddress) {
        var address = try Self.resolve(options.host, options.port)
        var descriptors: [Int32] = []
        do throws(Errno) {
            if options.port != 0 {
                // Sharing a port would let a second server take half of the first one's connections.
                close(try Socket.listen(on: address, backlog: 1))
            }
            for _ in 0..<options.threads {
                descriptors.append(
                    try Socket.listen(on: address, backlog: TargetLimits.backlog, sharesPort: true))
                // For port 0 the first listener has picked a real one, for all.
                if descriptors.count == 1 { address = try Socket.localAddress(descriptors[0]) }
            }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw TargetError.listen(address: address.description, reason: error)
        }
        return (descriptors, address)
    }

    private static func resolve(_ host: String, _ port: UInt16) throws(TargetError) -> SocketAddress {
        do throws(ResolveError) {
            // At least one address, or an error.
            let found = try SocketAddress.resolve(host: host, port: port, passive: true, limit: 1)
            if let first = found.first { return first }
        } catch {
            throw TargetError.resolve(host: host, reason: error.reason)
        }
        throw TargetError.resolve(host: host, reason: "it has no address")
    }
}
