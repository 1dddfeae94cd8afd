import CLinux
import Kernel
import Measure
import Units
import Workload

/// A small run of its own beside a load: the session's first request at a low, constant rate, on a few connections and
/// a thread of its own. Its measurements are not in the load's counts. Where probe and load disagree while the load
/// keeps us busy, the load measures our own queue.
///
/// Used only from the thread that leads the load.
public final class Probe {
    /// Requests a second.
    public let rate: Double
    private let leader: Leader
    private var thread: LoopThread?
    private var isStopped = false
    /// Makes the thread that leads it; a test may have none to give.
    var makeThread: (@escaping @Sendable () -> Void) throws(Errno) -> LoopThread = {
        (lead: @escaping @Sendable () -> Void) throws(Errno) in try LoopThread(name: "probe", lead)
    }

    /// The first requests open the connections, so they are not measured. Nanoseconds.
    private static let warmup: UInt64 = 1_000_000_000

    /// How many connections a probe of this rate has: as many as it sends requests in one second.
    public static func connections(rate: Double) -> Int {
        max(1, Int(min(rate, Load.probeLimit).rounded(.up)))
    }

    /// Prepares a probe beside a load of this profile; nothing is sent yet.
    public init(
        beside profile: Profile, rate: Double, addresses: [SocketAddress], userAgent: String
    ) throws(EngineError) {
        self.rate = rate
        let alone = try Self.profile(beside: profile, rate: rate)
        let program = try RequestProgram(profile: alone, userAgent: userAgent)
        self.leader = Leader(
            try LoadRun(profile: alone, program: program, addresses: addresses, threads: 1))
    }

    deinit { self.end() }

    private static func profile(beside profile: Profile, rate: Double) throws(EngineError) -> Profile {
        var alone = profile
        alone.session = Array(profile.session.prefix(1))
        for index in alone.session.indices {
            alone.session[index].repeatCount = 1
            alone.session[index].pause = .none
        }
        alone.load = Load()
        // Objectives are about the load: the probe records none of its steps apart.
        alone.slo = []
        alone.load.seed = profile.load.seed
        alone.load.connection = .perUser
        alone.load.warmup = Self.warmup
        // It ends only when it is stopped.
        alone.load.hold = TimeSpan.limitNanoseconds
        alone.load.holdGiven = true
        do {
            alone.load.open = OpenLoad(
                plan: try .constant(rate), maxUsers: Self.connections(rate: rate))
        } catch {
            throw .unsendable("a probe: \(error.message)")
        }
        return alone
    }

    /// Follows a load: starts when its hold begins, and stops sending when the hold is over. Call it after each
    /// interval of the load.
    public func follow(_ run: LoadRun) throws(EngineError) {
        let now = MonotonicClock.now()
        if let stopAt = run.stopAt, now >= stopAt {
            self.stop()
        } else if let holdStart = run.holdStart, now >= holdStart, self.thread == nil {
            try self.start()
        }
    }

    private func start() throws(EngineError) {
        if self.isStopped { return }
        // A start that failed is not tried again.
        self.isStopped = true
        try self.leader.run.start()
        let leader = self.leader
        do {
            self.thread = try self.makeThread { leader.lead() }
        } catch {
            // No thread leads it, so its workers end.
            self.leader.run.abandon()
            throw .failed("the probe's thread", error)
        }
        self.isStopped = false
    }

    /// Sends nothing new; requests in flight get the time of a drain.
    private func stop() {
        if self.isStopped { return }
        self.isStopped = true
        self.leader.run.askToStop()
    }

    private func end() {
        self.stop()
        self.thread?.join()
        self.thread = nil
    }

    /// Ends the probe and waits for requests in flight, at most `LoadRun.drainLimit`; nil where it never started.
    public func finish() -> ProbeResult? {
        if self.thread == nil { return nil }
        self.end()
        let run = self.leader.run
        var result = ProbeResult(rate: self.rate)
        result.started = run.hold.counters.requestsStarted
        result.ok = run.hold.counters.requestsOK
        result.failed = run.hold.counters.requestsFailed
        result.inFlightAtEnd = run.outcome.requestsInFlight.hold
        result.response = DistributionFigures(of: run.hold.succeeded[Metric.response.rawValue])
        result.service = DistributionFigures(of: run.hold.succeeded[Metric.service.rawValue])
        return result
    }

    /// The run and the thread that leads it.
    private final class Leader: @unchecked Sendable {  // Its thread owns the run between `lead` and the join.
        let run: LoadRun

        init(_ run: LoadRun) { self.run = run }

        func lead() { while self.run.nextInterval() != nil {} }
    }
}
