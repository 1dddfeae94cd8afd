import CLinux
import Kernel
import Measure
import Synchronization
import Workload

/// One execution of a load: starts the workers, leads them through the phases, and hands out each interval
/// as it closes. Used from one thread, which spends the run inside `nextInterval()`.
public final class LoadRun {
    /// Requests due before the hold, and inside it: complete once `nextInterval()` has returned nil.
    public let outside = Window()
    public let hold: Window
    public internal(set) var phase = Phase.ramp
    /// What became of the run: complete once `nextInterval()` has returned nil.
    public internal(set) var outcome = RunRecord.Outcome()
    /// An invariant that did not hold: a defect of headroom.
    public internal(set) var defect: String?
    /// Monotonic times: start of the run, start of the hold (nil: not yet), the time from which nothing new starts
    /// (nil: not known yet), and the end of everything.
    public internal(set) var startedAt: UInt64 = 0
    public internal(set) var holdStart: UInt64?
    public internal(set) var stopAt: UInt64?
    public internal(set) var endedAt: UInt64 = 0
    /// Users of a closed load. In an open load, the users that may be in session at once; after the run, the slots that
    /// were ever needed.
    public internal(set) var usersAsked: UInt64
    /// What the first TLS handshake agreed on; nil where there was none.
    public internal(set) var tlsFacts: TLSFacts?
    /// The share of the target's CPU in use since the last call, 0...1, for rules that stop the run; nil where it is
    /// not known. Called at the end of every interval. Set it before the start.
    public var targetCPU: (() -> Double?)?
    /// Whether a plain timer is measured beside the load (`TimerWatch`). Set it before the start.
    public var watchesTimer = false
    /// Whether connections stay open for another load, which gets them from `takeKept`. Set it before the start.
    public var keepsUsers = false
    /// Worker threads.
    public let threadCount: Int
    /// How long requests in flight at the stop may take. What has not ended then is over every limit on latency.
    public let drain: UInt64

    let profile: Profile
    let program: RequestProgram
    let addresses: [SocketAddress]
    let cpus: [Int]
    let spin: UInt64
    /// One per worker, as threads that share a context share its locks; empty in clear text.
    let contexts: [TLSContext]
    let signals: SignalSource?
    let control: RunControl
    var workers: [WorkerThread] = []
    /// What the load before left open, until the workers take it.
    private var kept: KeptUsers?
    /// The load took over open connections, so the target was reached.
    private(set) var beganConnected = false
    /// The counts of the interval that was returned last, by where its requests were due. Valid until the next call of
    /// `nextInterval()`. The totals include them already.
    public let intervalOutside = Window()
    public let intervalHold: Window
    let union = Histogram()
    let unionService = Histogram()
    var intervalStart: UInt64 = 0
    /// What the plan of an open load has due; nil in a closed load.
    var arrivalCount: ArrivalCount?
    var inFlight: UInt64 = 0
    var drained = 0
    var quitAt: UInt64 = .max
    /// How users join.
    let join: Join
    /// How long users may take after their join, and the time at which that is over.
    let settle: UInt64
    var settleLimit: UInt64 = 0
    /// Whether response times still fall once all users have joined, and how long the run waits for that at most.
    var settling: SettleWatch
    var steadyLimit: UInt64?
    var warmupStart: UInt64?
    var heldFrom: UInt64?
    var isOver = false
    var healthWatch: HealthWatch
    private var timer: TimerWatch.Running?
    var watch: RunWatch
    /// The seconds of an automatic warm-up.
    var warmUp = WarmUpWatch()

    /// A worker and what it publishes.
    struct WorkerThread {
        let box: WorkerHandle
        let status: WorkerStatus
        let waker: Int32
        var thread: LoopThread?
    }

    /// Users may take this long after their join until each was answered once. Where they join in turn, each answer
    /// restarts this time.
    public static let settleLimit: UInt64 = 10_000_000_000
    /// Requests in flight at the stop get at least this long.
    public static let drainLimit: UInt64 = 2_000_000_000
    /// Length of an interval.
    public static let intervalLength: UInt64 = 1_000_000_000
    /// Time between the decision on a boundary and the boundary itself, so that every worker has learned of it.
    static let notice: UInt64 = 1_000_000
    /// Time between the decision to start and the first request. Threads and user slots are made meanwhile.
    private static let startNotice: UInt64 = 5_000_000
    private static let startNoticePerUser: UInt64 = 500

    /// With `spins` the loop stops sleeping this long before a due time, because a sleep ends 50 µs late.
    public static let spinLength: UInt64 = 100_000

