import CLinux
import Kernel

/// The socket calls of the loops: non-blocking, typed errors, nothing allocated.
public enum Socket {
    /// The result of a read or write.
    public enum Transfer {
        /// So many bytes; 0 is the end when reading.
        case bytes(Int)
        /// Nothing now: wait for the next event.
        case wouldBlock
        case failed(Errno)
    }

    /// A non-blocking TCP socket without Nagle's delay that begins to connect. The connect succeeded when the socket
    /// becomes writable and `connectError` is nil.
    public static func connect(to address: SocketAddress) throws(Errno) -> Int32 {
        let fd = try Self.make(address)
        do throws(Errno) {
            try Self.connect(fd, to: address)
        } catch {
            close(fd)
            throw error
        }
        return fd
    }

    /// A non-blocking TCP socket without Nagle's delay, for an address's family.
    static func make(_ address: SocketAddress) throws(Errno) -> Int32 {
        let fd = linux_tcp_socket(address.family)
        if fd < 0 { throw Errno.current }
        let status = Self.set(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if status != 0 { KernelRefusals.note(.noDelay, status: status) }
        return fd
    }

    /// Begins to connect. The caller keeps the socket, whatever the result is.
    static func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) {
        if address.withKernelAddress({ linux_connect(fd, $0, $1) }) == 0 { return }
        let error = Errno.current
        if error.code != EINPROGRESS && error.code != EINTR { throw error }
    }

    /// Whether this machine has a source address and a route for an address. A UDP socket finds out: to connect it
    /// sends nothing, and it needs no TCP port, which may all be in use.
    static func hasSource(for address: SocketAddress) -> Bool {
        let fd = linux_udp_socket(address.family)
        if fd < 0 { return Errno.current.code != EAFNOSUPPORT }
        defer { close(fd) }
        if address.withKernelAddress({ linux_connect(fd, $0, $1) }) == 0 { return true }
        switch Errno.current.code {
        case EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH: return false
        default: return true
        }
    }

    /// The pending error of a socket, such as that of a connect that failed; nil when there is none.
    public static func connectError(_ fd: Int32) -> Errno? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) != 0 { return Errno.current }
        return code == 0 ? nil : Errno(code)
    }

    /// Nanoseconds of a connection's smoothed round-trip time, and since its last acknowledgement, also after its end;
    /// nil where the kernel does not say.
    static func endInfo(_ fd: Int32) -> (roundTrip: UInt64, sinceAcknowledgement: UInt64)? {
        var (roundTrip, lastAcknowledgement): (UInt32, UInt32) = (0, 0)
        if linux_end_info(fd, &roundTrip, &lastAcknowledgement) != 0 { return nil }
        return (UInt64(roundTrip) &* 1_000, UInt64(lastAcknowledgement) &* 1_000_000)
    }

    /// A listening, non-blocking TCP socket. Port 0 picks a free one; see `localAddress`. `sharesPort`: other
    /// sockets of this user may listen on the same port, and the kernel spreads connections over them.
    public static func listen(
        on address: SocketAddress, backlog: Int32, sharesPort: Bool = false
    ) throws(Errno) -> Int32 {
        let fd = linux_tcp_socket(address.family)
        if fd < 0 { throw Errno.current }
        Self.set(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { Self.set(fd, SOL_SOCKET, SO_REUSEPORT, 1) }
        if address.withKernelAddress({ linux_bind(fd, $0, $1) }) != 0 || CLinux.listen(fd, backlog) != 0 {
            let error = Errno.current
            close(fd)
            throw error
        }
        return fd
    }

    /// The next connection of a listener, non-blocking, without Nagle's delay; nil when there is none now.
    public static func accept(_ listener: Int32) throws(Errno) -> Int32? {
        let fd = linux_accept(listener)
        if fd >= 0 {
            Self.set(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            return fd
        }
        let error = Errno.current
        switch error.code {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default: throw error
        }
    }

    /// The address that a socket is bound to.
    public static func localAddress(_ fd: Int32) throws(Errno) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        if linux_local_address(fd, &storage, &length) != 0 { throw Errno.current }
        return SocketAddress(storage: storage, length: length)
    }

    /// Reads into a buffer.
    @inline(__always)
    public static func receive(_ fd: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int)
        -> Transfer
    {
        Self.transfer { linux_receive(fd, buffer, capacity, 0) }
    }

    /// Takes up to `count` bytes off a TCP socket without copying them (tcp(7), MSG_TRUNC).
    @inline(__always)
    public static func discard(_ fd: Int32, _ count: Int) -> Transfer {
        Self.transfer { linux_receive(fd, nil, count, Int32(MSG_TRUNC)) }
    }

    /// Writes. A closed peer is an error, never a signal. `more` holds back a short segment for what follows.
    @inline(__always)
    public static func send(
        _ fd: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int, more: Bool = false
    ) -> Transfer {
        Self.transfer {
            linux_send(fd, bytes, count, Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0))
        }
    }

    /// Ends a connection with a reset instead of a FIN.
    public static func reset(_ fd: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<CLinux.linger>.size))
        close(fd)
    }

    @discardableResult
    private static func set(_ fd: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Int32 {
        var value = value
        return setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Repeats a call that a signal interrupted: it moved nothing.
    @inline(__always)
    static func transfer(_ call: () -> Int) -> Transfer {
        for _ in 0..<interruptedRetryLimit {
            let result = call()
            if result >= 0 { return .bytes(result) }
            let error = Errno.current
            if error.code == EAGAIN { return .wouldBlock }
            if error.code != EINTR { return .failed(error) }
        }
        return .failed(Errno(EINTR))
    }
}
