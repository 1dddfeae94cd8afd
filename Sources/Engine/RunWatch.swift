import Measure
import Units
import Workload

/// Checks each second of a run against the rules and caps that stop it. Intervals that the phases cut short are first
/// added up to a second. Pure: the controller feeds it.
struct RunWatch {
    private var rules: AbortWatch
    private let caps: LoadCaps
    /// Bytes through the sockets so far.
    private var bytes: UInt64 = 0
    /// The sums so far: a time in nanoseconds, and the counts in it.
    private var length: UInt64 = 0
    private var started: UInt64 = 0
    private var ended: UInt64 = 0
    private var failed: UInt64 = 0
    private var resent: UInt64 = 0

    /// From this many nanoseconds on the sum counts as a second: the controller closes an interval some microseconds
    /// early or late.
    private static let second: UInt64 = 990_000_000

    init(_ load: Load) {
        self.rules = AbortWatch(rules: load.abort)
        self.caps = load.caps
    }

    /// Takes the next interval, and the share of the target's CPU in use where it is known. Returns why the run has to
    /// stop, if it has to.
    mutating func take(_ row: IntervalRow, targetCPU: Double? = nil) -> String? {
        let counters = row.counters
        self.bytes &+= counters.receivedSocket &+ counters.sentSocket
        self.length &+= row.end &- min(row.start, row.end)
        self.started &+= counters.requestsStarted
        self.ended &+= counters.requestsOK &+ counters.requestsFailed
        self.failed &+= counters.requestsFailed
        self.resent &+= counters.requestsResent
        if let most = self.caps.bytes, self.bytes > most {
            return "max_bytes: \(ByteSize.text(self.bytes)) passed the sockets, more than \(ByteSize.text(most))"
        }
        if self.length < Self.second { return nil }
        let rate = Double(self.started) * 1e9 / Double(self.length)
        let second = AbortWatch.Second(
            ended: self.ended, failed: self.failed, resent: self.resent, targetCPU: targetCPU)
        (self.length, self.started, self.ended, self.failed, self.resent) = (0, 0, 0, 0, 0)
        if let most = self.caps.rate, rate > most {
            return "max_rate: \(Self.whole(rate)) requests/s were started in one second, more than "
                + "\(Self.whole(most))"
        }
        return self.rules.take(second).map { "abort: \($0.text)" }
    }

    private static func whole(_ rate: Double) -> String {
        rate < 1e15 ? "\(UInt64(max(0, rate.rounded())))" : "\(rate)"
    }
}
