import CLinux
import Kernel
import Measure

/// What happens to the CPUs that this process may use, read by the controller once an interval.
struct HostMeter {
    private var last: Reading
    private let cpus: Set<Int>
    private let statPaths: [String]

    /// Sums since the machine started.
    struct Reading: Equatable {
        var at: UInt64 = 0
        var ticks: UInt64 = 0
        var idleTicks: UInt64 = 0
        var stealTicks: UInt64 = 0
        var throttled: UInt64 = 0
    }

    /// Nanoseconds of a tick of /proc/stat: USER_HZ is 100 on all current machines.
    static let tick: UInt64 = 10_000_000
    /// At most so many control groups around headroom's own are watched for quotas.
    static let groupLimit = 16
    /// The kernel is asked for at most so many CPUs.
    static let cpuLimit = 4096

    /// Begins to watch.
    init() {
        var cpus = [Int32](repeating: 0, count: Self.cpuLimit)
        let count = Int(linux_allowed_cpus(&cpus, Int32(Self.cpuLimit)))
        self.cpus = Set(cpus.prefix(max(0, count)).map(Int.init))
        self.statPaths = Self.statPaths(ofGroups: SystemFile.read("/proc/self/cgroup") ?? "")
        self.last = Reading()
        self.last = self.read()
    }

    /// What happened since the last call.
    mutating func close() -> HostUsage {
        let reading = self.read()
        let last = self.last
        self.last = reading
        var usage = HostUsage()
        usage.duration = reading.at &- last.at
        usage.ticks = reading.ticks &- min(reading.ticks, last.ticks)
        usage.idleTicks = reading.idleTicks &- min(reading.idleTicks, last.idleTicks)
        usage.stealTicks = reading.stealTicks &- min(reading.stealTicks, last.stealTicks)
        usage.throttled = reading.throttled &- min(reading.throttled, last.throttled)
        return usage
    }

    private func read() -> Reading {
        var reading = Self.ticks(in: SystemFile.read("/proc/stat") ?? "", cpus: self.cpus)
        reading.at = MonotonicClock.now()
        for path in self.statPaths {
            reading.throttled &+= Self.throttled(in: SystemFile.read(path) ?? "")
        }
        return reading
    }

    /// Sums the lines `cpu<N>` of /proc/stat (proc(5): user nice system idle iowait irq softirq steal …).
    static func ticks(in text: String, cpus: Set<Int>) -> Reading {
        var reading = Reading()
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            guard let cpu = words.first.flatMap({ Int($0.dropFirst(3)) }), cpus.contains(cpu) else {
                continue
            }
            let numbers = words.dropFirst().prefix(8).map { UInt64($0) ?? 0 }
            if numbers.count < 8 { continue }
            for number in numbers { reading.ticks &+= number }
            reading.idleTicks &+= numbers[3] &+ numbers[4]
            reading.stealTicks &+= numbers[7]
        }
        return reading
    }

    /// Nanoseconds of a cpu.stat: `throttled_time` (version 1) or `throttled_usec` (version 2).
    static func throttled(in text: String) -> UInt64 {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let number = UInt64(words[1]) else { continue }
            if words[0] == "throttled_time" { return number }
            if words[0] == "throttled_usec" { return number &* 1_000 }
        }
        return 0
    }

    /// Files with the quotas of the groups in a /proc/self/cgroup: our own group's, and those of the groups around it,
    /// which also limit us.
    static func statPaths(ofGroups text: String) -> [String] {
        var paths: [String] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].hasPrefix("/"), !parts[2].contains("..") else { continue }
            let isUnified = parts[1].isEmpty
            if !isUnified && !parts[1].split(separator: ",").contains("cpu") { continue }
            let mounts =
                isUnified
                ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
                : ["/sys/fs/cgroup/\(parts[1])", "/sys/fs/cgroup/cpu"]
            guard let mount = mounts.first(where: { access("\($0)/cgroup.procs", F_OK) == 0 }) else {
                continue
            }
            var group = parts[2]
            for _ in 0..<Self.groupLimit {
                if group.last == "/" { group = group.dropLast() }
                paths.append("\(mount)\(group)/cpu.stat")
                guard let cut = group.lastIndex(of: "/") else { break }
                group = group[..<cut]
            }
        }
        return Array(paths.filter { access($0, R_OK) == 0 }.prefix(Self.groupLimit))
    }
}

/// What this process has open.
enum OpenFiles {
    /// The number of files that this process has open; nil where the kernel does not report it (before Linux 6.2).
    static func count() -> UInt64? {
        var status = stat()
        if stat("/proc/self/fd", &status) != 0 || status.st_size <= 0 { return nil }
        return UInt64(clamping: status.st_size)
    }
}
