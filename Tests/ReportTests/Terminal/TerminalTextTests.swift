import Record
import Report
import Testing

@Suite struct TerminalTextTests {
    @Test(
        "Nothing that controls a terminal survives",
        arguments: [
            ([0x1B, 0x5B, 0x33, 0x31, 0x6D], "\\x1b[31m"),
            ([0x07, 0x08, 0x0D, 0x0A, 0x09], "\\x07\\x08\\x0d\\x0a\\x09"),
            ([0xC2, 0x9B, 0x41], "\\u{9b}A"), ([0x9B, 0x41], "\\x9bA"), ([0x7F, 0x00], "\\x7f\\x00"),
            ([0xE2, 0x80, 0xAE], "\\u{202e}"), ([0xE2, 0x80, 0xA8], "\\u{2028}"), ([0x5C], "\\\\"),
            ([0xFF, 0xFE, 0x41], "\\xff\\xfeA"), ([0xE2, 0x80], "\\xe2\\x80"),
            ([0xE2, 0x80, 0x41], "\\xe2\\x80A"),
            ([0xC0, 0x80], "\\xc0\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xC3, 0xBC], "ü"),
            ([0xF0, 0x9F, 0x9A, 0x80, 0xF0], "🚀\\xf0"),
        ] as [([UInt8], String)])
    func sanitises(bytes: [UInt8], text: String) { #expect(TerminalText.sanitised(bytes) == text) }

    @Test("Lines are kept only if that is asked for")
    func keepsLines() {
        #expect(TerminalText.sanitised(Array("a\tb\r\nc\u{1B}".utf8), keepingLines: true) == "a\tb\r\nc\\x1b")
    }

    @Test("Sanitised text can be read back: no byte is lost, whatever the input")
    func isLossless() {
        var state: UInt64 = 11
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Half of them are continuation and lead bytes, so that nearly valid UTF-8 is frequent.
                let byte = UInt8(truncatingIfNeeded: state >> 56)
                bytes.append(state & 1 << 40 == 0 ? byte : byte | 0x80)
            }
            #expect(Self.read(TerminalText.sanitised(bytes)) == bytes)
        }
    }

    @Test("Width counts columns: wide characters two, combining marks none")
    func width() {
        #expect(TerminalText.width("abc") == 3)
        #expect(TerminalText.width("日本") == 4)
        #expect(TerminalText.width("e\u{301}") == 1)
        #expect(TerminalText.width("µ×·█▁↓…") == 7)
    }

    @Test("Clipping keeps to the columns and marks the cut")
    func clips() {
        #expect(TerminalText.clipped("abcdef", columns: 6) == "abcdef")
        #expect(TerminalText.clipped("abcdef", columns: 4) == "abc…")
        #expect(TerminalText.clipped("日本語", columns: 4) == "日…")
        #expect(TerminalText.clipped("abc", columns: 0) == "")
    }

    @Test("Wrapping cuts after spaces if it can, and loses nothing but them")
    func wraps() {
        #expect(TerminalText.wrapped("one two three", columns: 8) == ["one two", "three"])
        #expect(TerminalText.wrapped("abcdefghij", columns: 4) == ["abcd", "efgh", "ij"])
        #expect(TerminalText.wrapped("", columns: 4) == [""])
        for columns in 2...30 {
            let text = "the quick  brown fox 日本語 jumps over averyverylongword again"
            let lines = TerminalText.wrapped(text, columns: columns)
            #expect(lines.allSatisfy { TerminalText.width($0) <= columns })
            let kept = lines.joined().filter { $0 != " " }
            #expect(kept == text.filter { $0 != " " })
        }
    }

    /// The inverse of `sanitised`.
    private static func read(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                bytes.append(contentsOf: Array(String(scalar).utf8))
                continue
            }
            switch rest.popFirst() {
            case "x":
                bytes.append(UInt8(String(String.UnicodeScalarView(rest.prefix(2))), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            case "u":
                let hex = String(String.UnicodeScalarView(rest.dropFirst().prefix { $0 != "}" }))
                rest = rest.dropFirst(hex.count + 2)
                bytes.append(
                    contentsOf: Array(String(Unicode.Scalar(UInt32(hex, radix: 16) ?? 0) ?? "?").utf8))
            default: bytes.append(UInt8(ascii: "\\"))
            }
        }
        return bytes
    }
}
