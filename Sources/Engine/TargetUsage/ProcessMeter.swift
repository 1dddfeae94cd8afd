import CLinux
import Kernel
import Measure

/// Reads from /proc what a process of this machine has used, with all processes that it started (a server's workers).
public struct ProcessMeter: Sendable {
    public let pid: Int32

    /// Most threads that are tracked; the sums leave out what others use.
    public static let threadLimit = 1_024
    /// Most processes that are looked at.
    public static let processLimit = 256
    /// More cores than any machine has.
    static let coreLimit = 1 << 14
    /// The unit of times in /proc.
    private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    private static let pageBytes = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))

    /// A meter of a process.
    public init(pid: Int32) { self.pid = pid }

    /// What it has used until now; nil where there is no such process, or another user's process that may not be read.
    public func reading() -> TargetReading? {
        let ticks = Self.ticksSinceBoot()
        var busy: [UInt64: Double] = [:]
        var began: [UInt64: UInt64] = [:]
        var leading: Set<UInt64> = []
        var memory: UInt64 = 0
        var processes = [self.pid]
        var next = 0
        while next < min(processes.count, Self.processLimit) {
            let path = "/proc/\(processes[next])"
            let isLeader = next == 0
            next += 1
            guard let names = Self.names(in: "\(path)/task") else { continue }
            for name in names {
                guard busy.count < Self.threadLimit, let thread = UInt64(name),
                    let text = SystemFile.read("\(path)/task/\(name)/stat"), let times = Self.times(in: text)
                else { continue }
                busy[thread] = Double(times.used) / Self.ticksPerSecond
                began[thread] = times.began
                if isLeader { leading.insert(thread) }
                let children = SystemFile.read("\(path)/task/\(name)/children") ?? ""
                processes += children.split(separator: " ").compactMap { Int32($0) }
            }
            memory &+= Self.resident(path)
        }
        if busy.isEmpty { return nil }
        let cores = processes.prefix(Self.processLimit).map {
            Self.cores(in: SystemFile.read("/proc/\($0)/status") ?? "") ?? []
        }
        let all = cores.reduce(Set<Int>()) { $0.union($1) }
        let others = cores.dropFirst().reduce(Set<Int>()) { $0.union($1) }
        let isAlone = cores.count == 1
        var reading = TargetReading(
            at: MonotonicClock.now(), busy: busy, cores: max(1, isAlone ? all.count : others.count))
        if !isAlone { reading.leader = TargetReading.Leader(threads: leading, cores: max(1, all.count)) }
        reading.memoryBytes = memory
        reading.began = began
        reading.ticks = ticks
        self.readNetwork(into: &reading)
        return reading
    }

    private static func resident(_ root: String) -> UInt64 {
        let pages = (SystemFile.read("\(root)/statm") ?? "").split(separator: " ").dropFirst().first
        return pages.flatMap { UInt64($0) }.map { $0 &* Self.pageBytes } ?? 0
    }

    /// Reads the counts of its network namespace, unless that is headroom's own: there they include both sides, and
    /// others.
    private func readNetwork(into reading: inout TargetReading) {
        guard let own = Self.namespace("self"), let theirs = Self.namespace("\(self.pid)"), own != theirs else {
            return
        }
        let root = "/proc/\(self.pid)/net"
        reading.connections = Self.established(in: SystemFile.read("\(root)/snmp") ?? "")
        if let bytes = Self.deviceBytes(in: SystemFile.read("\(root)/dev") ?? "") {
            reading.receivedBytes = bytes.received
            reading.sentBytes = bytes.sent
        }
    }

    /// Such as `net:[4026531840]`; nil where it cannot be read.
    private static func namespace(_ process: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBufferPointer { buffer -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            return readlink("/proc/\(process)/ns/net", base, buffer.count)
        }
        return count > 0 ? String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// CurrEstab of the two `Tcp:` lines of /proc/net/snmp: names, then values (RFC 4022, tcpCurrEstab).
    static func established(in snmp: String) -> UInt64? {
        let lines = snmp.split(separator: "\n").filter { $0.hasPrefix("Tcp:") }.map { $0.split(separator: " ") }
        guard lines.count == 2, let index = lines[0].firstIndex(of: "CurrEstab"), index < lines[1].count else {
            return nil
        }
        return UInt64(lines[1][index])
    }

    /// Bytes of all devices but loopback, by /proc/net/dev: the first number of a line is received, the ninth sent.
    static func deviceBytes(in dev: String) -> (received: UInt64, sent: UInt64)? {
        var sum: (received: UInt64, sent: UInt64)?
        for line in dev.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) != "lo" else { continue }
            let numbers = parts[1].split(separator: " ").map { UInt64($0) }
            guard numbers.count > 8, let received = numbers[0], let sent = numbers[8] else { continue }
            sum = ((sum?.received ?? 0) &+ received, (sum?.sent ?? 0) &+ sent)
        }
        return sum
    }

    /// Entries of a folder, `.` and `..` left out; nil where it cannot be read.
    private static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < Self.threadLimit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The time that a thread has used, user and system, and when it began, both in ticks: fields 14, 15 and 22 of a
    /// stat file (proc(5)). They are counted from behind the name in parentheses, which may hold anything.
    static func times(in stat: String) -> (used: UInt64, began: UInt64)? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let began = UInt64(fields[19])
        else { return nil }
        return (user &+ system, began)
    }

    /// The current time in the unit of thread start times.
    private static func ticksSinceBoot() -> UInt64 {
        var time = timespec()
        if clock_gettime(CLOCK_BOOTTIME, &time) != 0 { return .max }
        let ticks = Double(time.tv_sec) * Self.ticksPerSecond + Double(time.tv_nsec) * Self.ticksPerSecond / 1e9
        return UInt64(max(0, min(ticks, 1e18)))
    }

    /// Which cores a process may use, by `Cpus_allowed_list: 0-1,4` of its status.
    static func cores(in status: String) -> Set<Int>? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
            let list = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " }).last
        else { return nil }
        var cores: Set<Int> = []
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, last >= first,
                last < Self.coreLimit
            else { return nil }
            cores.formUnion(first...last)
        }
        return cores.isEmpty ? nil : cores
    }
}
