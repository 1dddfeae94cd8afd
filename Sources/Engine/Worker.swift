import CLinux
import Kernel
import Measure
import Numerics
import Synchronization
import Wire
import Workload

/// One thread's share of a load: its users, their connections, its own epoll, deadlines and histograms. While it runs
/// it shares nothing, except through `RunControl`, `WorkerStatus` and swapped blocks.
///
/// Methods on the path of a request or a connection are `mutating`, even where they change nothing. For a call of any
/// other method that is not inlined, the compiler copies the whole worker, two kilobytes. `scripts/hot-path` looks for
/// such copies.
struct Worker: ~Copyable {
    let index: Int
    let control: RunControl
    let status: WorkerStatus
    let poller: Poller
    var timer: WakeTimer
    var deadlines: DeadlineHeap
    let users: Slab<User>
    /// The number of slots, and how many of them hold a user: all in a closed load, in an open one those ever needed.
    let userCount: Int
    var usersMade = 0
    /// The session's steps. Where redirects are followed, one step of each user comes behind them (`Redirection`).
    let steps: UnsafeMutablePointer<RequestProgram.CompiledStep>
    let stepCount: Int
    /// The steps' requests where users share connections.
    let requests: UnsafeMutablePointer<HTTP2Request>
    let program: RequestProgram
    let setup: WorkerConfiguration
    /// Buffer for answers; it keeps nothing between two events.
    let scratch: UnsafeMutablePointer<UInt8>
    /// The last head of each step's answers.
    let memos: Slab<HTTP1HeadMemo>
    /// The connections that users share over HTTP/2; off where each user has its own.
    let multiplex: Multiplex
    /// Number of entries in `multiplex.listed`.
    var listedCount = 0
    /// Why the shared connection ends whose last events are being taken.
    var loss: (error: ErrorClass, detail: FailureDetail) = (.truncated, .closedEarly)
    /// When that end came.
    var lossEnd = ConnectionEnd(foundAt: 0)
    /// TLS of all connections; nil in clear text. `tlsState` is its transport's, at hand without a reference counted.
    var tls: WorkerTLS?
    let tlsState: Transport.TLSState?
    /// Bytes of ciphertext that are counted already.
    var tlsReceived: UInt64 = 0
    var tlsSent: UInt64 = 0
    let addresses: Slab<SocketAddress>
    let addressCount: Int
    /// The counts of each address.
    let addressTallies: Slab<AddressTally>
    var localPorts: LocalPorts

    let blocks: (IntervalBlock, IntervalBlock)
    var activeBlock = 0
    /// The windows being written: [0] outside, [1] hold.
    var windows: UnsafeMutablePointer<HotWindow>
    var levels: UnsafeMutablePointer<IntervalBlock.Levels>

    var now: UInt64 = 0
    /// When the current turn began.
    var turnAt: UInt64 = 0
    /// Number of the last interval that was closed.
    var closedInterval: UInt64 = 0
    var holdStart = UInt64.max
    var stopAt = UInt64.max
    /// Requests that were due before the stop may still start until the end of the turn that saw the stop. So none is
    /// left out for being due in the last microseconds.
    var isAccepting = true
    var quitAt = UInt64.max
    let ticks: Ticks
    /// With a tick: planned starts that were due later than this wait for their tick. Set once per turn.
    var batchEnd: UInt64 = 0

    var meter = UsageMeter()
    var sampling: Sampling
    let pauses: PauseBoard
    /// What a look at the sockets finds had not arrived at these times: for the next look, and for this one.
    var lookedFrom: UInt64 = 0
    var unseenSince: UInt64 = 0
    /// The look left something for the next one.
    var hasLeftSome = false
    /// When the loop last began to wait.
    var waitedFrom: UInt64 = 0
    /// What the loop waits for: the next deadline, the end of the interval, the stop or the end of the drain.
    var awaited = UInt64.max

