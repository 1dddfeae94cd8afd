import CLinux

/// The one clock for plans and latencies: CLOCK_MONOTONIC in nanoseconds. Only loops and shells read it; all other code
/// gets `now` as an argument.
public enum MonotonicClock {
    /// Nanoseconds since boot; 23 ns through the vDSO.
    @inline(__always)
    public static func now() -> UInt64 { linux_monotonic_nanoseconds() }
}
