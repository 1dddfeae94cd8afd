import CLinux

/// Limits of this machine as text: which limit an error number stands for, its value, and how to raise it.
public enum ResourceLimit {
    /// Advice for an error number that stands for a limit; nil for any other.
    public static func advice(_ error: Errno) -> String? {
        switch error.code {
        case EAGAIN: Self.threads
        case EMFILE:
            "this process may have \(Self.count(RLIMIT_NOFILE)) open files: raise it with `ulimit -n`"
        case ENFILE: "the machine has no open file left: raise fs.file-max"
        case ENOMEM, ENOBUFS:
            "memory is short: this process may map \(Self.bytes(RLIMIT_AS)) (`ulimit -v`) and lock "
                + "\(Self.bytes(__RLIMIT_MEMLOCK)) (`ulimit -l`), and its control group has a memory.max"
        case EFBIG:
            "a file of this process may grow to \(Self.bytes(RLIMIT_FSIZE)): raise it with `ulimit -f`"
        default: nil
        }
    }

    /// The limits on threads and processes: the kernel has one error number for all of them.
    private static var threads: String {
        let user = "this user may have \(Self.count(__RLIMIT_NPROC)) processes and threads (`ulimit -u`)"
        let group = Self.groupLimit.map { "the control group \($0) (pids.max)" }
        let memory = "this process may map \(Self.bytes(RLIMIT_AS)) (`ulimit -v`)"
        return ([user] + [group, memory].compactMap { $0 }).joined(separator: ", ")
            + ": raise the one that is met, or use fewer threads (`-t`)"
    }

    /// The pids.max of this process's control group, of version 2 or 1; nil where there is none.
    static var groupLimit: String? {
        let groups = SystemFile.read("/proc/self/cgroup") ?? ""
        for (root, path) in Self.pidsGroups(groups) {
            if let limit = SystemFile.line("\(root)\(path)/pids.max"), limit != "max" { return limit }
        }
        return nil
    }

    /// Where pids are limited, by the text of /proc/self/cgroup: the mount of the hierarchy, and the group in it
    /// (cgroups(7), "/proc files").
    static func pidsGroups(_ text: String) -> [(root: String, path: String)] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            let path = parts[2] == "/" ? "" : String(parts[2])
            if parts[1].split(separator: ",").contains("pids") { return ("/sys/fs/cgroup/pids", path) }
            return parts[0] == "0" && parts[1].isEmpty ? ("/sys/fs/cgroup", path) : nil
        }
    }

    private static func value(_ resource: __rlimit_resource) -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max
        else { return nil }
        return UInt64(limit.rlim_cur)
    }

    private static func count(_ resource: __rlimit_resource) -> String {
        Self.value(resource).map { "\($0)" } ?? "any number of"
    }

    private static func bytes(_ resource: __rlimit_resource) -> String {
        Self.value(resource).map { "\($0) bytes" } ?? "any amount"
    }
}
