import CLinux
import Measure
import Synchronization
import Workload

/// One execution of a load: starts the workers, leads them through the phases, and hands out each interval
/// as it closes. Used from one thread, which spends the run inside `nextInterval()`.
public final class LoadRun {
    /// Requests due before the hold, and inside it: complete once `nextInterval()` has returned nil.
    public let outside = Window()
    public let hold = Window()
    public private(set) var phase = Phase.ramp
    /// Over the hold.
    public private(set) var usersHeld = Held()
    public private(set) var connectionsHeld = Held()
    public private(set) var established: UInt64 = 0
    public private(set) var settleShortfall: UInt64 = 0
    public private(set) var longestSilence: UInt64 = 0
    public private(set) var requestsLeft: (outside: UInt64, hold: UInt64) = (0, 0)
    public private(set) var sessionsLeft: (outside: UInt64, hold: UInt64) = (0, 0)
    public private(set) var examples: [ErrorExample] = []
    /// The signal that ended the run before its time.
    public private(set) var interruption: Int32?
    /// Why it stopped before its time, otherwise.
    public private(set) var stopReason: String?
    /// An invariant that did not hold: a defect of headroom.
    public private(set) var defect: String?
    /// Monotonic time at which the run began, the hold began (nil: not yet), nothing new starts (nil: not
    /// yet known), and everything ended.
    public private(set) var startedAt: UInt64 = 0
    public private(set) var holdStart: UInt64?
    public private(set) var stopAt: UInt64?
    public private(set) var endedAt: UInt64 = 0
    public let usersAsked: UInt64
    public let threadCount: Int

    private let profile: Profile
    private let program: RequestProgram
    private let addresses: [SocketAddress]
    private let cpus: [Int]
    private let signals: SignalSource?
    private let control: RunControl
    private var crew: [Crew] = []
    /// What the interval that was returned last holds, by where its requests were due; valid until the next
    /// call of `nextInterval()`. It is in the totals already.
    public let intervalOutside = Window()
    public let intervalHold = Window()
    private let union = Histogram()
    private let unionService = Histogram()
    private var intervalStart: UInt64 = 0
    private var inFlight: UInt64 = 0
    private var drained = 0
    private var quitAt: UInt64 = .max
    private var settleLimit: UInt64 = 0
    private var warmupStart: UInt64?
    private var heldFrom: UInt64?
    private var isOver = false

    /// A worker and what it publishes.
    private struct Crew {
        let box: WorkerBox
        let status: WorkerStatus
        let waker: Int32
        var thread: LoopThread?
    }

    /// Users may take this long after the ramp until each was answered once.
    public static let settleLimit: UInt64 = 10_000_000_000
    /// What is in flight at the stop gets this long.
    public static let drainLimit: UInt64 = 2_000_000_000
    /// Length of an interval.
    public static let intervalLength: UInt64 = 1_000_000_000
    /// Between deciding on a boundary and its coming, so that every worker has heard of it.
    private static let notice: UInt64 = 1_000_000
    /// Between deciding to start and the first request: the threads, and each user's slot, are made meanwhile.
    private static let startNotice: UInt64 = 5_000_000
    private static let startNoticePerUser: UInt64 = 500

    /// Prepares a run; nothing is sent yet. `cpus`: where the workers are pinned; empty for nowhere.
    public init(
        profile: Profile, program: RequestProgram, addresses: [SocketAddress], threads: Int, cpus: [Int] = [],
        signals: SignalSource? = nil
    ) throws(EngineError) {
        precondition(!addresses.isEmpty && threads > 0, "an address and a thread at least")
        let waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if waker < 0 { throw .system(what: "eventfd", error: Errno.current) }
        self.control = RunControl(controllerWaker: waker)
        self.profile = profile
        self.program = program
        self.addresses = Array(addresses.prefix(Worker.addressLimit))
        self.cpus = cpus
        self.signals = signals
        let asked = min(profile.load.users, profile.load.sessions ?? Int.max)
        self.usersAsked = UInt64(asked)
        self.threadCount = min(threads, max(1, asked))
    }

    deinit {
        self.abandon()
        close(self.control.controllerWaker)
    }

    /// Ends the threads, if any run: nothing of the run is left behind.
    private func abandon() {
        if self.isOver || self.crew.allSatisfy({ $0.thread == nil }) { return }
        self.isOver = true
        let now = MonotonicClock.now()
        self.setStop(now, quit: now)
        for member in self.crew { member.thread?.join() }
    }

