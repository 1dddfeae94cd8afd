import Engine
import Synchronization

/// State that the loops of one server share. No request writes to it, except for the queue of a server with a service
/// time.
final class TargetShared: Sendable {
    let options: TargetOptions
    let gate: ServiceGate?
    /// Nil in clear text.
    let tls: TLSContext?
    let counters: [LoopCounters]
    /// One per loop, or none.
    let arrivals: [ArrivalLog]
    /// Connections open on all loops, for `connectionLimit`.
    let openConnections = Atomic<Int>(0)
    /// Requests for `/half-500` so far.
    let half500Requests = Atomic<UInt64>(0)
    /// Requests for `/lose/N` so far.
    let loseRequests = Atomic<UInt64>(0)
    /// When the first request came, for `stopAfter`; 0: not yet.
    let firstRequest = Atomic<UInt64>(0)
    let isStopping = Atomic<Bool>(false)

    /// Takes valid options.
    init(options: TargetOptions) throws(TargetError) {
        self.options = options
        do throws(TLSSetupError) {
            if let tls = options.tls { self.tls = try TLSContext(server: tls) } else { self.tls = nil }
        } catch {
            throw .tls(error)
        }
        self.gate = options.serviceTime.map {
            ServiceGate(time: $0, concurrency: options.concurrency, seed: options.seed)
        }
        self.counters = (0..<options.threads).map { _ in LoopCounters() }
        self.arrivals = options.logsArrivals ? (0..<options.threads).map { _ in ArrivalLog() } : []
    }

    /// The counts of all loops.
    func counts() -> TargetCounts {
        var counts = TargetCounts()
        for counter in self.counters { counter.add(to: &counts) }
        return counts
    }

    /// Takes room for one more connection; false if there is none.
    func admit() -> Bool {
        let before = self.openConnections.wrappingAdd(1, ordering: .relaxed).oldValue
        guard let limit = self.options.connectionLimit, before >= limit else { return true }
        self.leave()
        return false
    }

    /// An admitted connection has ended.
    func leave() { self.openConnections.wrappingSubtract(1, ordering: .relaxed) }

    /// Whether the target gives no more answers at `time`.
    func isMute(at time: UInt64) -> Bool {
        guard let stop = self.options.stopAfter else { return false }
        let (_, first) = self.firstRequest.compareExchange(
            expected: 0, desired: time, ordering: .relaxed)
        let begin = first == 0 ? time : first
        return time >= begin && time - begin >= stop
    }
}
