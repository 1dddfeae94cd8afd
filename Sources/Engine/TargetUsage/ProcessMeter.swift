import CLinux
import Measure

/// Reads what a process of this machine has used, from /proc.
public struct ProcessMeter: Sendable {
    public let pid: Int32

    /// Threads that are told apart at most; what others use is in no sum.
    public static let threadLimit = 1_024
    /// What /proc counts in.
    private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    private static let pageBytes = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))

    /// A meter of a process.
    public init(pid: Int32) { self.pid = pid }

    /// What it has used until now; nil where there is no such process, or it is another user's secret.
    public func reading() -> TargetReading? {
        let root = "/proc/\(self.pid)"
        guard let names = Self.names(in: "\(root)/task") else { return nil }
        var busy: [UInt64: Double] = [:]
        for name in names.prefix(Self.threadLimit) {
            guard let thread = UInt64(name), let text = SystemFile.read("\(root)/task/\(name)/stat"),
                let ticks = Self.ticks(in: text)
            else { continue }
            busy[thread] = Double(ticks) / Self.ticksPerSecond
        }
        if busy.isEmpty { return nil }
        let status = SystemFile.read("\(root)/status") ?? ""
        var reading = TargetReading(
            at: MonotonicClock.now(), busy: busy, cores: Self.cores(in: status) ?? 1)
        reading.memoryBytes = (SystemFile.read("\(root)/statm") ?? "").split(separator: " ").dropFirst().first
            .flatMap { UInt64($0) }.map { $0 &* Self.pageBytes }
        return reading
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

    /// User and system ticks of a stat file: fields 14 and 15 (proc(5)), counted behind the name in parentheses, which
    /// may hold anything.
    static func ticks(in stat: String) -> UInt64? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else {
            return nil
        }
        return user &+ system
    }

    /// How many cores a process may use, by `Cpus_allowed_list: 0-1,4` of its status.
    static func cores(in status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
            let list = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " }).last
        else { return nil }
        var count = 0
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, last >= first, last < 1 << 20
            else {
                return nil
            }
            count += last - first + 1
        }
        return count > 0 ? count : nil
    }
}