    /// Starts the workers: from here on requests are sent.
    public func start() throws(EngineError) {
        self.startedAt =
            MonotonicClock.now() &+ Self.startNotice &+ Self.startNoticePerUser &* self.usersAsked
        self.intervalStart = self.startedAt
        self.settleLimit = self.startedAt &+ self.profile.load.ramp &+ Self.settleLimit
        var first = self.startedAt &+ Self.intervalLength
        for edge in self.edges where edge > self.startedAt { first = min(first, edge) }
        self.openInterval(until: first)
        if self.profile.load.sessions != nil {
            // A number of sessions: every one of them counts.
            self.holdStart = self.startedAt
            self.control.holdStart.store(self.startedAt, ordering: .releasing)
            if self.profile.load.holdGiven { self.setStop(self.startedAt &+ self.profile.load.hold) }
        }
        for index in 0..<self.threadCount {
            let status = WorkerStatus()
            do {
                let box = try WorkerBox(
                    Worker(setup: self.setup(index), control: self.control, status: status))
                self.crew.append(Crew(box: box, status: status, waker: box.waker))
            } catch {
                throw .system(what: "a worker's epoll", error: error)
            }
        }
        for index in self.crew.indices {
            let box = self.crew[index].box
            do {
                self.crew[index].thread = try LoopThread(
                    name: "worker-\(index)", cpu: self.cpus.isEmpty ? nil : self.cpus[index % self.cpus.count]
                ) { box.run() }
            } catch {
                self.abandon()
                throw .system(what: "a worker's thread", error: error)
            }
        }
    }

    private func setup(_ index: Int) -> WorkerSetup {
        let asked = Int(self.usersAsked)
        func share(_ whole: Int) -> Int {
            whole / self.threadCount + (index < whole % self.threadCount ? 1 : 0)
        }
        return WorkerSetup(
            index: index, threads: self.threadCount, userCount: share(asked), totalUsers: asked,
            program: self.program, addresses: self.addresses, timeouts: self.profile.timeouts,
            connection: self.profile.load.connection,
            // A number of sessions is of whole ones: nobody joins in the middle.
            start: self.profile.load.sessions == nil ? self.profile.load.start : .cold,
            startedAt: self.startedAt,
            ramp: self.profile.load.ramp, seed: self.profile.load.seed,
            sessions: self.profile.load.sessions.map(share), slotStride: WorkerSetup.slotStride(users: asked))
    }

    /// Waits for the next interval to close and returns it; nil when the run is over. Signals are taken here:
    /// the first stops sending, the second also gives up what is in flight.
    public func nextInterval() -> IntervalRow? {
        if self.isOver { return nil }
        self.intervalOutside.reset()
        self.intervalHold.reset()
        while true {
            self.takeSignals()
            let now = MonotonicClock.now()
            self.lead(now)
            if self.crew.allSatisfy({ $0.status.closed.load(ordering: .acquiring) == self.interval }) {
                return self.closeInterval()
            }
            if self.crew.allSatisfy({ $0.status.end.load(ordering: .acquiring) != WorkerStatus.notEnded }) {
                return self.closeRun()
            }
            var fds = [self.control.controllerWaker]
            if let signals { fds.append(signals.fd) }
            Descriptors.wait(fds, nanoseconds: self.nextDecision(now) &- now)
            var count: UInt64 = 0
            _ = read(self.control.controllerWaker, &count, 8)
        }
    }

    /// When the hold will end, as far as can be told now; nil where a number of sessions ends it.
    public var plannedEnd: UInt64? {
        if let stopAt { return stopAt }
        if self.profile.load.sessions != nil { return nil }
        let load = self.profile.load
        return self.startedAt &+ load.ramp &+ load.warmup &+ load.hold
    }

    /// Stops before the time, for a reason that the record tells.
    public func stop(reason: String) {
        if self.stopReason == nil { self.stopReason = reason }
        self.setStop(MonotonicClock.now())
    }

    private func takeSignals() {
        while let signal = self.signals?.next() {
            let now = MonotonicClock.now()
            if self.interruption == nil {
                self.interruption = signal
                self.setStop(min(now, self.stopAt ?? .max))
                self.quitAt = min(self.quitAt, now &+ Self.drainLimit)
            } else {
                self.quitAt = now
            }
            self.control.quitAt.store(self.quitAt, ordering: .releasing)
            self.wakeWorkers()
        }
    }
}