    /// Prepares a run; nothing is sent yet. `cpus`: where the workers are pinned; empty for nowhere. `spins`: the
    /// workers wait actively right before something is due, at the price of CPU. An open load without `maxUsers` gets
    /// as many users as the machine can hold. `settle`: nanoseconds that users may take after their join until each was
    /// answered once. `kept`: connections of the load before, used where both loads have the same target and protocol.
    public init(
        profile: Profile, program: RequestProgram, addresses: [SocketAddress], threads: Int, cpus: [Int] = [],
        spins: Bool = false, signals: SignalSource? = nil, settle: UInt64 = LoadRun.settleLimit,
        kept: KeptUsers? = nil
    ) throws(EngineError) {
        precondition(!addresses.isEmpty && threads > 0, "an address and a thread at least")
        let asked = min(
            profile.load.open.map { $0.maxUsers ?? Preflight.mostConnections(addresses: addresses.count) }
                ?? profile.load.users, profile.load.sessions ?? Int.max)
        self.usersAsked = UInt64(asked)
        self.threadCount = min(threads, max(1, asked))
        let all = Array(addresses.prefix(Worker.addressLimit))
        let kept = kept?.suits(profile, addresses: all, threads: self.threadCount) == true ? kept : nil
        self.kept = kept
        if let kept {
            self.contexts = kept.contexts
        } else {
            self.contexts = try TLSContext.forWorkers(of: profile, count: self.threadCount)
        }
        let waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if waker < 0 { throw .failed("eventfd", Errno.current) }
        self.control = RunControl(controllerWaker: waker)
        self.drain = Self.drain(of: profile.effectiveSLO, timeouts: profile.timeouts)
        self.profile = profile
        self.watch = RunWatch(profile.load)
        self.program = program
        self.hold = Window(steps: program.stepsApart)
        self.intervalHold = Window(steps: program.stepsApart)
        self.addresses = all
        self.cpus = cpus
        self.signals = signals
        self.settle = settle
        let join = profile.join
        self.join = join
        self.settling = SettleWatch(cycle: join.cycle)
        self.spin = spins ? Self.spinLength : 0
        self.arrivalCount = profile.load.open.map { ArrivalCount(plan: $0.plan, seed: profile.load.seed) }
        self.healthWatch = HealthWatch(
            workers: self.threadCount, addresses: addresses, cpus: cpus, spins: spins)
    }

    deinit {
        self.abandon()
        close(self.control.controllerWaker)
    }

    /// Ends the threads, if any run.
    func abandon() {
        if self.isOver || self.workers.allSatisfy({ $0.thread == nil }) { return }
        self.isOver = true
        let now = MonotonicClock.now()
        self.setStop(now, quit: now)
        for member in self.workers { member.thread?.join() }
        self.endTimer()
    }

    /// Takes the figures of the plain timer. After the workers have ended.
    func endTimer() {
        if let timer = self.timer { self.healthWatch.take(timer.finish()) }
        self.timer = nil
    }

    /// Starts the workers: from here on requests are sent.
    public func start() throws(EngineError) {
        Preflight.growDescriptorTable()
        // In an open load a slot is initialised when it is first needed.
        let slots = self.isOpen ? 0 : self.usersAsked
        self.startedAt = MonotonicClock.now() &+ Self.startNotice &+ Self.startNoticePerUser &* slots
        self.intervalStart = self.startedAt
        self.settleLimit = self.startedAt &+ self.join.length &+ self.settle
        self.planPhases()
        var first = self.startedAt &+ self.intervalLength
        for edge in self.edges where edge > self.startedAt { first = min(first, edge) }
        self.openInterval(until: first)
        for index in 0..<self.threadCount {
            let status = WorkerStatus()
            do {
                let box = try WorkerHandle(
                    Worker(setup: self.setup(index), control: self.control, status: status))
                self.workers.append(WorkerThread(box: box, status: status, waker: box.waker))
            } catch {
                throw .failed("a worker's epoll", error)
            }
        }
        self.beganConnected = self.kept.map { $0.connections > 0 } ?? false
        self.kept = nil
        for index in self.workers.indices {
            let box = self.workers[index].box
            do {
                self.workers[index].thread = try LoopThread(
                    name: "worker-\(index)", cpu: self.cpus.isEmpty ? nil : self.cpus[index % self.cpus.count]
                ) { box.run() }
            } catch {
                self.abandon()
                throw .failed("a worker's thread", error)
            }
        }
        if self.watchesTimer { self.timer = TimerWatch.start(cpu: self.cpus.first) }
    }

    /// Sessions come by a plan of arrivals, not by users that are held.
    var isOpen: Bool { self.profile.load.open != nil }

