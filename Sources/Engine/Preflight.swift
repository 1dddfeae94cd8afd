import CLinux
import Kernel

/// What this machine allows, checked before anything starts.
public enum Preflight {
    /// Descriptors besides the connections: epolls, wakers, files of the record.
    public static let otherDescriptors = 64

    /// Raises the soft limit of open files to the hard one and checks whether `connections` fit; throws what is missing
    /// and how to fix it.
    public static func ensure(connections: Int, addresses: Int) throws(EngineError) {
        let limit = Self.raiseOpenFiles()
        let needed = UInt64(clamping: connections) + UInt64(Self.otherDescriptors)
        let mostUsers = limit - min(limit, UInt64(Self.otherDescriptors))
        if needed > limit {
            throw .limits(
                "\(connections) connections need \(needed) open files, this process may have \(limit): "
                    + "raise it with `ulimit -n \(needed)` (or LimitNOFILE= / /etc/security/limits.conf), "
                    + "or ask for at most \(mostUsers) users")
        }
        let ports = Self.portRange()
        let (most, overflow) = ports.count.multipliedReportingOverflow(by: max(1, addresses))
        if !overflow && connections > most {
            throw .limits(
                "\(connections) connections to \(addresses) address\(addresses == 1 ? "" : "es") need as many "
                    + "local ports, there are \(most) (net.ipv4.ip_local_port_range is \(ports.lowerBound)-"
                    + "\(ports.upperBound - 1)): widen it with `sysctl -w net.ipv4.ip_local_port_range='1024 65535'`, "
                    + "or ask for at most \(most) users")
        }
    }

    /// Most users of an open load without a limit of its own: one address cannot take a million connections.
    public static let openUsersLimit = 1_000_000

    /// Connections that this process can have to so many addresses, limited by its open files, its ports and
    /// `openUsersLimit`.
    public static func mostConnections(addresses: Int) -> Int {
        let limit = Self.raiseOpenFiles()
        let files = Int(clamping: limit - min(limit, UInt64(Self.otherDescriptors)))
        let (ports, overflow) = Self.portRange().count.multipliedReportingOverflow(by: max(1, addresses))
        return max(1, min(files, overflow ? Int.max : ports, Self.openUsersLimit))
    }

    /// Raises the soft limit of open files as far as allowed; returns the new limit.
    @discardableResult
    public static func raiseOpenFiles() -> UInt64 {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                return UInt64(raised.rlim_cur)
            }
        }
        return UInt64(limit.rlim_cur)
    }

    /// Makes room for descriptors before there are threads. Linux doubles the table when it is full, and in a process
    /// with threads that waits for a grace period of RCU: the thread that makes connection 256 stands still for some
    /// 15 ms, and again at each doubling.
    public static func growDescriptorTable() {
        linux_grow_descriptor_table(Int32(min(Self.raiseOpenFiles(), Self.tableLimit)))
    }

    /// Descriptors that room is made for: half a megabyte. A table above it doubles seldom.
    static let tableLimit: UInt64 = 65_536

    /// Ports that the kernel gives to outgoing connections; the usual range where it cannot be read.
    public static func portRange() -> Range<Int> {
        let words = (SystemFile.read("/proc/sys/net/ipv4/ip_local_port_range") ?? "")
            .split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
        if words.count == 2, let low = Int(words[0]), let high = Int(words[1]), low <= high {
            return low..<(high + 1)
        }
        return 32_768..<61_000
    }
}
