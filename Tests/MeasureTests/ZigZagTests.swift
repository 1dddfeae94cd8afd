import Testing

@testable import Measure

@Suite("ZigZag words")
struct ZigZagTests {
    @Test(
        "words are those of Java",
        arguments: [
            (0, [0x00]), (1, [0x02]), (64, [0x80, 0x01]), (-1, [0x01]), (-100, [0xC7, 0x01]),
            (1_000_000_000, [0x80, 0xA8, 0xD6, 0xB9, 0x07]),
            (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ] as [(Int64, [UInt8])])
    func known(word: Int64, expected: [UInt8]) {
        var bytes: [UInt8] = []
        ZigZag.append(word, to: &bytes)
        #expect(bytes == expected)
        var at = 0
        #expect(ZigZag.next(in: bytes[...], at: &at) == word)
        #expect(at == bytes.count)
    }

    @Test("every power of two and its neighbours read back, whatever follows them")
    func powersReadBack() {
        for shift in 0..<64 {
            for offset in -1...1 {
                let word = Int64(bitPattern: UInt64(1) << UInt64(shift)) &+ Int64(offset)
                var bytes: [UInt8] = []
                ZigZag.append(word, to: &bytes)
                let length = bytes.count
                #expect(length <= ZigZag.longest)
                for cut in 0..<length {
                    var at = 0
                    #expect(ZigZag.next(in: bytes[..<cut], at: &at) == nil)
                }
                bytes += [0xFF, 0x80]
                var at = 0
                #expect(ZigZag.next(in: bytes[...], at: &at) == word)
                #expect(at == length)
            }
        }
    }
}