    private func setup(_ index: Int) -> WorkerConfiguration {
        let asked = Int(self.usersAsked)
        func share(_ whole: Int) -> Int {
            whole / self.threadCount + (index < whole % self.threadCount ? 1 : 0)
        }
        return WorkerConfiguration(
            index: index, threads: self.threadCount, userCount: share(asked), totalUsers: asked,
            program: self.program, addresses: self.addresses,
            tls: self.contexts.isEmpty ? nil : self.contexts[index],
            resumesTLS: self.profile.tls.resumes, streams: self.profile.sharing, http2: self.profile.http2,
            timeouts: self.profile.timeouts,
            connection: self.profile.connection,
            join: self.join, startedAt: self.startedAt, seed: self.profile.load.seed,
            sessions: self.profile.load.sessions.map(share), tick: self.profile.load.tick,
            slotStride: WorkerConfiguration.slotStride(users: asked), arrivals: self.profile.load.open?.plan,
            spin: self.spin,
            isStorm: self.profile.load.isStorm, keepsConnections: self.profile.load.keepsConnections,
            takesAnyCertificate: self.profile.tls.isInsecure, follow: self.profile.follow,
            mostRate: self.profile.mostRequestsPerSecond(ofUsers: asked).map { $0 / Double(self.threadCount) },
            kept: self.kept?.workers[index], keepsUsers: self.keepsUsers)
    }

    /// Gives away the users that this load left connected; nil before its end, and where it keeps none.
    public func takeKept() -> KeptUsers? {
        guard self.isOver, self.keepsUsers else { return nil }
        let workers = self.workers.compactMap { $0.box.takeKept() }
        guard workers.count == self.workers.count else { return nil }
        return KeptUsers(workers, contexts: self.contexts, profile: self.profile, addresses: self.addresses)
    }

    /// Waits for the next interval to close and returns it; nil when the run is over. Signals are handled here: the
    /// first one stops sending, the second one also gives up what is in flight.
    public func nextInterval() -> IntervalRow? {
        if self.isOver { return nil }
        self.intervalOutside.reset()
        self.intervalHold.reset()
        while true {
            self.takeSignals()
            let now = MonotonicClock.now()
            self.lead(now)
            if self.workers.allSatisfy({ $0.status.closed.load(ordering: .acquiring) == self.interval }) {
                return self.closeInterval()
            }
            if self.workers.allSatisfy({ $0.status.end.load(ordering: .acquiring) != WorkerStatus.notEnded }) {
                return self.closeRun()
            }
            var fds = [self.control.controllerWaker]
            if let signals { fds.append(signals.fd) }
            Descriptors.wait(fds, nanoseconds: self.nextDecision(now) &- now)
            var count: UInt64 = 0
            _ = read(self.control.controllerWaker, &count, 8)
        }
    }

    /// The largest latency limit of any objective, but at least `drainLimit` and no longer than a first byte may take.
    static func drain(of objectives: [SLO], timeouts: Timeouts) -> UInt64 {
        let longest = objectives.compactMap(\.latencyLimit).max() ?? 0
        return max(Self.drainLimit, min(longest, timeouts.firstByte))
    }

    /// When the current drain gives up what is in flight; nil outside a drain.
    public var drainEnd: UInt64? { self.phase == .drain && self.quitAt != .max ? self.quitAt : nil }

    /// When the hold will end, as far as known now; nil where a number of sessions ends it.
    public var plannedEnd: UInt64? {
        let load = self.profile.load
        if load.sessions != nil || (self.isOpen && self.stopAt != nil) { return self.stopAt }
        // The length of an automatic warm-up is known only when it is over.
        if load.warmupIsAuto && self.holdStart == nil { return nil }
        return min(self.stopAt ?? .max, self.startedAt &+ self.join.length &+ load.warmup &+ load.hold)
    }

    /// Stops early, for a reason that goes into the record.
    public func stop(reason: String) {
        if self.outcome.stopReason == nil { self.outcome.stopReason = reason }
        self.setStop(MonotonicClock.now())
    }

    /// Asks for the stop from a thread that is not inside `nextInterval()`.
    func askToStop() {
        self.control.stopAsked.store(1, ordering: .releasing)
        Poller.wakeUp(self.control.controllerWaker)
    }

    private func takeSignals() {
        if self.control.stopAsked.load(ordering: .acquiring) != 0 && self.phase != .drain {
            self.setStop(MonotonicClock.now())
            self.phase = .drain
        }
        while let signal = self.signals?.next() {
            let now = MonotonicClock.now()
            let isAfterStop = self.stopAt.map { $0 <= now } ?? false
            if self.outcome.signal != nil || isAfterStop { self.control.givesUp.store(1, ordering: .relaxed) }
            if self.outcome.signal == nil && !isAfterStop {
                self.outcome.signal = signal
                self.setStop(min(now, self.stopAt ?? .max))
                self.quitAt = min(self.quitAt, now &+ Self.drainLimit)
            } else {
                // The measurement is over: the signal only ends the wait for what is in flight.
                self.outcome.signal = self.outcome.signal ?? signal
                self.quitAt = now
            }
            self.control.quitAt.store(self.quitAt, ordering: .releasing)
            self.wakeWorkers()
        }
    }
}
