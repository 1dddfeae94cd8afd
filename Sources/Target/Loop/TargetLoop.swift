import CLinux
import Engine
import Synchronization
import Wire

/// One thread's event loop: its listener, its connections, its timers. Only the loop's thread uses it between `run` and
/// its return. The server owns it before and after, and uses `waker` in between.
final class TargetLoop: @unchecked Sendable {
    static let listenerTag = UInt64.max - 1

    let shared: TargetShared
    let counters: LoopCounters
    /// Number of this loop among all.
    let index: UInt64
    let poller: Poller
    let listener: Int32
    let pattern: BodyPattern
    /// The answer to `/`, and its head, which is stored in front of the pattern.
    let defaultAnswer: Answer
    let defaultHeadBytes: Int
    /// Buffer for requests.
    let input: UnsafeMutablePointer<UInt8>
    /// Buffer for heads and small bodies.
    let scratch: UnsafeMutablePointer<UInt8>
    let slab: ConnectionSlab
    let parsers = ParserPool()
    /// Nil in clear text.
    let transport: TLSTransport?
    /// One deadline per connection, and a last one for the listener's pause.
    var deadlines: DeadlineHeap
    var schedule: StallSchedule?
    /// Times of each request and answer; nil without a log.
    let arrivals: ArrivalLog?
    /// The clock after the last read and before the last send, if arrivals are logged.
    var readAt: UInt64 = 0
    var sendAt: UInt64 = 0
    /// The clock at the start of this turn.
    var now: UInt64 = 0

    /// Takes the listener over. `capacity`: most connections.
    init(shared: TargetShared, index: Int, listener: Int32, capacity: Int) throws(TargetError) {
        self.shared = shared
        self.counters = shared.counters[index]
        self.listener = listener
        self.arrivals = shared.arrivals.isEmpty ? nil : shared.arrivals[index]
        self.index = UInt64(index)
        do {
            self.poller = try Poller()
            try self.poller.addListener(listener, tag: Self.listenerTag)
            // Kernels before 5.11 do not have the call: it should fail here and not in the thread.
            _ = try self.poller.wait(timeout: 0)
        } catch {
            close(listener)
            throw .resource(what: "an epoll instance with exact waits (Linux 5.11)", reason: error)
        }
        do throws(TargetError) {
            self.pattern = try BodyPattern()
            self.transport = try Self.makeTransport(shared)
        } catch {
            close(listener)
            throw error
        }
        self.input = .allocate(capacity: TargetLimits.readBytes)
        self.scratch = .allocate(capacity: TargetLimits.scratchBytes)
        self.slab = ConnectionSlab(capacity: capacity)
        self.deadlines = DeadlineHeap(capacity: capacity + 1)
        self.defaultAnswer = .bytes(UInt64(shared.options.defaultBytes))
        var writer = TextWriter(self.scratch, capacity: Answer.headLimit)
        self.defaultAnswer.writeHead(into: &writer)
        self.defaultHeadBytes = writer.count
        self.pattern.setHead(self.scratch, count: writer.count)
    }

    deinit {
        close(self.listener)
        self.input.deallocate()
        self.scratch.deallocate()
    }

    private static func makeTransport(_ shared: TargetShared) throws(TargetError) -> TLSTransport? {
        if shared.tls == nil { return nil }
        do throws(TLSSetupError) { return try TLSTransport() } catch { throw .tls(error) }
    }

    /// Wakes the loop; any thread may use it while the loop lives.
    var waker: Int32 { self.poller.waker }

    /// The deadline of the listener's pause.
    var listenerDeadline: Int { self.slab.capacity }

