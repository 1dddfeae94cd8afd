/// The generator's own figures after a run: they show whether it, and not the server, shaped the numbers. Plain
/// numbers; sums and extremes are those of the hold, and fresh where the hold was not reached.
public struct GeneratorHealth: Sendable, Equatable {
    /// One per worker thread.
    public var workers: [WorkerHealth] = []
    /// The machine, or the part of it that this process may use.
    public var host = HostUsage()
    /// Counts of the sampled connections, over the whole run.
    public var transport = TransportCounts()
    /// Most files that this process had open; nil where the kernel does not report it (before Linux 6.2).
    public var openFilesHighest: UInt64?
    /// Files that it may have open.
    public var openFilesLimit: UInt64 = 0
    /// Most local ports in use: of connections held, and those of the machine that wait (TIME_WAIT).
    public var portsHighest: UInt64 = 0
    /// Local ports that connections may use: the range, for each address of the target.
    public var portsLimit: UInt64 = 0
    /// How often CLOCK_REALTIME was set, over the whole run; plans and latencies do not use that clock.
    public var clockSteps: UInt64 = 0
    /// Client delays that were not recorded, because the clock was set or could not be compared well enough.
    public var clientDelaysDropped: UInt64 = 0
    /// CPUs that the workers may use; 0 where that is not known.
    public var cores: UInt64 = 0
    /// The workers wait actively right before something is due.
    public var spins = false
    /// How late a thread woke up that only slept, 10 ms at a time, in nanoseconds over the whole run; nil where none
    /// ran.
    public var timer: DistributionFigures?

    /// Empty figures.
    public init() {}

    /// The largest CPU share of one worker in one second; 0 where no second was judged.
    public var worstWorkerCPU: Double { self.workers.map(\.worstCPUShare).max() ?? 0 }

    /// The largest lag of any worker's loop, in nanoseconds.
    public var worstLoopLag: UInt64 { self.workers.map(\.total.loopLag).max() ?? 0 }
}

/// What one worker used in a span of time. Times are nanoseconds.
public struct WorkerUsage: Sendable, Equatable {
    /// Length of the span.
    public var duration: UInt64 = 0
    /// CPU time of the thread, user and system.
    public var cpu: UInt64 = 0
    /// Time that the thread was runnable and waited for a CPU (schedstat); 0 where not reported.
    public var runDelay: UInt64 = 0
    /// How often it was taken off its CPU.
    public var involuntarySwitches: UInt64 = 0
    /// The longest delay of a turn of the loop after its due time.
    public var loopLag: UInt64 = 0
    /// The longest time that a start that was possible, or an answer that had arrived, had to wait.
    public var pause: UInt64 = 0
    /// Turns of the loop: wake-ups, and rounds without a sleep.
    public var turns: UInt64 = 0

    /// Nothing used.
    public init() {}

    /// CPU time per time, 0...1; 0 for no time.
    public var cpuShare: Double { Self.share(self.cpu, of: self.duration) }

    /// Share of the time that it waited for a CPU.
    public var runDelayShare: Double { Self.share(self.runDelay, of: self.duration) }

    private static func share(_ part: UInt64, of whole: UInt64) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }

    /// Adds a later span of the same worker.
    public mutating func add(_ later: WorkerUsage) {
        self.duration &+= later.duration
        self.cpu &+= later.cpu
        self.runDelay &+= later.runDelay
        self.involuntarySwitches &+= later.involuntarySwitches
        self.loopLag = max(self.loopLag, later.loopLag)
        self.pause = max(self.pause, later.pause)
        self.turns &+= later.turns
    }
}

/// One worker over the hold.
public struct WorkerHealth: Sendable, Equatable {
    /// The whole hold together; its `cpuShare` is the mean.
    public var total = WorkerUsage()
    /// The largest shares of one second.
    public var worstCPUShare = 0.0
    public var worstRunDelayShare = 0.0

    /// Intervals that the phases cut shorter than this give no value for a second, in nanoseconds.
    public static let shortestJudged: UInt64 = 200_000_000

