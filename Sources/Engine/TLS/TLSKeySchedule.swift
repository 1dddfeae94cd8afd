import COpenSSL

/// A traffic secret of TLS 1.3: at most 48 bytes, the output of SHA-384.
struct TLSSecret {
    static let capacity = 48

    private var bytes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    private(set) var count = 0

    /// Of the hexadecimal digits at the end of a line as OpenSSL's keylog callback gives it; nil for anything else.
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
    func expand(_ label: StaticString, _ digest: OpaquePointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        var information: [UInt8] = [UInt8(output.count >> 8 & 0xFF), UInt8(output.count & 0xFF)]
        let name = Array("tls13 ".utf8) + label.withUTF8Buffer { Array($0) }
        // An empty context, and the number of the block (RFC 5869, 2.3).
        information += [UInt8(name.count)] + name + [0, 1]
        var block = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let done = withUnsafeBytes(of: self.bytes) {
            HMAC(digest, $0.baseAddress, Int32(self.count), information, information.count, &block, &length)
        }
        defer { OPENSSL_cleanse(&block, block.count) }
        guard done != nil, output.count <= Int(length) else { return false }
        block.withUnsafeBytes { output.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(output.count))) }
        return true
    }

    /// The secret after a KeyUpdate (RFC 8446, 7.2); nil where OpenSSL has no memory.
    func next(_ digest: OpaquePointer) -> TLSSecret? {
        var next = TLSSecret(count: self.count)
        let isDone = withUnsafeMutableBytes(of: &next.bytes) { bytes in
            self.expand("traffic upd", digest, into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(self.count)))
        }
        return isDone ? next : nil
    }

    /// Nothing of it stays in memory.
    mutating func wipe() {
        withUnsafeMutableBytes(of: &self.bytes) { OPENSSL_cleanse($0.baseAddress, $0.count) }
        self.count = 0
    }
}
