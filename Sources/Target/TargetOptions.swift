import Engine

/// The behaviour of a reference server: where it listens, how many threads it has, and its faults.
public struct TargetOptions: Sendable {
    /// Name or address to listen on.
    public var host = "127.0.0.1"
    /// 0 picks a free port; see `TargetServer.port`.
    public var port: UInt16 = 0
    /// Event loops; the kernel spreads connections over them.
    public var threads = 1
    /// Thread i is pinned to `cpus[i % cpus.count]`; empty: no thread is pinned.
    public var cpus: [Int] = []
    /// Most connections open at once; one more is accepted and reset. A connection that got its last answer
    /// (`Connection: close`) no longer counts. Nil: limited by descriptors only.
    public var connectionLimit: Int?
    /// How long a request is served, by a timer: it uses no CPU.
    public var serviceTime: ServiceTime?
    /// Number of virtual servers for `serviceTime`, shared by all threads: with 1, requests are served one after the
    /// other in their order of arrival. Nil: each request at once.
    public var concurrency: Int?
    /// Freezes all threads periodically.
    public var stall: Stall?
    /// Size of the answer to `/` in bytes.
    public var defaultBytes = 50_000
    /// Seed of the exponential service times.
    public var seed: UInt64 = 1
    /// TLS for all connections; nil: clear text.
    public var tls: TLSServerOptions?
    /// Answers on one connection, the last of which ends it (nginx: `keepalive_requests`).
    public var keepAliveRequests: Int?

    /// The server answers nothing more after so many nanoseconds from the first request on.
    public var stopAfter: UInt64?
    /// Logs when each request came and its answer was sent, see `TargetServer.forEachArrival`.
    public var logsArrivals = false

    /// Most threads: more than any machine of one socket has cores.
    public static let threadLimit = 256
    /// Most virtual servers: each costs 8 bytes, and the search for a free one the logarithm of their number.
    public static let concurrencyLimit = 1_000_000
    /// The largest answer, and so the largest N of `/bytes/N`: 1 GiB.
    public static let bodyBytesLimit = 1 << 30
    /// The longest wait by timer: one hour.
    public static let waitNanosecondsLimit: UInt64 = 3_600_000_000_000

    /// The defaults: one thread on a free port of 127.0.0.1, which answers at once.
    public init() {}

    /// Throws an error for the first invalid value, with how to fix it.
    func validate() throws(TargetError) {
        try Self.require(1...Self.threadLimit, self.threads, .threads)
        try Self.require(0...Self.bodyBytesLimit, self.defaultBytes, .defaultBytes, unit: " bytes")
        for cpu in self.cpus { try Self.require(0...1_023, cpu, .cpus) }
        if let limit = self.connectionLimit { try Self.require(0...Int(Int32.max), limit, .connectionLimit) }
        if let answers = self.keepAliveRequests {
            try Self.require(1...Int(Int32.max), answers, .keepAliveRequests)
        }
        if let servers = self.concurrency {
            try Self.require(1...Self.concurrencyLimit, servers, .concurrency)
            if self.serviceTime == nil {
                throw .option(.concurrency, value: "\(servers)", wanted: "a service time beside it")
            }
        }
        if let time = self.serviceTime, time.meanNanoseconds > Self.waitNanosecondsLimit {
            throw .option(.serviceTime, value: "\(time.meanNanoseconds) ns", wanted: "an hour at most")
        }
        if let stop = self.stopAfter, stop > Self.waitNanosecondsLimit {
            throw .option(.stopAfter, value: "\(stop) ns", wanted: "an hour at most")
        }
        if let stall = self.stall {
            guard stall.period <= Self.waitNanosecondsLimit, stall.duration < stall.period else {
                throw .option(
                    .stall, value: "\(stall.duration) ns every \(stall.period) ns",
                    wanted: "a duration shorter than its period, and a period of an hour at most")
            }
        }
    }

    private static func require(
        _ range: ClosedRange<Int>, _ value: Int, _ option: TargetError.Option, unit: String = ""
    ) throws(TargetError) {
        if range.contains(value) { return }
        throw .option(
            option, value: "\(value)", wanted: "\(range.lowerBound) to \(range.upperBound)\(unit)")
    }
}

/// How long one request is served.
public enum ServiceTime: Sendable, Equatable {
    /// Nanoseconds, always the same.
    case constant(UInt64)
    /// Mean nanoseconds of an exponential distribution.
    case exponential(UInt64)

    /// The mean in nanoseconds.
    public var meanNanoseconds: UInt64 {
        switch self {
        case .constant(let time), .exponential(let time): time
        }
    }
}

/// A server that freezes: `duration` nanoseconds at the end of every `period` nanoseconds.
public struct Stall: Sendable, Equatable {
    /// Nanoseconds in which nothing is accepted, read or written.
    public var duration: UInt64
    /// Nanoseconds from the start of one stall to the start of the next.
    public var period: UInt64

    /// The first stall begins `period - duration` after the start.
    public init(duration: UInt64, period: UInt64) {
        self.duration = duration
        self.period = period
    }
}
