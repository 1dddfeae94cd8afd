/// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a keyed hash of 64 bits. Without the
/// key no reader can test guesses of a secret against its hash.
struct SipHash {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    /// The hash of some bytes under a key of 128 bits.
    static func hash(_ bytes: some Collection<UInt8>, key: (UInt64, UInt64)) -> UInt64 {
        var state = SipHash(key: key)
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (8 * (count & 7))
            count &+= 1
            if count & 7 == 0 {
                state.absorb(word)
                word = 0
            }
        }
        state.absorb(word | count << 56)
        return state.finish()
    }

    private init(key: (UInt64, UInt64)) {
        self.v0 = key.0 ^ 0x736f_6d65_7073_6575
        self.v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        self.v2 = key.0 ^ 0x6c79_6765_6e65_7261
        self.v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    private mutating func absorb(_ word: UInt64) {
        self.v3 ^= word
        self.round()
        self.round()
        self.v0 ^= word
    }

    private mutating func finish() -> UInt64 {
        self.v2 ^= 0xff
        for _ in 0..<4 { self.round() }
        return self.v0 ^ self.v1 ^ self.v2 ^ self.v3
    }

    private mutating func round() {
        self.v0 &+= self.v1
        self.v1 = Self.rotated(self.v1, 13) ^ self.v0
        self.v0 = Self.rotated(self.v0, 32)
        self.v2 &+= self.v3
        self.v3 = Self.rotated(self.v3, 16) ^ self.v2
        self.v0 &+= self.v3
        self.v3 = Self.rotated(self.v3, 21) ^ self.v0
        self.v2 &+= self.v1
        self.v1 = Self.rotated(self.v1, 17) ^ self.v2
        self.v2 = Self.rotated(self.v2, 32)
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
