import CLinux

/// The CPUs that this process may use.
public enum AllowedCPUs {
    /// More CPUs than any machine has.
    private static let limit = 1_024

    /// Their numbers; the first where the kernel does not say.
    public static func read() -> [Int] {
        var cpus = [Int32](repeating: 0, count: Self.limit)
        let count = linux_allowed_cpus(&cpus, Int32(cpus.count))
        return count > 0 ? cpus.prefix(Int(count)).map(Int.init) : [0]
    }
}
