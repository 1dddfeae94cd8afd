import COpenSSL

/// One TLS connection over a non-blocking socket: a plain value that its owner frees, as it closes the socket.
///
/// Calls of one connection may be mixed with those of others on the same transport. Where the socket is watched edge
/// triggered: tell of each readable event with `wake`, then read until `wantsRead`, or look at `holdsBytes` before
/// waiting for the next event. No byte of a request can be sent before `handshake` is `done`.
public struct TLSConnection {
    let ssl: OpaquePointer
    let state: UnsafeMutablePointer<TLSTransport.State>
    let fd: Int32

    /// Over a connected (or connecting) socket, which stays the caller's; nil when OpenSSL has no memory. `resuming`:
    /// a session of the same context to resume, which stays the caller's too.
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
        // One reference for reading and writing, taken over by `ssl`.
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

    /// One that was made before, from its parts.
    @inline(__always)
    init(ssl: OpaquePointer, state: UnsafeMutablePointer<TLSTransport.State>, fd: Int32) {
        self.ssl = ssl
        self.state = state
        self.fd = fd
    }

    /// Gives everything back; the socket is the caller's to close, after it. The last call.
    public func free() {
        TLSTransport.leave(self.state, self.ssl, self.fd)
        // Without this a session that ended without our close_notify could not be resumed (OpenSSL's rule of old).
        if SSL_in_init(self.ssl) == 0 { SSL_set_shutdown(self.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(self.ssl)
    }

    /// An event said that the socket is readable: the next read asks the kernel again. `isEnded`: the event told of
    /// the peer's end as well.
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

    /// Reads plaintext into a buffer: of one record, so at most 16 KiB.
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

    /// Reads up to `count` bytes of plaintext that are not looked at; those of more than one record where they need not
    /// be copied, else through `scratch`, which holds `capacity` bytes.
    @inline(__always)
    func discard(_ count: Int, scratch: UnsafeMutablePointer<UInt8>, capacity: Int) -> TLSTransfer {
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            return TLSReader.read(reader, self.state, into: nil, count)
        }
        return self.read(into: scratch, capacity: min(count, capacity))
    }

    /// Writes plaintext; fewer than `count` bytes may be taken, a record's at most. After `wantsWrite` the same bytes,
    /// with any that follow them, must be written next, from wherever they lie.
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

    /// Tells the peer that nothing follows (close_notify), as far as the socket takes it: one try, no answer awaited.
    public func shutdown() {
        if SSL_in_init(self.ssl) != 0 { return }
        TLSTransport.begin(self.state, self.ssl, self.fd)
        if let reader = self.state.pointee.reader {
            if let stop = reader.pointee.stop, case .failed = stop { return }
            // A second call would read, which is not OpenSSL's here.
            if SSL_get_shutdown(self.ssl) & SSL_SENT_SHUTDOWN != 0 { return }
        }
        if SSL_shutdown(self.ssl) < 0 { ERR_clear_error() }
    }

    /// Received bytes that were not read yet, decrypted or not: no event will tell of them.
    public var holdsBytes: Bool {
        TLSTransport.holdsBytes(self.state, of: self.ssl, self.fd)
    }

    /// Nothing more can be read before the socket's next event.
    @inline(__always)
    var isDry: Bool {
        self.state.pointee.owner == self.ssl && self.state.pointee.isDrained && !self.holdsBytes
    }
}
