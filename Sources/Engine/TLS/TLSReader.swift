import CLinux
import COpenSSL

/// The read side of a TLS 1.3 connection after OpenSSL has made the handshake and verified the certificate.
///
/// Records are decrypted and verified where recv(2) left them (RFC 8446, 5.2), with OpenSSL's ciphers, so a body that
/// is only counted is never copied. OpenSSL's own reader copies each record twice, and takes and returns a buffer for
/// it. Records that are no application data are handled here as well: tickets are dropped, a KeyUpdate changes the
/// keys, alerts end the connection. OpenSSL still writes. An illegal record is passed to OpenSSL. It refuses the record
/// too, as it counts records from zero, and sends an alert: bad_record_mac for a record that was opened before.
struct TLSReader {
    /// The largest record: 2^14 bytes, its type, the tag, and the most that padding may add (RFC 8446, 5.2).
    static let longestRecord = 16_384 + 256
    private static let longestContent = 16_384
    private static let headerBytes = 5
    private static let tagBytes = 16
    /// Records in a row that bring no data: tickets, key updates, empty ones.
    private static let idleRecordLimit = 32
    /// Most bytes of a ticket message; those of OpenSSL's servers have a few hundred.
    private static let ticketLimit = 1 << 17

    /// Cipher suites of TLS 1.3 (RFC 8446, B.4) with the key and tag lengths that are expected here.
    private enum Suite {
        static let aes128: UInt16 = 0x1301
        static let aes256: UInt16 = 0x1302
        static let chacha20: UInt16 = 0x1303
    }
    private enum Content {
        static let alert: UInt8 = 21
        static let handshake: UInt8 = 22
        static let data: UInt8 = 23
    }
    private enum Message {
        static let ticket: UInt8 = 4
        static let keyUpdate: UInt8 = 24
    }
    private enum Alert {
        static let closeNotify: UInt8 = 0
        static let userCanceled: UInt8 = 90
    }

    /// The connection that owns this reader: descriptors are used again.
    let ssl: OpaquePointer
    /// EVP_CIPHER_CTX of OpenSSL.
    private let cipher: OpaquePointer
    /// Owned by the transport.
    private let hash: TLSHash
    private let keyBytes: Int
    private var secret: TLSSecret
    private var iv: (UInt32, UInt64) = (0, 0)
    /// Number of the next record under these keys.
    private var sequence: UInt64 = 0
    private var idleRecords = 0
    /// The head of a handshake message: how many of its four bytes came, and how many bytes of the message are still to
    /// come.
    private var messageHead: UInt32 = 0
    private var messageHeadCount = 0
    private var messageLeft = 0
    /// The peer requested a change of our keys. It comes before our next write: one change for all requests until then
    /// (RFC 8446, 4.6.3).
    private var owesUpdate = false
    /// Why nothing more is read.
    private(set) var stop: TLSTransfer?
    /// Bytes that had to leave the transport's buffer, and whether any of them can be read.
    var parked: UnsafeMutableRawPointer?
    var parkedHolds = false

