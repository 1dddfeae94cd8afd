import CLinux
import Kernel

/// The network device that leads to an address.
public enum NetworkLink {
    /// At most so many devices are looked at.
    private static let deviceLimit = 1_024

    /// Bits per second of the device that leads to an address, as the kernel reports them; nil for loopback, and where
    /// the kernel does not report them.
    public static func bitsPerSecond(to address: SocketAddress) -> Double? {
        if address.isLoopback { return nil }
        guard let device = Self.device(to: address), !Self.isVirtual(device),
            let megabits = SystemFile.line("/sys/class/net/\(device)/speed").flatMap({ Double($0) }),
            megabits > 0
        else { return nil }
        return megabits * 1e6
    }

    /// A device without hardware, such as a veth, reports a speed that means nothing. Only a bond adds up real ones.
    private static func isVirtual(_ device: String) -> Bool {
        access("/sys/devices/virtual/net/\(device)", F_OK) == 0
            && access("/sys/class/net/\(device)/bonding", F_OK) != 0
    }

    /// The device whose address is the source address towards another one.
    private static func device(to address: SocketAddress) -> String? {
        let fd = linux_udp_socket(address.family)
        if fd < 0 { return nil }
        defer { close(fd) }
        guard address.withKernelAddress({ linux_connect(fd, $0, $1) }) == 0,
            let source = try? Socket.localAddress(fd)
        else { return nil }
        var list: UnsafeMutablePointer<ifaddrs>?
        if getifaddrs(&list) != 0 { return nil }
        defer { freeifaddrs(list) }
        var next = list
        for _ in 0..<Self.deviceLimit {
            guard let entry = next else { return nil }
            if let found = entry.pointee.ifa_addr, Int32(found.pointee.sa_family) == address.family,
                SocketAddress(copying: found, length: source.length).hasHost(of: source)
            {
                return String(cString: entry.pointee.ifa_name)
            }
            next = entry.pointee.ifa_next
        }
        return nil
    }
}

extension SocketAddress {
    /// Whether the address is the same, whatever the port.
    func hasHost(of other: SocketAddress) -> Bool {
        // sin_addr: bytes 4 to 7; sin6_addr: bytes 8 to 23.
        let bytes = self.family == AF_INET ? 4..<8 : 8..<24
        return self.family == other.family
            && withUnsafeBytes(of: self.storage) { mine in
                withUnsafeBytes(of: other.storage) { theirs in mine[bytes].elementsEqual(theirs[bytes]) }
            }
    }
}
