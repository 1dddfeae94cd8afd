import CLinux
import Glibc

/// The kernel's receive stamps, switched on. Linux switches them on for the first socket that wants them, and later: a load
/// of milliseconds on a busy machine may be over before. While this object lives, they are on.
final class KernelStamps {
    private let descriptor: Int32

    /// A failed call.
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// Returns once a datagram to itself has brought a stamp.
    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        if descriptor < 0 { throw Failure(call: "socket", code: errno) }
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
                && connect(descriptor, pointer, length) == 0
        }
        if !isReady || linux_stamp_receives(descriptor) != 0 { throw Failure(call: "stamps", code: errno) }
        for _ in 0..<Self.tries {
            var byte: UInt8 = 7
            var stamp: UInt64 = 0
            if send(descriptor, &byte, 1, 0) != 1 { throw Failure(call: "send", code: errno) }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wanted, 1, 100)
            if linux_receive_stamped(descriptor, &byte, 1, 0, &stamp) == 1, stamp > 0 { return }
        }
        throw Failure(call: "no stamp came", code: 0)
    }

    /// Datagrams until the kernel stamps them: each takes microseconds.
    private static let tries = 200_000

    deinit { close(self.descriptor) }
}
