import CLinux
import COpenSSL
import Kernel

/// Carries the ciphertext of all connections of one thread to OpenSSL and back: one BIO, one receive buffer.
///
/// One recv(2) takes what is there, and OpenSSL takes from it what it needs. A partial record waits in OpenSSL's own
/// buffer, which OpenSSL frees when it is empty. So a waiting connection holds no buffer. Where a connection reads its
/// own records (`TLSReader`), they are decrypted in this buffer. Bytes that are left when another connection has its
/// turn are parked with their connection. One thread owns a transport and its connections, which must be freed before
/// it.
public final class TLSTransport {
    /// Ciphertext taken in one call: four records of the largest size.
    public static let receiveBytes = 65_536

    /// What the BIO's callbacks work on.
    struct State {
        /// The connection that has its turn, and its socket.
        var owner: OpaquePointer?
        var fd: Int32 = -1
        /// The errno of a failed call in this operation; 0: none failed.
        var error: Int32 = 0
        /// This operation met the end of the stream.
        var isEnded = false
        /// A short read has emptied the socket: nothing comes before the next event.
        var isDrained = false
        /// The event also reported the end, for which no further event comes.
        var expectsEnd = false
        /// Received and not yet taken by OpenSSL, or by the owner's reader.
        var start = 0
        var end = 0
        /// Decrypted in the buffer and not read yet.
        var plainStart = 0
        var plainEnd = 0
        /// The owner's reader; nil where OpenSSL reads.
        var reader: UnsafeMutablePointer<TLSReader>?
        /// The readers of all connections, by socket.
        var readers: UnsafeMutablePointer<UnsafeMutablePointer<TLSReader>?>?
        var readersCapacity = 0
        /// The secret that the server encrypts its data with, on the connection with this SSL, once the handshake has
        /// it.
        var secret: TLSSecret?
        var secretOwner: OpaquePointer?
        /// For the keys of the readers; nil before the first.
        var hashes: (sha256: TLSHash, sha384: TLSHash)?
        var bytes: UnsafeMutablePointer<UInt8>
        /// Connections that have bytes parked.
        var parkedCount = 0
        /// Which byte of the owner's receives is to be stamped; nil: none.
        var stamps: Socket.Stamped?
        /// When the kernel got that byte of the last receive, and the clocks right after it; 0: not known, or taken.
        var stamp: UInt64 = 0
        var reading = ClockReading.none
        /// How long the bytes that the owner received last had waited; `Sampling.none` where that is not known.
        var delay = Sampling.none
        /// When they arrived, where the delay is known.
        var arrivedAt: UInt64 = 0
        /// All bytes of all connections, as they passed the sockets.
        var received: UInt64 = 0
        var sent: UInt64 = 0
        /// Why a certificate was refused last, and which one of the chain it was.
        var verifyError: Int32 = 0
        var refused: OpaquePointer?
    }

    let bio: OpaquePointer
    let state: UnsafeMutablePointer<State>

