import CLinux

/// Receiving with the kernel's stamps: for the sampled connections.
extension Socket {
    /// Asks for stamps of what is received from now on. Where the kernel gives none, nothing is stamped.
    static func stampReceives(_ fd: Int32) {
        let status = linux_stamp_receives(fd)
        if status != 0 { KernelRefusals.note(.receiveStamps, status: status) }
    }

    /// The byte of a read whose stamp is asked for; that of the first takes a call more.
    enum Stamped {
        case first, last
    }

    /// Reads into a buffer, or takes bytes off without copying them where there is none. `stamp`: when the first or the
    /// last byte taken came in, in nanoseconds of CLOCK_REALTIME; 0 for none.
    @inline(__always)
    static func receiveStamped(
        _ fd: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int, _ which: Stamped, stamp: inout UInt64
    ) -> Transfer {
        var first: UInt64 = 0
        if which == .first {
            var byte: UInt8 = 0
            let peeked = Self.transfer { linux_receive_stamped(fd, &byte, 1, Int32(MSG_PEEK), &first) }
            // An error is told once, to whoever asks first.
            guard case .bytes(1) = peeked else { return peeked }
        }
        let transfer = Self.transfer {
            linux_receive_stamped(fd, buffer, capacity, buffer == nil ? Int32(MSG_TRUNC) : 0, &stamp)
        }
        if which == .first { stamp = first }
        return transfer
    }
}
