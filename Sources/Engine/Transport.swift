import CLinux
import Kernel

/// A connection in a slot of a worker: a socket, with or without TLS over it. Plain data; the slot's owner closes it.
///
/// The one seam between a worker and the wire: connect, `secure` and `handshake` where there is TLS, then `receive`,
/// `discard` and `send`, then `close`. In clear text each call is the socket's own behind one branch. `tls` is what
/// the worker's connections share; nil where none of them is secured.
struct Transport {
    /// What the TLS connections of one worker share.
    typealias TLSState = UnsafeMutablePointer<TLSTransport.State>

    /// The result of a read or write.
    enum Transfer {
        /// So many bytes, at least one; plaintext with TLS.
        case bytes(Int)
        /// Nothing now: wait for the next event of the socket.
        case wouldBlock
        /// The peer's end; `isClean` is false where TLS missed its close_notify, so that bytes may be missing.
        case ended(isClean: Bool)
        case failed(Failure)
    }

    /// Why a connection cannot be used any more.
    enum Failure {
        case system(Errno)
        case tls(TLSFault)
    }

    /// OpenSSL's side of the connection; nil in clear text.
    var ssl: OpaquePointer?
    /// A TLS session to resume with the next connection; outlives this one. Kept only where resumption was asked for.
    var ticket: TLSSession?
    /// -1: no socket. The last field, so that small fields of the struct around it share its eight bytes.
    var fd: Int32 = -1

    /// The connection has TLS; the handshake may still be in progress.
    @inline(__always)
    var isSecured: Bool { self.ssl != nil }

    /// Takes up to `capacity` bytes; with TLS at most those of one record (16 KiB).
    @inline(__always)
    func receive(_ tls: TLSState?, into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) -> Transfer {
        if self.ssl != nil { return self.read(tls, buffer, capacity) }
        return Self.transfer(Socket.receive(self.fd, buffer, capacity))
    }

    /// Reads and drops up to `count` bytes. In clear text they stay in the kernel; with TLS 1.3 in its buffer; with
    /// OpenSSL's own reader they pass through `scratch`, which holds `capacity` bytes.
    @inline(__always)
    func discard(
        _ tls: TLSState?, _ count: Int, scratch: UnsafeMutablePointer<UInt8>, capacity: Int
    ) -> Transfer {
        if self.ssl != nil { return self.drop(tls, count, scratch, capacity) }
        return Self.transfer(Socket.discard(self.fd, count))
    }

    /// Hands bytes to the kernel, or first to OpenSSL. After `wouldBlock` the next call must begin with the same bytes;
    /// more may follow them.
    @inline(__always)
    func send(_ tls: TLSState?, _ bytes: UnsafePointer<UInt8>, count: Int) -> Transfer {
        if self.ssl != nil { return self.write(tls, bytes, count) }
        switch Socket.send(self.fd, bytes, count) {
        case .bytes(let count): return .bytes(count)
        case .wouldBlock: return .wouldBlock
        case .failed(let error): return .failed(.system(error))
        }
    }

    /// With TLS: nothing more can come before the socket's next event. (In clear text a short read shows that.)
    @inline(never)
    func isDry(_ tls: TLSState?) -> Bool { self.secured(tls)?.isDry ?? true }

    /// An event reported that the socket is readable; `isEnded`: it also reported the peer's end.
    @inline(__always)
    func wake(_ tls: TLSState?, isEnded: Bool) {
        if let secured = self.secured(tls) { secured.wake(isEnded: isEnded) }
    }

    /// The TLS connection; nil in clear text.
    @inline(__always)
    func secured(_ tls: TLSState?) -> TLSConnection? {
        guard let ssl = self.ssl, let tls else { return nil }
        return TLSConnection(ssl: ssl, state: tls, fd: self.fd)
    }

    /// Translates the result of a socket call.
    @inline(__always)
    static func transfer(_ transfer: Socket.Transfer) -> Transfer {
        switch transfer {
        case .bytes(let count): count == 0 ? .ended(isClean: true) : .bytes(count)
        case .wouldBlock: .wouldBlock
        case .failed(let error): .failed(.system(error))
        }
    }

    @inline(never)
    private func read(
        _ tls: TLSState?, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Transfer {
        guard let secured = self.secured(tls) else { return .failed(.system(Errno(EBADF))) }
        return Self.transfer(secured.read(into: buffer, capacity: capacity))
    }

    @inline(never)
    private func drop(
        _ tls: TLSState?, _ count: Int, _ scratch: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Transfer {
        guard let secured = self.secured(tls) else { return .failed(.system(Errno(EBADF))) }
        return Self.transfer(secured.discard(count, scratch: scratch, capacity: capacity))
    }

    @inline(never)
    private func write(_ tls: TLSState?, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Transfer {
        guard let secured = self.secured(tls) else { return .failed(.system(Errno(EBADF))) }
        return Self.transfer(secured.write(bytes, count: count))
    }

    private static func transfer(_ transfer: TLSTransfer) -> Transfer {
        switch transfer {
        case .bytes(let count): .bytes(count)
        case .wantsRead, .wantsWrite: .wouldBlock
        case .ended(let isClean): .ended(isClean: isClean)
        case .failed(let fault):
            fault.kind == .socket
                ? .failed(.system(Errno(Int32(truncatingIfNeeded: fault.code)))) : .failed(.tls(fault))
        }
    }
}

/// Made and ended.
extension Transport {
    /// Begins TLS over the socket. `TLSConnection.handshake` drives the handshake. False: no memory.
    mutating func secure(_ tls: WorkerTLS) -> Bool {
        guard
            let connection = TLSConnection(
                context: tls.context, transport: tls.transport, fd: self.fd, resuming: self.ticket)
        else { return false }
        self.ssl = connection.ssl
        return true
    }

    /// Ends the TLS session where possible, and frees everything except the ticket. `keepsTicket`: keeps the session to
    /// be resumed.
    mutating func close(_ tls: TLSState?, keepsTicket: Bool = false) {
        if let secured = self.secured(tls) {
            // RFC 8446, 6.1: close_notify before the end.
            secured.shutdown()
            if keepsTicket, let session = secured.session() {
                self.ticket?.free()
                self.ticket = session
            }
            secured.free()
            self.ssl = nil
        }
        if self.fd >= 0 { CLinux.close(self.fd) }
        self.fd = -1
    }

    /// The next connection belongs to another visitor.
    mutating func dropTicket() {
        self.ticket?.free()
        self.ticket = nil
    }
}
