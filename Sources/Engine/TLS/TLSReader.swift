import CLinux
import COpenSSL

/// The read side of a TLS 1.3 connection once OpenSSL has made the handshake and verified the certificate.
///
/// Records are decrypted and verified where recv(2) left them (RFC 8446, 5.2), by the ciphers of OpenSSL; a body that
/// nobody looks at is not copied once. OpenSSL's own reader copies each record twice, and takes and returns a buffer
/// for it. What is no application data is seen to here as well: tickets are dropped, a KeyUpdate changes the keys,
/// alerts end the connection. Writing stays OpenSSL's. A record that has no right to be is shown to OpenSSL, which
/// refuses it too, as it counts records from zero, and sends an alert: bad_record_mac for what was opened before.
struct TLSReader {
    /// The largest record: 2^14 bytes, its type, the tag, and what padding may add (RFC 8446, 5.2).
    static let longestRecord = 16_384 + 256
    private static let longestContent = 16_384
    private static let headerBytes = 5
    private static let tagBytes = 16
    /// Records in a row that bring no data: tickets, key updates, empty ones.
    private static let idleRecordLimit = 32
    /// Bytes of a ticket's message at most; what OpenSSL's servers send has some hundred.
    private static let ticketLimit = 1 << 17

    /// Of TLS 1.3 (RFC 8446, B.4), with keys and tags of the length that is expected here.
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

    /// Whose it is: descriptors are used again.
    let ssl: OpaquePointer
    /// EVP_CIPHER_CTX of OpenSSL.
    private let cipher: OpaquePointer
    /// The transport's.
    private let hash: TLSHash
    private let keyBytes: Int
    private var secret: TLSSecret
    private var iv: (UInt32, UInt64) = (0, 0)
    /// Of the next record under these keys.
    private var sequence: UInt64 = 0
    private var idleRecords = 0
    /// The head of a handshake message: so many of its four bytes, and of what follows them so many to come.
    private var messageHead: UInt32 = 0
    private var messageHeadCount = 0
    private var messageLeft = 0
    /// The peer asked for a change of our keys, which comes before our next write: one for all that it asked for until
    /// then (RFC 8446, 4.6.3).
    private var owesUpdate = false
    /// Why nothing more is read.
    private(set) var stop: TLSTransfer?
    /// What had to leave the transport's buffer, and whether there is something to read in it.
    var parked: UnsafeMutableRawPointer?
    var parkedHolds = false

    /// Takes the reading over from OpenSSL, right after the handshake, with the hashes of the transport. Nil for a
    /// cipher suite that is not known here.
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

    /// Gives everything back.
    mutating func free() {
        EVP_CIPHER_CTX_free(self.cipher)
        self.secret.wipe()
        self.parked?.deallocate()
        self.parked = nil
    }

    /// Key and IV of the secret (RFC 8446, 7.3).
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

    /// Decrypts a record in place and checks its tag; the bytes of its content with type and padding, nil where it is
    /// not of the peer, or not in its order.
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

    /// Goes through the bytes of handshake messages, which may be cut anywhere; false: one that may not be.
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
                // Nothing may follow it under the old keys (RFC 8446, 5.1).
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

    /// The next keys; `asked`: 1 where the peer wants those of this side changed, too.
    private mutating func updateKeys(asked: UInt8) -> Bool {
        guard asked <= 1, var next = self.secret.next(self.hash) else { return false }
        self.secret = next
        next.wipe()
        if asked == 1 { self.owesUpdate = true }
        return self.setKeys()
    }

    /// Before a write: has OpenSSL change our keys, where the peer asked for it. Not in the middle of a record: then
    /// the write after it.
    mutating func payUpdate() {
        if !self.owesUpdate { return }
        if SSL_key_update(self.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 {
            self.owesUpdate = false
        } else {
            ERR_clear_error()
        }
    }

    /// What an alert means; nil for one to be passed over.
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

    /// Up to `count` bytes of data: into a buffer, or past one where it is nil, then also of several records.
    static func read(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State,
        into buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
    ) -> TLSTransfer {
        if state.pointee.plainStart == state.pointee.plainEnd, let stop = Self.next(reader, state) { return stop }
        var taken = Self.take(state, into: buffer, count)
        // Each pass takes a record off a buffer that holds some thousand at most.
        while buffer == nil, taken < count, Self.hasRecord(state) {
            // What stops here is told by the next call.
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

    /// Opens the next record with data; nil once there is some.
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

    /// Bytes behind the header of the record that begins the buffer.
    @inline(__always)
    private static func length(_ state: State) -> Int {
        let header = state.pointee.bytes + state.pointee.start
        return Int(header[3]) << 8 | Int(header[4])
    }

    /// What begins the buffer, five bytes at least, is no header of a record of data.
    @inline(__always)
    private static func isMalformed(_ state: State) -> Bool {
        state.pointee.bytes[state.pointee.start] != Content.data || Self.length(state) > Self.longestRecord
    }

    /// A record lies in the buffer, whole or refused by its header.
    @inline(__always)
    static func hasRecord(_ state: State) -> Bool {
        let available = state.pointee.end &- state.pointee.start
        if available < Self.headerBytes { return false }
        return available >= Self.headerBytes &+ Self.length(state) || Self.isMalformed(state)
    }

    /// Receives until a whole record lies in the buffer; nil once it does.
    private static func awaitRecord(
        _ reader: UnsafeMutablePointer<TLSReader>, _ state: State
    ) -> TLSTransfer? {
        // Each pass receives a byte at least, or ends.
        while true {
            if Self.hasRecord(state) {
                // A type and a tag are the least.
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

    /// The record at `from`, or at the buffer's start, ends the connection.
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