    /// Requests started and not ended.
    var inFlight: UInt64 = 0
    var established: UInt64 = 0
    var usersHeld = Level()
    var connectionsHeld = Level()
    /// Sessions that may still be started; `Int.max` without a limit.
    var sessionsLeft: Int
    /// Sessions begun and not ended.
    var sessionsOpen = 0
    /// The first failure of each class; a bit per class marks those that are kept.
    var examples: [ErrorExample] = []
    var examplesTaken: UInt32 = 0
    /// The same for faults of connections.
    var faultExamplesTaken: UInt32 = 0
    /// One per user where redirects are followed; else empty.
    var redirections: [Redirection]
    /// The first redirect that no step expects.
    var redirectExample: RedirectExample?
    /// The beginnings of heads that came in pieces, by user, while a redirect's Location is wanted.
    var gatheredHeads: [Int: [UInt8]] = [:]
    /// Their number, without reference counting.
    var gatheredCount = 0
    /// The Location of the next redirect is wanted.
    var wantsLocations = true
    /// The first request of each cause that was sent again.
    var resentExamples: [ResentExample] = []
    /// The user whose answer gave the example of a status and is not complete yet: it may fail in another way. -1:
    /// none.
    var statusExampleOf = -1
    /// Longest silence of a held connection when the hold ended; nil before.
    var longestSilence: UInt64?
    /// All users connect at once, and some have not yet.
    var isStorming: Bool
    /// The next user to begin when a first request is answered, where users join in turn; else `userCount`.
    var nextInTurn: Int
    /// The load measures the open connections: one that the server ended is made again at once.
    let keepsConnections: Bool
    /// The longest silence of a planned user before its next request.
    var longestPause: UInt64 = 0
    /// The count of requests that never started is incomplete; the number counted one by one, and the time limit for
    /// that.
    var neverStartedIsBound = false
    var counted: UInt64 = 0
    var countingEnd: UInt64?
    var leftRequests = InFlight()
    var leftSessions = InFlight()
    /// Which request comes next, and when.
    let plan: SessionPlan
    /// Sessions come by a plan of arrivals, not by users.
    let isOpen: Bool
    /// A plan of the users or of arrivals sets when requests are due.
    let hasPlan: Bool
    /// This worker's part of the arrivals, and when the next one is due: `never` in a closed load. Sessions that wait
    /// for a user wait in here, in order.
    var arrivals: ArrivalCursor?
    var nextArrival = DeadlineHeap.never
    /// Its number in the whole plan, which is the random stream of its session.
    var arrivalNumber: UInt64
    /// Users without a session, the last used on top; those never made yet are not among them.
    let idle: Slab<Int32>
    var idleCount = 0
    /// The time since when some user is free.
    var idleSince: UInt64 = 0
    /// Connections of the load before: how many users took one over; the others, which leave, and the time between two
    /// of them; and the connections for the next load.
    var connectionsAdopted: UInt64 = 0
    var leaving: KeptConnections?
    var leavingGap: UInt64 = 0
    var kept: KeptConnections?
    /// Why the loop could not go on; nil in every run without a defect of headroom.
    var failure: Errno?

