import COpenSSL

/// The hash of a cipher suite, for its key schedule: one HMAC, used with one key after the other.
struct TLSHash {
    /// EVP_MAC_CTX.
    let hmac: OpaquePointer
    /// Bytes of a digest, and of a secret.
    let count: Int

    private init?(_ name: String, count: Int) {
        guard let hmac = openssl_hmac(TLSLibrary.hmac, name) else {
            ERR_clear_error()
            return nil
        }
        self.hmac = hmac
        self.count = count
    }

    /// The two hashes that cipher suites use (RFC 8446, B.4); nil where OpenSSL has no memory.
    static func sha256() -> TLSHash? { TLSHash("SHA2-256", count: 32) }
    static func sha384() -> TLSHash? { TLSHash("SHA2-384", count: 48) }

    /// Overwrites the last key, so that it does not stay in memory.
    func forgetKey() {
        var nothing: UInt8 = 0
        _ = EVP_MAC_init(self.hmac, &nothing, 1, nil)
    }

    func free() { EVP_MAC_CTX_free(self.hmac) }
}

/// A traffic secret of TLS 1.3: at most 48 bytes, the output of SHA-384.
struct TLSSecret {
    static let capacity = 48

    private var bytes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    private(set) var count = 0

    /// Reads the hexadecimal digits at the end of a line from OpenSSL's keylog callback; nil for anything else.
    init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count % 2 == 0, digits.count > 0, digits.count <= 2 * Self.capacity else { return nil }
        self.count = digits.count / 2
        for index in 0..<self.count {
            guard let high = Self.value(digits[2 * index]), let low = Self.value(digits[2 * index + 1]) else {
                return nil
            }
            withUnsafeMutableBytes(of: &self.bytes) { $0[index] = high << 4 | low }
        }
    }

    /// So many bytes, to be filled.
    init(count: Int) { self.count = min(max(count, 0), Self.capacity) }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446, 7.1), where one block of the hash is enough: `into` is no
    /// longer than the digest. False where OpenSSL has no memory.
    func expand(_ label: StaticString, _ hash: TLSHash, into output: UnsafeMutableRawBufferPointer) -> Bool {
        // The label's length, and an empty context with the number of the block (RFC 5869, 2.3) behind it.
        let name = UnsafeBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount)
        let head: (UInt8, UInt8, UInt8) = (
            UInt8(truncatingIfNeeded: output.count >> 8), UInt8(truncatingIfNeeded: output.count),
            UInt8(truncatingIfNeeded: Self.prefix.utf8CodeUnitCount + name.count)
        )
        let tail: (UInt8, UInt8) = (0, 1)
        var block: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
        return withUnsafeBytes(of: self.bytes) { secret in
            withUnsafeMutableBytes(of: &block) { block in
                defer { OPENSSL_cleanse(block.baseAddress, block.count) }
                var length = 0
                let isDone =
                    EVP_MAC_init(hash.hmac, Self.start(secret), self.count, nil) == 1
                    && withUnsafeBytes(of: head) { EVP_MAC_update(hash.hmac, Self.start($0), $0.count) } == 1
                    && EVP_MAC_update(hash.hmac, Self.prefix.utf8Start, Self.prefix.utf8CodeUnitCount) == 1
                    && EVP_MAC_update(hash.hmac, name.baseAddress, name.count) == 1
                    && withUnsafeBytes(of: tail) { EVP_MAC_update(hash.hmac, Self.start($0), $0.count) } == 1
                    && EVP_MAC_final(
                        hash.hmac, block.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, block.count) == 1
                guard isDone, output.count <= length else { return false }
                output.copyMemory(from: UnsafeRawBufferPointer(rebasing: block.prefix(output.count)))
                return true
            }
        }
    }

    /// The prefix of every label of TLS 1.3 (RFC 8446, 7.1).
    private static let prefix: StaticString = "tls13 "

    private static func start(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }

    /// The secret after a KeyUpdate (RFC 8446, 7.2); nil where OpenSSL has no memory.
    func next(_ hash: TLSHash) -> TLSSecret? {
        var next = TLSSecret(count: self.count)
        let isDone = withUnsafeMutableBytes(of: &next.bytes) { bytes in
            self.expand("traffic upd", hash, into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(self.count)))
        }
        return isDone ? next : nil
    }

    /// Wipes it from memory.
    mutating func wipe() {
        withUnsafeMutableBytes(of: &self.bytes) { OPENSSL_cleanse($0.baseAddress, $0.count) }
        self.count = 0
    }
}
