#if canImport(Glibc)
import Glibc
#endif

/// What the C library says of an IPv6 address: the reference the own reader is held against.
func systemAcceptsIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
}

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// A pipe in the file system, which nobody writes to.
func makePipe(_ path: String) -> Bool { mkfifo(path, 0o600) == 0 }
