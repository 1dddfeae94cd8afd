import CLinux
import Kernel
import Measure
import Synchronization
import Workload

/// Watches the machine or the process under load. A process of this machine is read on demand. For another machine a
/// thread requests node_exporter's metrics once a second, and `reading` returns the last ones.
public final class TargetWatch: Sendable {
    /// Where readings come from.
    public enum Source: Sendable, Equatable {
        case process(Int32)
        /// node_exporter's metrics, such as `http://host:9100/metrics`.
        case metrics(TargetURL)
    }

    /// Nanoseconds between two requests, and how long an answer may take.
    public static let period: UInt64 = 1_000_000_000
    public static let patience: UInt64 = 2_000_000_000

    private let meter: ProcessMeter?
    private let exporter: Exporter?
    /// Readings of a process that failed.
    private let missedHere = Atomic<UInt64>(0)

    /// Begins to watch; throws where there is no first reading.
    public init(_ source: Source) throws(WatchError) {
        switch source {
        case .process(let pid):
            let meter = ProcessMeter(pid: pid)
            if meter.reading() == nil {
                throw WatchError(sentence: "there is no process \(pid) here whose CPU can be read")
            }
            self.meter = meter
            self.exporter = nil
        case .metrics(let url):
            self.meter = nil
            self.exporter = try Exporter(url)
        }
    }

    deinit { self.exporter?.stop() }

    /// The latest reading; nil where the process is gone. Not on a hot path.
    public func reading() -> TargetReading? {
        if let meter {
            let reading = meter.reading()
            if reading == nil { self.missedHere.wrappingAdd(1, ordering: .relaxed) }
            return reading
        }
        return self.exporter?.latest.withLock { $0 }
    }

    /// Readings that failed since the watch began: a process that is gone, an exporter that did not answer.
    public var missed: UInt64 {
        self.missedHere.load(ordering: .relaxed) &+ (self.exporter?.missed.load(ordering: .relaxed) ?? 0)
    }

    /// The target is a process of this machine.
    public var isLocal: Bool { self.meter != nil }

    /// The hardware as readings describe it.
    public var hardware: String? { self.reading()?.hardware }
}

/// Why a target cannot be watched.
public struct WatchError: Error, Sendable {
    public let sentence: String
}

/// A thread that requests node_exporter's metrics.
private final class Exporter: Sendable {
    let latest: Mutex<TargetReading?>
    /// Requests that brought no reading.
    let missed = Atomic<UInt64>(0)
    private let waker: Int32
    private let thread: Mutex<LoopThread?>

    init(_ url: TargetURL) throws(WatchError) {
        let addresses: [SocketAddress]
        do {
            addresses = try SocketAddress.resolve(host: url.host, port: url.port, limit: 1)
        } catch {
            throw WatchError(sentence: "dns: \(error.host) cannot be resolved: \(error.reason)")
        }
        guard let address = addresses.first else {
            throw WatchError(sentence: "dns: \(url.host) has no address")
        }
        let first = try Self.ask(url, address)
        self.latest = Mutex(first)
        self.thread = Mutex(nil)
        self.waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if self.waker < 0 { throw WatchError(sentence: "eventfd: \(Errno.current)") }
        let waker = self.waker
        do {
            let thread = try LoopThread(name: "target-metrics") { [weak self] in
                while true {
                    var entry = pollfd(fd: waker, events: Int16(POLLIN), revents: 0)
                    if linux_poll(&entry, 1, Int64(TargetWatch.period)) > 0 { return }
                    guard let self else { return }
                    // After a failure the next try is a second later; meanwhile the last reading grows old.
                    do {
                        let reading = try Self.ask(url, address)
                        self.latest.withLock { $0 = reading }
                    } catch {
                        self.missed.wrappingAdd(1, ordering: .relaxed)
                    }
                }
            }
            self.thread.withLock { $0 = thread }
        } catch {
            throw WatchError(sentence: "a thread: \(error)")
        }
    }

    deinit { if self.waker >= 0 { close(self.waker) } }

    /// Ends the thread and waits for it.
    func stop() {
        var one: UInt64 = 1
        _ = write(self.waker, &one, 8)
        self.thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    private static func ask(_ url: TargetURL, _ address: SocketAddress) throws(WatchError) -> TargetReading {
        do {
            let answer = try BlockingGet.get(url, at: address, limit: TargetWatch.patience)
            if answer.status != 200 {
                throw WatchError(
                    sentence: "\(url.text): status \(answer.status), not node_exporter's metrics")
            }
            return try NodeMetrics.reading(answer.body, at: MonotonicClock.now())
        } catch let error as BlockingGet.Failure {
            throw WatchError(sentence: "\(url.text): \(error.reason)")
        } catch let error as WatchError {
            throw error
        } catch {
            throw WatchError(
                sentence: "\(url.text): no node_cpu_seconds_total in it; name node_exporter's page, such as "
                    + "http://host:9100/metrics")
        }
    }
}