/// Leading the phases.
extension LoadRun {
    private var boundary: UInt64 { self.control.boundary.load(ordering: .relaxed) }
    private var interval: UInt64 { self.control.interval.load(ordering: .relaxed) }

    /// Opens the next interval: only once every worker has closed the last, so that none can miss one.
    private func openInterval(until boundary: UInt64) {
        self.control.boundary.store(boundary, ordering: .relaxed)
        self.control.interval.store(self.interval &+ 1, ordering: .releasing)
    }

    /// The current interval ends no later than this. A worker that closed it already is not disturbed.
    private func cutInterval(at time: UInt64) {
        if time < self.boundary && time > self.intervalStart {
            self.control.boundary.store(time, ordering: .releasing)
        }
    }

    private func setStop(_ time: UInt64, quit: UInt64? = nil) {
        let stop = min(time, self.stopAt ?? .max)
        self.stopAt = stop
        self.quitAt = min(self.quitAt, quit ?? (stop &+ Self.drainLimit))
        // The boundary first: a worker that sees the stop also closes the interval there before it ends.
        self.cutInterval(at: stop)
        self.control.quitAt.store(self.quitAt, ordering: .relaxed)
        self.control.stopAt.store(stop, ordering: .releasing)
        self.wakeWorkers()
    }

    private func wakeWorkers() { for member in self.crew { Poller.wakeUp(member.waker) } }

    private func nextDecision(_ now: UInt64) -> UInt64 {
        var next = now &+ Self.intervalLength
        switch self.phase {
        case .ramp: next = min(next, self.startedAt &+ self.profile.load.ramp)
        case .settle: next = min(next, self.settleLimit)
        default: break
        }
        return max(now, next)
    }

    /// Decides what the time and the workers' state ask for.
    private func lead(_ now: UInt64) {
        self.established = self.crew.reduce(0) { $0 + $1.status.established.load(ordering: .acquiring) }
        if let stopAt, now >= stopAt {
            self.phase = .drain
            return
        }
        if self.phase == .ramp && now >= self.startedAt &+ self.profile.load.ramp { self.phase = .settle }
        if self.phase == .settle { self.leadSettling(now) }
        if self.phase == .warmup, let holdStart, now >= holdStart { self.phase = .hold }
        if self.crew.contains(where: { $0.status.end.load(ordering: .acquiring) == WorkerStatus.failed }) {
            self.stop(reason: "a worker's loop failed")
        }
        if self.profile.load.sessions != nil
            && self.crew.allSatisfy({ $0.status.exhausted.load(ordering: .acquiring) != 0 })
        {
            self.setStop(now)
            self.phase = .drain
        }
    }

    private func leadSettling(_ now: UInt64) {
        let isSettled = self.established >= self.usersAsked
        if !isSettled && now < self.settleLimit { return }
        self.settleShortfall = self.usersAsked &- min(self.usersAsked, self.established)
        if self.established == 0 {
            self.stop(reason: "no user was answered within the settle time (10 s after the ramp)")
            self.phase = .drain
            return
        }
        self.phase = .warmup
        let begin = now &+ Self.notice
        self.warmupStart = begin
        self.cutInterval(at: begin)
        if self.holdStart != nil {
            // Sessions in all: the hold is on already; users are held from here.
            self.heldFrom = begin
        } else {
            let start = begin &+ self.profile.load.warmup
            self.holdStart = start
            self.heldFrom = start
            self.control.holdStart.store(start, ordering: .releasing)
            self.cutInterval(at: start)
            self.setStop(start &+ self.profile.load.hold)
        }
        self.wakeWorkers()
    }

    /// Where a phase begins, as far as is known: intervals are cut there.
    private var edges: [UInt64] {
        [self.startedAt &+ self.profile.load.ramp]
            + [self.warmupStart, self.holdStart, self.stopAt].compactMap { $0 }
    }