    /// Makes the BIO and the buffer.
    public init() throws(TLSSetupError) {
        guard let method = Self.method, let bio = BIO_new(method) else {
            throw .library(what: "a BIO", reason: TLSErrorQueue.takeReason())
        }
        self.bio = bio
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: State(bytes: .allocate(capacity: Self.receiveBytes)))
        BIO_set_data(bio, self.state)
        BIO_set_init(bio, 1)
    }

    deinit {
        BIO_free(self.bio)
        self.forgetRefused()
        self.state.pointee.bytes.deallocate()
        self.state.pointee.readers?.deallocate()
        self.state.pointee.hashes?.sha256.free()
        self.state.pointee.hashes?.sha384.free()
        self.state.deallocate()
    }

    /// Bytes of ciphertext received so far, on all connections.
    public var received: UInt64 { self.state.pointee.received }
    /// Bytes of ciphertext sent so far, on all connections.
    public var sent: UInt64 { self.state.pointee.sent }

    /// Drops the certificate that was kept for its sentence.
    func forgetRefused() {
        X509_free(self.state.pointee.refused)
        self.state.pointee.refused = nil
    }

    /// The state of the transport that carries a connection.
    private static func state(of ssl: OpaquePointer) -> UnsafeMutablePointer<State>? {
        BIO_get_data(SSL_get_rbio(ssl))?.assumingMemoryBound(to: State.self)
    }

    /// OpenSSL calls this when it refuses a certificate of a chain. The connection keeps no other trace of it.
    static func keepVerifyFailure(_ store: OpaquePointer) {
        let index = SSL_get_ex_data_X509_STORE_CTX_idx()
        guard let ssl = X509_STORE_CTX_get_ex_data(store, index) else { return }
        guard let state = Self.state(of: OpaquePointer(ssl)) else { return }
        state.pointee.verifyError = X509_STORE_CTX_get_error(store)
        let certificate = X509_STORE_CTX_get_current_cert(store)
        if let certificate { X509_up_ref(certificate) }
        X509_free(state.pointee.refused)
        state.pointee.refused = certificate
    }

    /// Makes OpenSSL report the secret that readers need: the one that the server's data is encrypted with.
    ///
    /// OpenSSL reports secrets as lines of a key log (draft-ietf-tls-keylogfile). The five lines of a handshake cost it
    /// as much as all keys that it derives from them. So the log is on only around the server's Finished, which that
    /// secret comes with. The log belongs to the context, whose connections are all on one thread. A connection whose
    /// Finished came in parts may lose its secret to another connection; then OpenSSL reads it.
    static func keepSecrets(of context: OpaquePointer) {
        SSL_CTX_set_info_callback(context) { ssl, event, _ in
            // OpenSSL calls this before the state changes: the next message is the server's Finished. States have other
            // numbers in other releases of OpenSSL 3, but the same names.
            guard let ssl, event == SSL_CB_CONNECT_LOOP, let state = SSL_state_string(ssl),
                strcmp(state, "TRSCV") == 0
            else { return }
            SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl), TLSTransport.keepSecret)
        }
    }

    private static let keepSecret: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void = { ssl, line in
        guard let ssl, let line, let state = TLSTransport.state(of: ssl) else { return }
        let bytes = UnsafeRawPointer(line).assumingMemoryBound(to: UInt8.self)
        let words = UnsafeBufferPointer(start: bytes, count: strlen(line))
        guard words.starts(with: "SERVER_TRAFFIC_SECRET_0 ".utf8), let space = words.lastIndex(of: UInt8(ascii: " "))
        else { return }
        SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl), nil)
        state.pointee.secret = TLSSecret(hexadecimal: UnsafeBufferPointer(rebasing: words[(space + 1)...]))
        state.pointee.secretOwner = ssl
    }

    /// One for the process: made once, read only, never freed.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(openssl_bio_type(), "headroom") else { return nil }
        BIO_meth_set_read_ex(method) { bio, into, wanted, count in
            guard let bio, let into, let count, let data = BIO_get_data(bio) else { return 0 }
            openssl_bio_clear_retry(bio)
            let state = data.assumingMemoryBound(to: State.self)
            let taken = TLSTransport.take(state, into, wanted)
            if taken == 0 {
                if state.pointee.error == 0 && !state.pointee.isEnded { openssl_bio_retry_read(bio) }
                return 0
            }
            count.pointee = taken
            return 1
        }
        BIO_meth_set_write_ex(method) { bio, bytes, length, count in
            guard let bio, let bytes, let count, let data = BIO_get_data(bio) else { return 0 }
            openssl_bio_clear_retry(bio)
            let state = data.assumingMemoryBound(to: State.self)
            let sent = TLSTransport.give(state, bytes, length)
            if sent == 0 {
                if state.pointee.error == 0 { openssl_bio_retry_write(bio) }
                return 0
            }
            count.pointee = sent
            return 1
        }
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH, BIO_CTRL_DUP: return 1
            case BIO_CTRL_EOF:
                guard let data = BIO_get_data(bio) else { return 1 }
                return data.assumingMemoryBound(to: State.self).pointee.isEnded ? 1 : 0
            default: return 0
            }
        }
        return method
    }()

    /// Gives OpenSSL up to `wanted` bytes; 0: nothing now, the end, or an error, as the state shows.
    private static func take(
        _ state: UnsafeMutablePointer<State>, _ into: UnsafeMutablePointer<CChar>, _ wanted: Int
    ) -> Int {
        if state.pointee.start == state.pointee.end && !Self.receiveMore(state) { return 0 }
        let count = min(wanted, state.pointee.end &- state.pointee.start)
        memcpy(into, state.pointee.bytes + state.pointee.start, count)
        state.pointee.start &+= count
        return count
    }

    /// Receives behind what is left in the buffer, which is less than a record; false: nothing came.
    static func receiveMore(_ state: UnsafeMutablePointer<State>) -> Bool {
        if state.pointee.isDrained { return false }
        state.pointee.delay = Sampling.none
        let left = state.pointee.end &- state.pointee.start
        if state.pointee.start > 0 {
            if left > 0 { memmove(state.pointee.bytes, state.pointee.bytes + state.pointee.start, left) }
            state.pointee.start = 0
            state.pointee.end = left
        }
        let capacity = Self.receiveBytes &- left
        let transfer =
            if let which = state.pointee.stamps { Self.receiveStamped(state, capacity, which) } else {
                Self.receivePlain(state, capacity)
            }
        switch transfer {
        case .bytes(0):
            state.pointee.isEnded = true
            return false
        case .bytes(let count):
            state.pointee.end = left &+ count
            state.pointee.received &+= UInt64(count)
            state.pointee.isDrained = count < capacity && !state.pointee.expectsEnd
            return true
        case .wouldBlock:
            state.pointee.isDrained = true
            return false
        case .failed(let error):
            state.pointee.error = error.code
            return false
        }
    }

    @inline(__always)
    private static func receivePlain(_ state: UnsafeMutablePointer<State>, _ capacity: Int) -> Socket.Transfer {
        Socket.receive(state.pointee.fd, state.pointee.bytes + state.pointee.end, capacity)
    }

    @inline(never)
    private static func receiveStamped(
        _ state: UnsafeMutablePointer<State>, _ capacity: Int, _ which: Socket.Stamped
    ) -> Socket.Transfer {
        let transfer = Socket.receiveStamped(
            state.pointee.fd, state.pointee.bytes + state.pointee.end, capacity, which, stamp: &state.pointee.stamp)
        // Read before the bytes are decrypted: the time for that is not part of the wait.
        if state.pointee.stamp != 0 { state.pointee.reading = .now() }
        return transfer
    }

    private static func give(
        _ state: UnsafeMutablePointer<State>, _ bytes: UnsafePointer<CChar>, _ length: Int
    ) -> Int {
        let start = UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
        switch Socket.send(state.pointee.fd, start, length) {
        case .bytes(let count):
            state.pointee.sent &+= UInt64(count)
            return count
        case .wouldBlock: return 0
        case .failed(let error):
            state.pointee.error = error.code
            return 0
        }
    }
}