    /// Most deadlines handled in one turn, so that a ramp of thousands does not starve the answers.
    static let deadlinesPerTurnLimit = 128
    /// Most deadlines in one turn while all users connect at once, so that answers do not wait for connects.
    static let stormsPerTurnLimit = 8
    /// Most reads of one connection in one turn, so that an endless body does not starve the others.
    static let readsPerEventLimit = 16
    /// Most TLS records read of one connection in one turn: as many bytes as in clear text.
    static let recordsPerEventLimit = 64
    /// Most writes of one request in one turn.
    static let writesPerEventLimit = 1_000
    /// The loop wakes at least this often, so that it notices how long it was stopped, whatever was due. Nanoseconds.
    static let pulse: UInt64 = 20_000_000
    /// A shorter wait found its events already there. Nanoseconds.
    static let shortestSleep: UInt64 = 5_000
    /// Read size while the head is awaited: a body behind it stays in the kernel, to be discarded.
    static let headReadSize = 1024
    /// Read size where the body's bytes are needed.
    static let bodyReadSize = 65_536
    init(setup: WorkerConfiguration, control: RunControl, status: WorkerStatus) throws(Errno) {
        // What may fail comes first: a noncopyable value is made whole, or not at all.
        var tls = setup.kept?.tls
        if tls == nil { tls = try WorkerTLS.make(setup) }
        let poller = try Poller()
        self.timer = try WakeTimer(poller)
        self.poller = poller
        self.index = setup.index
        self.setup = setup
        self.control = control
        self.pauses = control.pauses
        self.status = status
        self.program = setup.program
        self.ticks = Ticks(origin: setup.startedAt, length: setup.tick)
        self.plan = SessionPlan(
            setup.program, join: setup.join, isCounted: setup.sessions != nil, isOpen: setup.arrivals != nil,
            startedAt: setup.startedAt, totalUsers: setup.totalUsers)
        self.isOpen = setup.arrivals != nil
        self.isStorming = setup.isStorm
        self.keepsConnections = setup.keepsConnections
        self.nextInTurn = setup.firstInTurn
        self.hasPlan = setup.program.isPlanned || setup.arrivals != nil
        self.arrivals = setup.arrivals.map {
            ArrivalCursor(plan: $0, seed: setup.seed, part: setup.index, parts: setup.threads)
        }
        self.arrivalNumber = UInt64(setup.index)
        self.idle = .allocate(capacity: setup.arrivals == nil ? 1 : max(1, setup.userCount))
        let hops = setup.follow > 0 ? setup.userCount : 0
        self.redirections = Array(repeating: Redirection(), count: hops)
        self.stepCount = setup.program.stepCount
        self.steps = setup.program.steps(sparing: hops)
        self.requests = setup.program.multiplexed(sparing: hops)
        self.userCount = setup.userCount
        let multiplex = Multiplex(streams: setup.streams, users: setup.userCount, plan: setup.http2)
        self.multiplex = multiplex
        self.deadlines = DeadlineHeap(
            capacity: setup.userCount + multiplex.capacity * Multiplex.connectionsPerGroup + 1)
        self.sampling = Sampling(
            users: multiplex.isOn ? multiplex.capacity : setup.userCount, threads: setup.threads,
            rate: setup.mostRate,
            visitors: setup.arrivals != nil && setup.connection != .perUser && !multiplex.isOn)
        // One more, to walk through sessions that were not made.
        self.users = .allocate(capacity: setup.userCount + 1, alignment: User.alignment)
        self.scratch = .allocate(capacity: Worker.bodyReadSize)
        self.scratch.initialize(repeating: 0, count: Worker.bodyReadSize)
        // The last one serves all requests that follow a redirect.
        self.memos = .allocate(capacity: setup.program.stepCount + 1)
        for step in 0...setup.program.stepCount { (self.memos + step).initialize(to: HTTP1HeadMemo()) }
        self.tls = tls
        self.tlsState = tls?.transport.state
        self.addresses = .allocate(capacity: setup.addresses.count)
        for (index, address) in setup.addresses.enumerated() { (self.addresses + index).initialize(to: address) }
        self.addressTallies = .allocate(capacity: setup.addresses.count)
        (self.addressTallies + 0).initialize(repeating: AddressTally(), count: setup.addresses.count)
        self.localPorts = LocalPorts(
            range: Preflight.portRange(), share: setup.index, of: setup.threads,
            offset: Int(MonotonicClock.now() >> 20 & 0xFFFF))
        self.addressCount = setup.addresses.count
        let blocks = (
            IntervalBlock(stepsApart: setup.program.stepsApart),
            IntervalBlock(stepsApart: setup.program.stepsApart)
        )
        self.blocks = blocks
        self.windows = blocks.0.hot
        self.levels = blocks.0.levels
        self.sessionsLeft = setup.sessions ?? Int.max
        for local in 0..<(setup.arrivals == nil ? setup.userCount : 0) {
            var user = User(
                random: RandomGenerator(
                    seed: setup.seed, stream: UInt64(local * setup.threads + setup.index)))
            if local < setup.firstInTurn { user.dueAt = setup.start(ofUser: local) }
            self.plan.place(&user, slot: setup.slot(ofUser: local))
            user.tries.prefer((local * setup.threads + setup.index) % setup.addresses.count)
            if self.samples(local) { user.flags = .sampled }
            (self.users + local).initialize(to: user)
            self.share(local)
            self.arm(local)
            self.usersMade += 1
        }
        self.usersHeld.began = setup.startedAt
        self.usersHeld.since = setup.startedAt
        self.connectionsHeld.began = setup.startedAt
        self.connectionsHeld.since = setup.startedAt
        self.toNextArrival()
        if let kept = setup.kept { self.adopt(kept) }
    }

    deinit {
        self.timer.close()
        self.users.deallocate()
        self.multiplex.deallocate()
        self.idle.deallocate()
        self.scratch.deallocate()
        (self.memos + 0).deinitialize(count: self.stepCount + 1)
        self.memos.deallocate()
        (self.addresses + 0).deinitialize(count: self.addressCount)
        self.addresses.deallocate()
        self.addressTallies.deallocate()
        if !self.redirections.isEmpty {
            self.steps.deallocate()
            self.requests.deallocate()
        }
    }

    /// Puts a new user into its group, where users share connections.
    mutating func share(_ local: Int) {
        guard self.multiplex.isOn else { return }
        self.users[local].link = .shared
        let (threads, index) = (self.setup.threads, self.index)
        self.multiplex.make(local, seed: self.setup.seed) { UInt64($0 * threads + index) }
        let group = self.multiplex.group(ofUser: local)
        if local % self.multiplex.streams > 0 { return }
        self.prefer((group * threads + index) % self.addressCount, group: group)
    }

    /// The connections of a group of users try this address first.
    mutating func prefer(_ address: Int, group: Int) {
        for slot in self.multiplex.slots(of: group) where self.multiplex.connections[slot].link == .none {
            self.multiplex.connections[slot].tries.prefer(address)
        }
    }
}