    /// Every worker has closed the interval: takes its counts, and sets the next boundary.
    private func closeInterval() -> IntervalRow {
        let end = self.boundary
        var usersHeld = Held()
        var connectionsHeld = Held()
        var inFlightAtEnd: UInt64 = 0
        for member in self.crew {
            let block = member.box.block(self.drained & 1)
            block.drain(outside: self.intervalOutside, hold: self.intervalHold)
            usersHeld.addWorker(block.levels.pointee.usersHeld)
            connectionsHeld.addWorker(block.levels.pointee.connectionsHeld)
            inFlightAtEnd &+= block.levels.pointee.inFlightAtEnd
        }
        self.drained += 1
        let phase = self.phase(ofIntervalFrom: self.intervalStart)
        var row = self.row(
            end: end, phase: phase, users: usersHeld, connections: connectionsHeld,
            inFlightAtEnd: inFlightAtEnd)
        if self.countsForHeld(phase, intervalFrom: row.start &+ self.startedAt) {
            self.usersHeld.append(usersHeld)
            self.connectionsHeld.append(connectionsHeld)
            row.hold.usersHeld = usersHeld
            row.hold.connectionsHeld = connectionsHeld
        }
        var next = end &+ Self.intervalLength
        for edge in self.edges where edge > end { next = min(next, edge) }
        self.openInterval(until: next)
        self.wakeWorkers()
        return row
    }

    /// The phase that an interval belongs to: boundaries are cut where a phase begins.
    private func phase(ofIntervalFrom start: UInt64) -> Phase {
        if let stopAt, start >= stopAt { return .drain }
        if let holdStart, start >= holdStart { return .hold }
        if let warmupStart, start >= warmupStart { return .warmup }
        return start >= self.startedAt &+ self.profile.load.ramp ? .settle : .ramp
    }

    /// Whether an interval tells how many were held during the hold.
    private func countsForHeld(_ phase: Phase, intervalFrom start: UInt64) -> Bool {
        phase == .hold && self.heldFrom.map { start >= $0 } ?? false
    }

    private func row(
        end: UInt64, phase: Phase, users: Held, connections: Held, inFlightAtEnd: UInt64
    ) -> IntervalRow {
        var counters = self.intervalOutside.counters
        counters.add(self.intervalHold.counters)
        self.union.reset()
        self.unionService.reset()
        for window in [self.intervalOutside, self.intervalHold] {
            self.union.add(window.succeeded[Metric.response.rawValue])
            self.unionService.add(window.succeeded[Metric.service.rawValue])
        }
        var row = IntervalRow(
            start: self.intervalStart &- self.startedAt, end: end &- self.startedAt, phase: phase,
            inFlightAtStart: self.inFlight, inFlightAtEnd: inFlightAtEnd, counters: counters,
            established: self.established, usersHeld: users, connectionsHeld: connections,
            responseP50: self.union.supportedValue(atPercentile: 50) ?? 0,
            responseP99: self.union.supportedValue(atPercentile: 99) ?? 0,
            responseMaximum: self.union.maximum,
            serviceP50: self.unionService.supportedValue(atPercentile: 50) ?? 0,
            serviceP99: self.unionService.supportedValue(atPercentile: 99) ?? 0,
            serviceMaximum: self.unionService.maximum)
        if row.inFlightAtStart &+ counters.requestsStarted
            != counters.requestsOK &+ counters.requestsFailed &+ row.inFlightAtEnd && self.defect == nil
        {
            self.defect =
                "accounting: \(row.inFlightAtStart) in flight + \(counters.requestsStarted) started is not "
                + "\(counters.requestsOK) ok + \(counters.requestsFailed) failed + \(row.inFlightAtEnd) in flight"
        }
        row.settleShortfall = self.settleShortfall
        row.hold = HoldShare(of: self.intervalHold)
        row.connectOutside = Extremes(of: self.intervalOutside.succeeded[Metric.connect.rawValue])
        if let holdStart {
            let (from, to) = (max(self.intervalStart, holdStart), min(end, self.stopAt ?? .max))
            row.hold.duration = to > from ? to - from : 0
        }
        self.outside.add(self.intervalOutside)
        self.hold.add(self.intervalHold)
        self.inFlight = inFlightAtEnd
        self.intervalStart = end
        return row
    }

