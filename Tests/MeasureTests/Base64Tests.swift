import Foundation
import Numerics
import Testing

@testable import Measure

@Suite("Base64")
struct Base64Tests {
    @Test("text is that of Foundation, and reads back, at every length")
    func everyLength() {
        var random = RandomGenerator(seed: 64)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            var text: [UInt8] = []
            Base64.append(bytes, to: &text)
            #expect(text == Array(Data(bytes).base64EncodedString().utf8))
            #expect(Base64.decode(text[...]) == bytes)
        }
    }

    @Test(
        "anything but the text of some bytes is refused",
        arguments: [
            "A", "AA", "AAA", "A===", "AA=A", "====", "AB==", "AAB=", "AA==AAAA", "AA A", "AA\nA", "AA-_",
            "\u{e9}AA",
        ])
    func refused(text: String) { #expect(Base64.decode(Array(text.utf8)[...]) == nil) }
}
