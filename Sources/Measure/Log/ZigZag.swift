/// Signed words as HdrHistogram V2 writes them: ZigZag, then LEB128-64b9B. Seven bits per byte, low ones first; the
/// high bit means that more follow. The ninth byte carries eight bits, so that no word takes ten.
enum ZigZag {
    /// The most bytes of a word.
    static let longest = 9

    /// Appends a word.
    @inline(__always)
    static func append(_ word: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (word << 1) ^ (word >> 63))
        var written = 1
        while rest > 0x7F, written < self.longest {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
            written += 1
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads the word at `at` and moves behind it; nil where the bytes end inside it.
    @inline(__always)
    static func next(in bytes: ArraySlice<UInt8>, at: inout Int) -> Int64? {
        var folded: UInt64 = 0
        for place in 0..<self.longest {
            guard at < bytes.endIndex else { return nil }
            let byte = bytes[at]
            at += 1
            if place == self.longest - 1 {
                folded |= UInt64(byte) << 56
            } else {
                folded |= UInt64(byte & 0x7F) << UInt64(7 * place)
                if byte < 0x80 { break }
            }
        }
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }
}