    /// Takes the reading over from OpenSSL, right after the handshake, with the transport's hashes. Nil for an unknown
    /// cipher suite.
    init?(_ ssl: OpaquePointer, secret: TLSSecret, _ hashes: (sha256: TLSHash, sha384: TLSHash)) {
        let kind: OpaquePointer?
        switch SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl)) {
        case Suite.aes128: (kind, self.keyBytes, self.hash) = (TLSLibrary.aes128, 16, hashes.sha256)
        case Suite.aes256: (kind, self.keyBytes, self.hash) = (TLSLibrary.aes256, 32, hashes.sha384)
        case Suite.chacha20: (kind, self.keyBytes, self.hash) = (TLSLibrary.chacha20, 32, hashes.sha256)
        default: return nil
        }
        guard let kind, secret.count == self.hash.count, let cipher = EVP_CIPHER_CTX_new() else { return nil }
        self.ssl = ssl
        self.cipher = cipher
        self.secret = secret
        if EVP_DecryptInit_ex(cipher, kind, nil, nil, nil) != 1 || !self.setKeys() {
            EVP_CIPHER_CTX_free(cipher)
            return nil
        }
    }

    /// Frees everything.
    mutating func free() {
        EVP_CIPHER_CTX_free(self.cipher)
        self.secret.wipe()
        self.parked?.deallocate()
        self.parked = nil
    }

    /// Sets key and IV from the secret (RFC 8446, 7.3).
    private mutating func setKeys() -> Bool {
        defer { self.hash.forgetKey() }
        var key: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var iv: (UInt32, UInt32, UInt32) = (0, 0, 0)
        let length = self.keyBytes
        let isDone = withUnsafeMutableBytes(of: &key) { bytes in
            defer { OPENSSL_cleanse(bytes.baseAddress, bytes.count) }
            let key = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(length))
            let first = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return self.secret.expand("key", self.hash, into: key)
                && EVP_DecryptInit_ex(self.cipher, nil, nil, first, nil) == 1
        }
        guard isDone else { return false }
        let hasIV = withUnsafeMutableBytes(of: &iv) { self.secret.expand("iv", self.hash, into: $0) }
        self.iv.0 = UInt32(bigEndian: iv.0)
        self.iv.1 = UInt64(UInt32(bigEndian: iv.1)) << 32 | UInt64(UInt32(bigEndian: iv.2))
        withUnsafeMutableBytes(of: &iv) { OPENSSL_cleanse($0.baseAddress, $0.count) }
        self.sequence = 0
        return hasIV
    }

    /// Decrypts a record in place and checks its tag. Returns the bytes of its content with type and padding; nil where
    /// the record is not the peer's, or is out of order.
    private mutating func open(_ record: UnsafeMutablePointer<UInt8>, _ length: Int) -> Int? {
        let body = record + Self.headerBytes
        let count = length &- Self.tagBytes
        // RFC 8446, 5.3: the number of the record, over the last eight bytes of the IV.
        var nonce = (self.iv.0.bigEndian, UInt32(0), UInt32(0))
        let number = self.iv.1 ^ self.sequence
        nonce.1 = UInt32(truncatingIfNeeded: number >> 32).bigEndian
        nonce.2 = UInt32(truncatingIfNeeded: number).bigEndian
        var written: Int32 = 0
        let isSet = withUnsafeBytes(of: &nonce) {
            EVP_DecryptInit_ex(self.cipher, nil, nil, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self)) == 1
        }
        guard isSet, EVP_CIPHER_CTX_ctrl(self.cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), body + count) == 1,
            EVP_DecryptUpdate(self.cipher, nil, &written, record, Int32(Self.headerBytes)) == 1,
            EVP_DecryptUpdate(self.cipher, body, &written, body, Int32(truncatingIfNeeded: count)) == 1,
            EVP_DecryptFinal_ex(self.cipher, body + count, &written) == 1
        else { return nil }
        self.sequence &+= 1
        return count
    }

    // MARK: What is no data

    /// Goes through the bytes of handshake messages, which may be split anywhere; false for a message that is not
    /// allowed.
    private mutating func takeMessages(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        while at < bytes.count {
            if self.messageHeadCount < 4 {
                self.messageHead = self.messageHead << 8 | UInt32(bytes[at])
                self.messageHeadCount += 1
                at += 1
                if self.messageHeadCount < 4 { continue }
                self.messageLeft = Int(self.messageHead & 0xFF_FFFF)
                switch UInt8(self.messageHead >> 24) {
                case Message.ticket: if self.messageLeft == 0 || self.messageLeft > Self.ticketLimit { return false }
                case Message.keyUpdate: if self.messageLeft != 1 { return false }
                default: return false
                }
            } else if UInt8(self.messageHead >> 24) == Message.keyUpdate {
                // Nothing may follow a KeyUpdate under the old keys (RFC 8446, 5.1).
                if at + 1 != bytes.count { return false }
                self.messageHeadCount = 0
                return self.updateKeys(asked: bytes[at])
            } else {
                let count = min(self.messageLeft, bytes.count - at)
                at += count
                self.messageLeft -= count
                if self.messageLeft == 0 { self.messageHeadCount = 0 }
            }
        }
        return true
    }

    /// Switches to the next keys; `asked`: 1 where the peer wants the keys of this side changed, too.
    private mutating func updateKeys(asked: UInt8) -> Bool {
        guard asked <= 1, var next = self.secret.next(self.hash) else { return false }
        self.secret = next
        next.wipe()
        if asked == 1 { self.owesUpdate = true }
        return self.setKeys()
    }

    /// Before a write: makes OpenSSL change our keys, if the peer requested it. In the middle of a record that waits
    /// for the write after it.
    mutating func payUpdate() {
        if !self.owesUpdate { return }
        if SSL_key_update(self.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 {
            self.owesUpdate = false
        } else {
            ERR_clear_error()
        }
    }

    /// The meaning of an alert; nil for one to ignore.
    private static func transfer(ofAlert alert: UInt8) -> TLSTransfer? {
        switch alert {
        case Alert.closeNotify: .ended(isClean: true)
        case Alert.userCanceled: nil
        default: .failed(TLSConnection.fault(ofAlert: Int32(alert)))
        }
    }
}

/// Reading.
extension TLSReader {
    typealias State = UnsafeMutablePointer<TLSTransport.State>

    /// Reads up to `count` bytes of data into a buffer. Without a buffer it drops them, then also from several records.
    static func read(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State,
        into buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
    ) -> TLSTransfer {
        if state.pointee.plainStart == state.pointee.plainEnd, let stop = Self.next(reader, state) { return stop }
        var taken = Self.take(state, into: buffer, count)
        // Each pass takes a record off a buffer that holds a few thousand at most.
        while buffer == nil, taken < count, Self.hasRecord(state) {
            // The next call reports what stops here.
            if Self.next(reader, state) != nil { break }
            taken &+= Self.take(state, into: nil, count &- taken)
        }
        return .bytes(taken)
    }