    /// Every worker has ended: takes what is left.
    private func closeRun() -> IntervalRow {
        for member in self.crew { member.thread?.join() }
        self.endedAt = MonotonicClock.now()
        var usersHeld = Held()
        var connectionsHeld = Held()
        var inFlightAtEnd: UInt64 = 0
        self.established = 0
        for member in self.crew {
            for index in 0...1 {
                member.box.block(index).drain(outside: self.intervalOutside, hold: self.intervalHold)
            }
            let outcome = member.box.outcome
            usersHeld.addWorker(outcome.levels.usersHeld)
            connectionsHeld.addWorker(outcome.levels.connectionsHeld)
            inFlightAtEnd &+= outcome.levels.inFlightAtEnd
            self.established &+= outcome.levels.established
            self.longestSilence = max(self.longestSilence, outcome.longestSilence ?? 0)
            self.requestsLeft.outside &+= outcome.leftRequests.outside
            self.requestsLeft.hold &+= outcome.leftRequests.hold
            self.sessionsLeft.outside &+= outcome.leftSessions.outside
            self.sessionsLeft.hold &+= outcome.leftSessions.hold
            for example in outcome.examples
            where !self.examples.contains(where: { $0.error == example.error }) {
                self.examples.append(example)
            }
            if let failure = outcome.failure { self.defect = "epoll failed: \(failure)" }
        }
        let phase = self.phase(ofIntervalFrom: self.intervalStart)
        let countsForHeld = self.countsForHeld(phase, intervalFrom: self.intervalStart)
        if countsForHeld {
            // We came too late to close the hold's last interval in time: it ended with the drain.
            self.usersHeld.append(usersHeld)
            self.connectionsHeld.append(connectionsHeld)
        }
        let isTooShort = self.usersHeld.duration == 0
        if isTooShort {
            // Too short for an interval of its own: the levels of what there was.
            self.usersHeld = usersHeld
            self.connectionsHeld = connectionsHeld
            if self.holdStart != nil && self.established == self.usersAsked
                && self.hold.counters.holdsLost == 0
                && self.intervalHold.counters.holdsLost == 0
            {
                self.usersHeld.lowest = self.established
            }
        }
        var row = self.row(
            end: max(self.endedAt, self.intervalStart &+ 1), phase: phase, users: usersHeld,
            connections: connectionsHeld, inFlightAtEnd: inFlightAtEnd)
        if isTooShort || countsForHeld {
            row.hold.usersHeld = isTooShort ? self.usersHeld : usersHeld
            row.hold.connectionsHeld = isTooShort ? self.connectionsHeld : connectionsHeld
        }
        self.checkAccounts(inFlightAtEnd: inFlightAtEnd)
        self.phase = .over
        self.isOver = true
        return row
    }

    /// The accounts of the whole run, each window by itself: counted one by one, so they have to agree.
    private func checkAccounts(inFlightAtEnd: UInt64) {
        let windows = [
            ("outside the hold", self.outside.counters, self.requestsLeft.outside, self.sessionsLeft.outside),
            ("in the hold", self.hold.counters, self.requestsLeft.hold, self.sessionsLeft.hold),
        ]
        for (name, counters, requests, sessions) in windows where self.defect == nil {
            if counters.requestsStarted != counters.requestsOK &+ counters.requestsFailed &+ requests {
                self.defect = "accounting: requests \(name) do not add up"
            } else if counters.sessionsStarted
                != counters.sessionsCompleted &+ counters.sessionsFailed &+ sessions
            {
                self.defect = "accounting: sessions \(name) do not add up"
            } else if counters.receivedSocket < counters.receivedHeader &+ counters.receivedBody {
                self.defect = "accounting: more bytes \(name) than passed the sockets"
            }
        }
        if self.requestsLeft.outside &+ self.requestsLeft.hold != inFlightAtEnd && self.defect == nil {
            self.defect = "accounting: requests in flight at the end do not add up"
        }
    }
}

/// Holds a worker while its thread runs it, and what it left afterwards.
final class WorkerBox: @unchecked Sendable {  // The worker's thread owns it between `run` and the join.
    private var worker: Worker
    let waker: Int32
    private let blocks: (IntervalBlock, IntervalBlock)

    init(_ worker: consuming Worker) {
        self.waker = worker.poller.waker
        self.blocks = worker.blocks
        self.worker = worker
    }

    func run() { self.worker.run() }

    func block(_ index: Int) -> IntervalBlock { index == 0 ? self.blocks.0 : self.blocks.1 }

    /// What a worker leaves when it ended.
    struct Outcome {
        let levels: IntervalBlock.Levels
        let longestSilence: UInt64?
        let leftRequests: LeftOver
        let leftSessions: LeftOver
        let examples: [ErrorExample]
        let failure: Errno?
    }

    /// To be read after the join only.
    var outcome: Outcome {
        Outcome(
            levels: self.worker.levels.pointee, longestSilence: self.worker.longestSilence,
            leftRequests: self.worker.leftRequests, leftSessions: self.worker.leftSessions,
            examples: self.worker.examples, failure: self.worker.failure)
    }
}