    /// Empty figures.
    public init() {}

    /// Adds an interval of the hold.
    public mutating func add(_ usage: WorkerUsage) {
        self.total.add(usage)
        if usage.duration < Self.shortestJudged { return }
        self.worstCPUShare = max(self.worstCPUShare, usage.cpuShare)
        self.worstRunDelayShare = max(self.worstRunDelayShare, usage.runDelayShare)
    }
}

/// Usage of the CPUs that this process may use.
public struct HostUsage: Sendable, Equatable {
    /// Ticks of those CPUs: all, idle (waiting for disks included), and stolen by the hypervisor for others.
    public var ticks: UInt64 = 0
    public var idleTicks: UInt64 = 0
    public var stealTicks: UInt64 = 0
    /// Nanoseconds that a CPU quota of our control groups held us back, summed over CPUs.
    public var throttled: UInt64 = 0
    /// Nanoseconds that were watched.
    public var duration: UInt64 = 0
    /// The largest share of steal in one second.
    public var worstStealShare = 0.0

    /// Empty figures.
    public init() {}

    /// Share of the CPU time that the hypervisor gave to others, 0...1; 0 where nothing was seen.
    public var stealShare: Double { self.ticks == 0 ? 0 : Double(self.stealTicks) / Double(self.ticks) }

    /// Share of the time that a quota held us back; with several CPUs it may exceed 1.
    public var throttledShare: Double {
        self.duration == 0 ? 0 : Double(self.throttled) / Double(self.duration)
    }

    /// Adds a later span.
    public mutating func add(_ later: HostUsage) {
        self.ticks &+= later.ticks
        self.idleTicks &+= later.idleTicks
        self.stealTicks &+= later.stealTicks
        self.throttled &+= later.throttled
        self.duration &+= later.duration
        self.worstStealShare = max(self.worstStealShare, later.worstStealShare)
        if later.duration >= WorkerHealth.shortestJudged {
            self.worstStealShare = max(self.worstStealShare, later.stealShare)
        }
    }
}

/// What the kernel counted for some connections (TCP_INFO), besides what we read from them. A check of our own
/// counting: `bytesReceived` = `bytesRead` + `bytesUnread` + `ends`.
public struct TransportCounts: Sendable, Equatable {
    /// Connections whose counts were read when they were closed.
    public var connections: UInt64 = 0
    public var segmentsSent: UInt64 = 0
    public var segmentsRetransmitted: UInt64 = 0
    /// Payload, plus 1 for the FIN of each connection that the peer ended.
    public var bytesReceived: UInt64 = 0
    /// Payload, plus 1 for our SYN of each connection.
    public var bytesAcknowledged: UInt64 = 0
    /// Payload; retransmitted bytes count again.
    public var bytesSent: UInt64 = 0
    /// Payload that we read, payload left unread, and ends of the peer's side that arrived.
    public var bytesRead: UInt64 = 0
    public var bytesUnread: UInt64 = 0
    public var ends: UInt64 = 0
    /// Connections that are in none of the other counts: reset, or receiving while the counts were read.
    public var unsettled: UInt64 = 0

    /// Empty counts.
    public init() {}

    /// Segments retransmitted per segment sent, 0...1; 0 for none.
    public var retransmittedShare: Double {
        self.segmentsSent == 0 ? 0 : Double(self.segmentsRetransmitted) / Double(self.segmentsSent)
    }

    /// Adds the counts of other connections.
    public mutating func add(_ other: TransportCounts) {
        self.connections &+= other.connections
        self.segmentsSent &+= other.segmentsSent
        self.segmentsRetransmitted &+= other.segmentsRetransmitted
        self.bytesReceived &+= other.bytesReceived
        self.bytesAcknowledged &+= other.bytesAcknowledged
        self.bytesSent &+= other.bytesSent
        self.bytesRead &+= other.bytesRead
        self.bytesUnread &+= other.bytesUnread
        self.ends &+= other.ends
        self.unsettled &+= other.unsettled
    }
}
