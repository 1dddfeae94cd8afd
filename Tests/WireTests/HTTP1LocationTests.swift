import Testing

@testable import Wire

@Suite("The Location of a response's head")
struct HTTP1LocationTests {
    private func find(_ text: String) -> LocationField {
        Array(text.utf8).withUnsafeBufferPointer { HTTP1Location.find($0) }
    }

    private func value(_ text: String) -> LocationField { .value(Array(text.utf8)) }

    @Test("It is found by its name in any case, without the blanks around it, and before the body")
    func found() {
        #expect(self.find("HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n") == self.value("/a"))
        #expect(self.find("HTTP/1.1 302 Found\r\nX: y\r\nlOCATION:\t /a \t\r\nZ: 1\r\n\r\n") == self.value("/a"))
        #expect(self.find("HTTP/1.1 302\r\nLocation:\r\n\r\n") == self.value(""))
        #expect(self.find("HTTP/1.1 302 x\r\nX-Location: /a\r\nLocations: /b\r\n\r\nLocation: /c\r\n\r\n") == .none)
    }

    @Test("Interim heads before the final one do not count")
    func interim() {
        let early = "HTTP/1.1 103 Early Hints\r\nLocation: /early\r\n\r\n"
        #expect(self.find(early + "HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n") == self.value("/a"))
        #expect(self.find(early + "\r\nHTTP/1.1 302 Found\r\n\r\n") == .none)
    }

    @Test("The same one twice counts once; different, folded and endless ones are unusable")
    func unusable() {
        #expect(self.find("HTTP/1.1 302 x\r\nLocation: /a\r\nLocation: /a\r\n\r\n") == self.value("/a"))
        #expect(self.find("HTTP/1.1 302 x\r\nLocation: /a\r\nLocation: /b\r\nLocation: /a\r\n\r\n") == .unusable)
        #expect(self.find("HTTP/1.1 302 x\r\nLocation: /a\r\n /b\r\n\r\n") == .unusable)
        #expect(self.find("HTTP/1.1 302 x\r\nX: /a\r\n /b\r\nLocation: /a\r\n\r\n") == self.value("/a"))
        let long = String(repeating: "a", count: LocationField.lengthLimit + 1)
        #expect(self.find("HTTP/1.1 302 x\r\nLocation: \(long)\r\n\r\n") == .unusable)
    }

    @Test("No bytes trap, whole or cut anywhere")
    func anyBytes() {
        let head = "HTTP/1.1 103 E\r\nLocation: /x\r\n\r\nHTTP/1.1 302 F\r\n y\r\nLocation: /a\r\n\r\nbody"
        let bytes = Array(head.utf8)
        for length in 0...bytes.count {
            bytes[..<length].withUnsafeBufferPointer { _ = HTTP1Location.find($0) }
        }
        var state: UInt64 = 3
        let alphabet = Array("Location: \r\n\tHTP/1. 3\u{0}".utf8)
        for _ in 0..<20_000 {
            var random: [UInt8] = []
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                random.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            random.withUnsafeBufferPointer { _ = HTTP1Location.find($0) }
        }
    }
}
