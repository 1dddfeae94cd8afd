import CLinux

/// Receiving with the kernel's stamps: for the sampled connections.
extension Socket {
    /// Turns on stamps for what is received from now on. Where the kernel gives none, nothing is stamped.
    static func stampReceives(_ fd: Int32) {
        let status = linux_stamp_receives(fd)
        if status != 0 { KernelRefusals.note(.receiveStamps, status: status) }
    }

    /// Which byte's stamp a read returns. That of the first byte takes one more call.
    enum Stamped {
        case first, last
    }

    /// Reads into a buffer, or without one takes bytes off and does not copy them. `stamp`: when the first or the last
    /// byte arrived, in nanoseconds of CLOCK_REALTIME; 0 for none.
    @inline(__always)
    static func receiveStamped(
        _ fd: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int, _ which: Stamped, stamp: inout UInt64
    ) -> Transfer {
        var first: UInt64 = 0
        if which == .first {
            var byte: UInt8 = 0
            let peeked = Self.transfer { linux_receive_stamped(fd, &byte, 1, Int32(MSG_PEEK), &first) }
            // The kernel reports an error once, to the first call.
            guard case .bytes(1) = peeked else { return peeked }
        }
        let transfer = Self.transfer {
            linux_receive_stamped(fd, buffer, capacity, buffer == nil ? Int32(MSG_TRUNC) : 0, &stamp)
        }
        if which == .first { stamp = first }
        return transfer
    }
}
