import CLinux
import Engine
import Kernel
import Measure
import Workload

/// The conditions of a run: its record names them, so that a number can be judged later.
public enum Environment {
    /// Machine, kernel, limits, and the addresses of the target.
    static func gather(version: String, addresses: [SocketAddress], profileHash: String?) -> [(
        key: String, value: Condition
    )] {
        var found: [(key: String, value: Condition)] = [("headroom", .text(version))]
        var names = utsname()
        if uname(&names) == 0 {
            found.append(("kernel", .text("\(Self.text(&names.sysname)) \(Self.text(&names.release))")))
            found.append(("machine", .text(Self.text(&names.machine))))
        }
        found.append(("cpu", .text(Self.processor())))
        found.append(("cores", .number(UInt64(AllowedCPUs.read().count))))
        if let memory = Self.memoryBytes() { found.append(("memory", .number(memory))) }
        found.append(("open_files_limit", .number(Preflight.raiseOpenFiles())))
        let ports = Preflight.portRange()
        found.append(("port_range", .text("\(ports.lowerBound)-\(ports.upperBound - 1)")))
        found.append(
            (
                "congestion_control",
                .text(SystemFile.line("/proc/sys/net/ipv4/tcp_congestion_control") ?? "unknown")
            ))
        found.append(("clock_source", .text(SystemFile.line(Self.clockSource) ?? "unknown")))
        found.append(("addresses", .list(addresses.map(\.description))))
        let isLocal = addresses.allSatisfy(\.isLoopback)
        found.append(
            (
                "target_hardware",
                .text(isLocal ? (SystemFile.line("/sys/class/dmi/id/product_name") ?? "unknown") : "unknown")
            ))
        found.append(Condition.loopback(isLocal))
        if let profileHash { found.append(("profile_hash", .text(profileHash))) }
        return found
    }

    /// Other names than the target's to which redirects are followed, and names that are not followed because they have
    /// other addresses; empty if none was asked for.
    static func followHosts(
        _ followed: [FollowHost], not elsewhere: [FollowHost]
    ) -> [(key: String, value: Condition)] {
        if followed.isEmpty && elsewhere.isEmpty { return [] }
        return [
            ("follow_hosts", .list(followed.map(\.text))), ("follow_hosts_elsewhere", .list(elsewhere.map(\.text))),
        ]
    }

    /// What a run asked for and did not get: settings that the kernel refused, and failed readings of a watched target
    /// (nil: it was not watched).
    static func missing(
        refused: [KernelSetting], targetReadings: UInt64?
    ) -> [(key: String, value: Condition)] {
        [("refused_by_kernel", .list(refused.map(\.name)))]
            + (targetReadings.map { [("target_readings_missed", .number($0))] } ?? [])
    }

    private static let clockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource"

    static func processor() -> String {
        for line in (SystemFile.read("/proc/cpuinfo") ?? "").split(separator: "\n")
        where line.hasPrefix("model name") {
            return String(line.drop { $0 != ":" }.dropFirst(2))
        }
        return "unknown"
    }

    private static func memoryBytes() -> UInt64? { Self.kibibytes("MemTotal:", in: "/proc/meminfo") }

    /// The text of a fixed array of characters.
    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// CPU seconds (user + system) and peak resident bytes of this process so far.
    static func usage() -> (cpuSeconds: Double, peakResidentBytes: UInt64) {
        var usage = rusage()
        linux_process_usage(&usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        let micros = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return (seconds + micros / 1e6, Self.peakResidentBytes())
    }

    /// VmHWM of /proc/self/status. Not ru_maxrss, which starts with the memory of the parent process if that was
    /// larger.
    private static func peakResidentBytes() -> UInt64 { Self.kibibytes("VmHWM:", in: "/proc/self/status") ?? 0 }

    /// The value of a line such as `VmHWM:  1234 kB`, in bytes.
    private static func kibibytes(_ label: String, in path: String) -> UInt64? {
        for line in (SystemFile.read(path) ?? "").split(separator: "\n") where line.hasPrefix(label) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.count >= 2, let value = UInt64(words[1]), value < 1 << 50 { return value * 1024 }
        }
        return nil
    }

    /// FNV-1a, 64 bits: only a name for a profile's text.
    public static func hash(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
