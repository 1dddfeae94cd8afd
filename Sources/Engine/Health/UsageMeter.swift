import CLinux
import Measure

/// What a worker's thread uses between two ends of an interval. Used on that thread only; nothing is allocated
/// after `begin`.
struct UsageMeter {
    /// Sums since the thread began.
    private struct Reading {
        var at: UInt64 = 0
        var cpu: UInt64 = 0
        var runDelay: UInt64 = 0
        var involuntarySwitches: UInt64 = 0
    }

    private var last = Reading()
    private var loopLag: UInt64 = 0
    private var pause: UInt64 = 0
    /// How late the current turn came.
    private(set) var turnLag: UInt64 = 0
    private var turns: UInt64 = 0
    /// /proc/thread-self/schedstat, which stays that of the thread that opened it; -1 where there is none.
    private var schedstat: Int32 = -1

    /// Begins to measure the calling thread.
    mutating func begin() {
        self.schedstat = linux_open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC, 0)
        self.last = self.read()
    }

    /// A turn of the loop came at `now` and was due at `due` (`UInt64.max`: it had no due time).
    @inline(__always)
    mutating func turn(due: UInt64, now: UInt64) {
        self.turns &+= 1
        self.turnLag = now > due ? now &- due : 0
        self.loopLag = max(self.loopLag, self.turnLag)
    }

    /// Notes that the worker kept a request or an answer waiting for so long.
    mutating func note(pause: UInt64) { self.pause = max(self.pause, pause) }

    /// Ends an interval and returns what was used in it.
    mutating func close() -> WorkerUsage {
        let reading = self.read()
        var usage = WorkerUsage()
        usage.duration = reading.at &- self.last.at
        usage.cpu = reading.cpu &- min(reading.cpu, self.last.cpu)
        usage.runDelay = reading.runDelay &- min(reading.runDelay, self.last.runDelay)
        usage.involuntarySwitches =
            reading.involuntarySwitches &- min(reading.involuntarySwitches, self.last.involuntarySwitches)
        usage.loopLag = self.loopLag
        usage.pause = self.pause
        usage.turns = self.turns
        self.last = reading
        self.loopLag = 0
        self.pause = 0
        self.turns = 0
        return usage
    }

    /// Stops measuring.
    mutating func end() {
        if self.schedstat >= 0 { CLinux.close(self.schedstat) }
        self.schedstat = -1
    }

    private func read() -> Reading {
        var reading = Reading()
        reading.at = MonotonicClock.now()
        reading.cpu = linux_thread_cpu_nanoseconds()
        reading.runDelay = self.runDelay()
        var usage = rusage()
        if linux_thread_usage(&usage) == 0 {
            reading.involuntarySwitches = UInt64(clamping: usage.ru_nivcsw)
        }
        return reading
    }

    /// The second number of schedstat: nanoseconds spent runnable and not running.
    private func runDelay() -> UInt64 {
        if self.schedstat < 0 { return 0 }
        return withUnsafeTemporaryAllocation(byteCount: Self.lineLimit, alignment: 1) { buffer in
            let count = pread(self.schedstat, buffer.baseAddress, Self.lineLimit, 0)
            if count <= 0 { return 0 }
            return Self.secondNumber(UnsafeRawBufferPointer(rebasing: buffer[..<min(count, Self.lineLimit)]))
        }
    }

    /// Three numbers of at most twenty digits, two spaces and a newline.
    private static let lineLimit = 64

    /// The second of the numbers, which spaces separate; 0 where there is none. Wraps past 64 bits.
    static func secondNumber(_ line: UnsafeRawBufferPointer) -> UInt64 {
        var number: UInt64 = 0
        var spaces = 0
        for byte in line {
            if byte == UInt8(ascii: " ") {
                spaces += 1
            } else if spaces == 1 && byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
                number = number &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
            }
        }
        return number
    }
}
