#if canImport(Glibc)
import Glibc
#endif

/// The C library's reading of an IPv6 address: the reference for headroom's own reader.
func systemAcceptsIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
}

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// A pipe in the file system that nothing writes to.
func makePipe(_ path: String) -> Bool { mkfifo(path, 0o600) == 0 }
