import COpenSSL

/// One TLS connection over a non-blocking socket: a plain value. Its owner frees it, and closes the socket.
///
/// Calls of several connections on one transport may be mixed. Where the socket is watched edge triggered: report each
/// readable event with `wake`, then read until `wantsRead`, or check `holdsBytes` before waiting for the next event. No
/// byte of a request can be sent before `handshake` returns `done`.
public struct TLSConnection {
    let ssl: OpaquePointer
    let state: UnsafeMutablePointer<TLSTransport.State>
    let fd: Int32

    /// Starts on a connected (or connecting) socket, which stays the caller's; nil when OpenSSL has no memory.
    /// `resuming`: a session of the same context to resume, which stays the caller's, too.
    public init?(
        context: TLSContext, transport: TLSTransport, fd: Int32, resuming session: TLSSession? = nil
    ) {
        guard let ssl = SSL_new(context.pointer) else {
            ERR_clear_error()
            return nil
        }
        self.ssl = ssl
        self.state = transport.state
        self.fd = fd
        // `ssl` takes over one reference for reading and writing.
        BIO_up_ref(transport.bio)
        SSL_set_bio(ssl, transport.bio, transport.bio)
        if context.isServer {
            SSL_set_accept_state(ssl)
            return
        }
        SSL_set_connect_state(ssl)
        let isNamed = context.serverName.map { openssl_set_server_name(ssl, $0) == 1 } ?? true
        let isResuming = session.map { SSL_set_session(ssl, $0.pointer) == 1 } ?? true
        if !isNamed || !isResuming {
            ERR_clear_error()
            SSL_free(ssl)
            return nil
        }
    }

    /// A connection that exists already, from its parts.
    @inline(__always)
    init(ssl: OpaquePointer, state: UnsafeMutablePointer<TLSTransport.State>, fd: Int32) {
        self.ssl = ssl
        self.state = state
        self.fd = fd
    }

    /// Frees everything except the socket, which the caller closes afterwards. The last call.
    public func free() {
        TLSTransport.leave(self.state, self.ssl, self.fd)
        // OpenSSL refuses to resume a session that ended without our close_notify, unless this is set.
        if SSL_in_init(self.ssl) == 0 { SSL_set_shutdown(self.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(self.ssl)
    }

    /// An event reported that the socket is readable: the next read calls the kernel again. `isEnded`: the event also
    /// reported the peer's end.
    @inline(__always)
    public func wake(isEnded: Bool = false) {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        self.state.pointee.isDrained = false
        self.state.pointee.expectsEnd = isEnded
    }

    /// Goes on with the handshake as far as it can.
    public func handshake() -> TLSProgress {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        self.state.pointee.isDrained = false
        let result = SSL_do_handshake(self.ssl)
        if result == 1 {
            if self.negotiatedProtocol == nil && TLSContext.requiresProtocol(self.ssl) {
                return .failed(TLSFault(.protocolMismatch))
            }
            TLSTransport.takeOver(self.state, self.ssl, self.fd)
            return .done
        }
        switch self.stop(result, isShaking: true) {
        case .wantsWrite: return .wantsWrite
        case .failed(let fault): return .failed(fault)
        case .ended: return .failed(TLSFault(.endInHandshake))
        case .wantsRead, .bytes: return .wantsRead
        }
    }

    /// Reads plaintext of one record into a buffer, so at most 16 KiB.
    @inline(__always)
    public func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) -> TLSTransfer {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            return TLSReader.read(reader, self.state, into: buffer, capacity)
        }
        var count = 0
        if SSL_read_ex(self.ssl, buffer, capacity, &count) == 1 { return .bytes(count) }
        return self.stop(0, isShaking: false)
    }

    /// Reads and drops up to `count` bytes of plaintext. Where they need not be copied they may be of more than one
    /// record; else they go through `scratch`, which holds `capacity` bytes.
    @inline(__always)
    func discard(_ count: Int, scratch: UnsafeMutablePointer<UInt8>, capacity: Int) -> TLSTransfer {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            return TLSReader.read(reader, self.state, into: nil, count)
        }
        return self.read(into: scratch, capacity: min(count, capacity))
    }

    /// Writes plaintext. It may take fewer than `count` bytes, and at most one record. After `wantsWrite` the next
    /// write must begin with the same bytes, which may lie elsewhere and have more behind them.
    @inline(__always)
    public func write(_ bytes: UnsafePointer<UInt8>, count: Int) -> TLSTransfer {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            // After an alert nothing is sent any more (RFC 8446, 6.2).
            if let stop = reader.pointee.stop, case .failed = stop { return stop }
            reader.pointee.payUpdate()
        }
        var written = 0
        if SSL_write_ex(self.ssl, bytes, count, &written) == 1 { return .bytes(written) }
        return self.stop(0, isShaking: false)
    }

    /// Sends close_notify as far as the socket takes it: one try, without waiting for an answer.
    public func shutdown() {
        if SSL_in_init(self.ssl) != 0 { return }
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            if let stop = reader.pointee.stop, case .failed = stop { return }
            // A second call would read, and here OpenSSL does not read.
            if SSL_get_shutdown(self.ssl) & SSL_SENT_SHUTDOWN != 0 { return }
        }
        if SSL_shutdown(self.ssl) < 0 { ERR_clear_error() }
    }

    /// There are received bytes, decrypted or not, that were not read yet. No event will report them.
    public var holdsBytes: Bool {
        TLSTransport.holdsBytes(self.state, of: self.ssl, self.fd)
    }

    /// Nothing more can be read before the socket's next event.
    @inline(__always)
    var isDry: Bool {
        self.state.pointee.owner == self.ssl && self.state.pointee.isDrained && !self.holdsBytes
    }
}