    /// Serves until the server stops; then closes all connections.
    func run(start: UInt64) {
        self.schedule = self.shared.options.stall.map { StallSchedule(start: start, stall: $0) }
        while !self.shared.isStopping.load(ordering: .relaxed) {
            let count = self.waitForEvents()
            self.now = MonotonicClock.now()
            for index in 0..<count {
                self.sitOutStall()
                self.handle(self.poller.event(index))
            }
            self.sitOutStall()
            self.meetDeadlines()
        }
        for index in 0..<self.slab.usedCount where self.slab.pointer(index).pointee.phase != .closed {
            self.closeConnection(index)
        }
    }

    private func waitForEvents() -> Int {
        do {
            return try self.poller.wait(timeout: self.timeout())
        } catch {
            // It worked in init; after that it fails only for a bad descriptor or bad memory.
            preconditionFailure("epoll_pwait2 on a descriptor of our own: \(error)")
        }
    }

    /// Nanoseconds until the earliest deadline; negative: there is none.
    private func timeout() -> Int64 {
        let earliest = self.deadlines.earliest
        if earliest == DeadlineHeap.never { return -1 }
        let now = MonotonicClock.now()
        return earliest <= now ? 0 : Int64(clamping: earliest - now)
    }

    private func handle(_ event: PollEvent) {
        if event.tag == Self.listenerTag { return self.acceptConnections() }
        // The wake-up is not drained: it comes once, with `isStopping`.
        if event.tag == Poller.wakeTag { return }
        guard let index = self.slab.index(tag: event.tag) else { return }
        let connection = self.slab.pointer(index)
        if event.isEnded { connection.pointee.isEnded = true }
        if event.isReadable {
            connection.pointee.mustRead = true
            connection.pointee.tls?.wake(isEnded: connection.pointee.isEnded)
        }
        switch connection.pointee.phase {
        case .closed: break
        case .handshaking: self.shakeHands(index)
        case .reading: if event.isReadable { self.readRequests(index) }
        case .sending: if event.isWritable || event.isEnded { self.advance(index) }
        case .waiting, .dripping:
            // A connection whose client is gone is closed; a client that only ended its side gets its answer.
            if event.isEnded && Socket.connectError(connection.pointee.fd) != nil {
                self.closeConnection(index)
            }
        case .multiplexed:
            if event.isReadable {
                self.readHTTP2(index)
            } else if event.isWritable || event.isEnded {
                self.sendHTTP2(index)
            }
        case .silent, .lingering: if event.isReadable { self.discardInput(index) }
        }
    }

    private func meetDeadlines() {
        for _ in 0..<TargetLimits.deadlinesPerTurn {
            if self.deadlines.earliest > self.now { return }
            let id = self.deadlines.earliestID
            self.deadlines.set(id, at: DeadlineHeap.never)
            if id == self.listenerDeadline {
                self.resumeListening()
                continue
            }
            let connection = self.slab.pointer(id)
            switch connection.pointee.phase {
            case .closed: break
            case .reading: self.readRequests(id)
            case .waiting:
                self.beginSending(id)
                self.advance(id)
            case .sending: self.advance(id)
            case .dripping: self.drip(id)
            case .multiplexed: self.meetHTTP2Deadlines(id)
            case .silent: self.discardInput(id)
            case .handshaking, .lingering:
                // Its time is over, or only its turn.
                self.closeConnection(id)
            }
        }
    }

    /// Continues with a connection in the next turn, after the others, as its edge would not come again.
    func yield(_ index: Int) { self.deadlines.set(index, at: self.now &+ 1) }

    /// Sleeps until the end of a stall, or until the server stops.
    private func sitOutStall() {
        guard let schedule = self.schedule else { return }
        self.now = MonotonicClock.now()
        while let end = schedule.end(at: self.now), !self.shared.isStopping.load(ordering: .relaxed) {
            let span = min(end &- self.now, TargetLimits.stallSliceNanoseconds)
            var time = timespec(tv_sec: 0, tv_nsec: Int(truncatingIfNeeded: span))
            _ = nanosleep(&time, nil)
            self.now = MonotonicClock.now()
        }
    }
}
