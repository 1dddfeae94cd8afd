/// The byte classes of RFC 9110 section 5.6.2 and 5.5, as comparisons and bit masks: no table in memory, no lazy
/// global. Runs are skipped eight bytes at a time, as a head consists mostly of runs.
enum HTTP1Byte {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2C
    static let zero: UInt8 = 0x30
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let backslash: UInt8 = 0x5C

    /// SP or HTAB: the OWS and BWS of the grammar.
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// tchar: letters, digits and !#$%&'*+-.^_`|~
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        // Bit n of the first mask stands for byte n, of the second for byte 64 + n.
        let mask: UInt64 = byte & 0x40 == 0 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 0x80 && (mask &>> UInt64(byte & 0x3F)) & 1 == 1
    }

    /// VCHAR, obs-text, SP or HTAB: what a field value and a reason phrase may contain.
    @inline(__always)
    static func isText(_ byte: UInt8) -> Bool { (byte >= space && byte != 0x7F) || byte == tab }

    /// ASCII letters in lower case, every other byte unchanged. (`| 0x20` alone would turn CR into a hyphen.)
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt64? {
        if byte &- 0x30 < 10 { return UInt64(byte &- 0x30) }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 && byte >= 0x41 ? UInt64(letter &+ 10) : nil
    }

    /// The first index in `index..<end` whose byte is a control byte (HTAB, CR, LF, NUL, DEL ...), or `end`.
    @inline(__always)
    static func endOfText(_ bytes: UnsafePointer<UInt8>, from index: Int, to end: Int) -> Int {
        var index = index
        while end &- index >= 8 {
            let word = load(bytes, at: index)
            // The classic "has a byte less than n" and "has a zero byte" tests: exact for the lowest hit.
            let below = (word &- 0x2020_2020_2020_2020) & ~word
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let hits = (below | ((delete &- 0x0101_0101_0101_0101) & ~delete)) & 0x8080_8080_8080_8080
            if hits != 0 { return index &+ hits.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < end, bytes[index] >= space, bytes[index] != 0x7F { index &+= 1 }
        return index
    }

    /// The first index in `index..<end` with a byte that is no token byte, or `end`.
    @inline(__always)
    static func endOfToken(_ bytes: UnsafePointer<UInt8>, from index: Int, to end: Int) -> Int {
        var index = index
        while index < end {
            if end &- index >= 8 {
                let run = lettersAndHyphens(load(bytes, at: index))
                index &+= run
                if run == 8 { continue }
            }
            // The run stopped at the colon, or at a rarer token byte such as a digit.
            guard isToken(bytes[index]) else { return index }
            index &+= 1
        }
        return index
    }

    /// How many bytes of the word, from the first in memory on, are letters or hyphens.
    @inline(__always)
    private static func lettersAndHyphens(_ word: UInt64) -> Int {
        // Without the high bits no addition below carries into the next byte.
        let low = word & 0x7F7F_7F7F_7F7F_7F7F
        let folded = low | 0x2020_2020_2020_2020
        let fromA = folded &+ 0x1F1F_1F1F_1F1F_1F1F
        let pastZ = folded &+ 0x0505_0505_0505_0505
        let notHyphen = (low ^ 0x2D2D_2D2D_2D2D_2D2D) &+ 0x7F7F_7F7F_7F7F_7F7F
        let plain = ((fromA & ~pastZ) | ~notHyphen) & ~word
        let others = ~plain & 0x8080_8080_8080_8080
        return others == 0 ? 8 : others.trailingZeroBitCount &>> 3
    }

    /// Eight bytes as a word whose lowest byte is the first in memory.
    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>, at index: Int) -> UInt64 {
        UInt64(
            littleEndian: UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        )
    }
}