    @inline(__always)
    private static func take(_ state: State, into buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
        let taken = min(count, state.pointee.plainEnd &- state.pointee.plainStart)
        if let buffer { memcpy(buffer, state.pointee.bytes + state.pointee.plainStart, taken) }
        state.pointee.plainStart &+= taken
        return taken
    }

    /// Opens the next record with data; nil once there is data.
    private static func next(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State
    ) -> TLSTransfer? {
        if let stop = reader.pointee.stop { return stop }
        for _ in 0...Self.idleRecordLimit {
            if let stop = Self.awaitRecord(reader, state) { return stop }
            let start = state.pointee.start
            let length = Self.length(state)
            guard let count = reader.pointee.open(state.pointee.bytes + start, length) else {
                return Self.refuse(reader, state)
            }
            let content = UnsafeBufferPointer(start: state.pointee.bytes + start + Self.headerBytes, count: count)
            state.pointee.start = start &+ Self.headerBytes &+ length
            // The type is the last byte that is not padding.
            var end = count
            while end > 0 && content[end &- 1] == 0 { end &-= 1 }
            if end == 0 || end > Self.longestContent + 1 { return Self.refuse(reader, state, from: start) }
            let isRight: Bool
            switch content[end &- 1] {
            case Content.data:
                isRight = reader.pointee.messageHeadCount == 0
                if isRight && end > 1 {
                    reader.pointee.idleRecords = 0
                    state.pointee.plainStart = start &+ Self.headerBytes
                    state.pointee.plainEnd = state.pointee.plainStart &+ end &- 1
                    return nil
                }
            case Content.handshake:
                let messages = UnsafeBufferPointer(rebasing: content[..<(end - 1)])
                isRight = end > 1 && reader.pointee.takeMessages(messages)
            case Content.alert:
                isRight = end == 3
                if isRight, let stop = Self.transfer(ofAlert: content[1]) {
                    reader.pointee.stop = stop
                    return stop
                }
            default: isRight = false
            }
            reader.pointee.idleRecords += 1
            if !isRight || reader.pointee.idleRecords > Self.idleRecordLimit {
                return Self.refuse(reader, state, from: start)
            }
        }
        return Self.refuse(reader, state)
    }

    /// Length of the record at the start of the buffer, without its header.
    @inline(__always)
    private static func length(_ state: State) -> Int {
        let header = state.pointee.bytes + state.pointee.start
        return Int(header[3]) << 8 | Int(header[4])
    }

    /// Whether the start of the buffer, at least five bytes, is no header of a data record.
    @inline(__always)
    private static func isMalformed(_ state: State) -> Bool {
        state.pointee.bytes[state.pointee.start] != Content.data || Self.length(state) > Self.longestRecord
    }

    /// Whether the buffer holds a record: a whole one, or one that its header gets refused.
    @inline(__always)
    static func hasRecord(_ state: State) -> Bool {
        let available = state.pointee.end &- state.pointee.start
        if available < Self.headerBytes { return false }
        return available >= Self.headerBytes &+ Self.length(state) || Self.isMalformed(state)
    }

    /// Receives until the buffer holds a whole record; nil once it does.
    private static func awaitRecord(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State
    ) -> TLSTransfer? {
        // Each pass receives at least a byte, or ends.
        while true {
            if Self.hasRecord(state) {
                // A record has at least a type and a tag.
                let isRecord = !Self.isMalformed(state) && Self.length(state) > Self.tagBytes
                return isRecord ? nil : Self.refuse(reader, state)
            }
            if TLSTransport.receiveMore(state) { continue }
            if state.pointee.error != 0 {
                reader.pointee.stop = .failed(TLSFault(.socket, code: UInt(state.pointee.error)))
            } else if state.pointee.isEnded {
                reader.pointee.stop = .ended(isClean: false)
            }
            return reader.pointee.stop ?? .wantsRead
        }
    }

    /// Ends the connection for the record at `from`, or at the buffer's start.
    @inline(never)
    private static func refuse(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State, from: Int? = nil
    ) -> TLSTransfer {
        if let from { state.pointee.start = from }
        ERR_clear_error()
        var byte: UInt8 = 0
        var count = 0
        let isTaken = SSL_read_ex(reader.pointee.ssl, &byte, 1, &count) == 1
        let code = isTaken ? 0 : ERR_peek_error()
        ERR_clear_error()
        state.pointee.start = state.pointee.end
        let stop = TLSTransfer.failed(TLSFault(.record, code: code))
        reader.pointee.stop = stop
        return stop
    }
}
