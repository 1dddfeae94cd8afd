import Testing

@testable import Workload
import Units

@Suite("What a request's head may contain")
struct HTTPFieldTests {
    /// Payloads that would begin a new line or a new request somewhere, or end one early.
    static let injections: [String] = {
        let breaks = ["\r\n", "\n", "\r", "\u{0}", "\u{B}", "\u{C}", "\u{1B}", "\u{7F}", "\r\n\r\n", "\n\n"]
        let tails = ["X: y", "GET / HTTP/1.1", "", " folded"]
        return breaks.flatMap { mark in
            tails.flatMap { ["a\(mark)\($0)", "\(mark)\($0)", "\($0)\(mark)", "a\(mark)b\($0)"] }
        }
    }()

    @Test("no line break and no control character passes, wherever it is")
    func refusesInjections() {
        #expect(Self.injections.count == 160)
        for payload in Self.injections {
            #expect(throws: ParseError.self) { try HTTPField.checkMethod("GET" + payload) }
            #expect(throws: ParseError.self) { try HTTPField.checkPath("/" + payload) }
            #expect(throws: ParseError.self) { try HTTPField.checkName("X" + payload) }
            #expect(throws: ParseError.self) { try HTTPField.checkValue(payload, of: "Cookie") }
            #expect(throws: ParseError.self) { try HTTPField.checkValue("h" + payload, of: "Host") }
            #expect(throws: ParseError.self) { try TargetURL.parse("http://h" + payload) }
            #expect(throws: ParseError.self) { try TargetURL.parse("http://h/?q=" + payload) }
        }
    }

    @Test("each byte is judged as in RFC 9110")
    func everyByte() {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8(0)...0x7F {
            let text = String(decoding: [byte], as: UTF8.self)
            let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            let isToken = isLetter || (0x30...0x39).contains(byte) || marks.contains(byte)
            #expect(passes { try HTTPField.checkName("X" + text) } == isToken)
            #expect(passes { try HTTPField.checkMethod("Q" + text) } == isToken)
            let isValue = byte == 9 || (0x20...0x7E).contains(byte)
            #expect(passes { try HTTPField.checkValue("a" + text + "a", of: "X") } == isValue)
            let isPath = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
            #expect(passes { try HTTPField.checkPath("/" + text) } == isPath)
        }
    }

    @Test(
        "headroom's own header fields cannot be set",
        arguments: [
            "Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING", "Connection",
        ])
    func refusesReserved(_ name: String) {
        #expect { try HTTPField.checkName(name) } throws: { "\($0)".contains("written by headroom") }
        #expect { try HeaderField.parse("\(name): 5") } throws: { "\($0)".contains("written by headroom") }
    }

    @Test("Host may be set once, to a host")
    func host() throws {
        try HTTPField.check([
            HeaderField(name: "Host", value: "shop.example.com:81"), HeaderField(name: "A", value: ""),
        ])
        try HTTPField.check([HeaderField(name: "host", value: "[::1]:8080")])
        let twice = [HeaderField(name: "Host", value: "a"), HeaderField(name: "hOST", value: "b")]
        #expect { try HTTPField.check(twice) } throws: { "\($0)".contains("twice") }
        for value in ["", "a/b", "a b", "u@h", "a:b", "a?b", "a,b", "a#b"] {
            #expect(throws: ParseError.self) { try HTTPField.checkValue(value, of: "HOST") }
        }
    }

    @Test("a header line is split at its first colon and trimmed")
    func parses() throws {
        #expect(try HeaderField.parse("Accept: text/html") == HeaderField(name: "Accept", value: "text/html"))
        #expect(try HeaderField.parse("X:a:b \t") == HeaderField(name: "X", value: "a:b"))
        #expect(try HeaderField.parse("X-Empty:") == HeaderField(name: "X-Empty", value: ""))
        for line in ["", "no colon", ": x", "A B: x", "A : x", "A: x\r\nB: y", "\u{E4}: x"] {
            #expect(throws: ParseError.self) { try HeaderField.parse(line) }
        }
    }

    @Test("a header's value, which may be a secret, is not repeated in its error")
    func hidesValues() {
        #expect { try HeaderField.parse("Authorization: s3cret\u{1}") } throws: {
            !"\($0)".contains("s3cret")
        }
        #expect { try HeaderField.parse("Authorization s3cret") } throws: { !"\($0)".contains("s3cret") }
    }

    @Test("lengths and numbers have limits")
    func limits() {
        #expect(throws: ParseError.self) {
            try HTTPField.checkPath("/" + String(repeating: "a", count: 8_192))
        }
        #expect(throws: ParseError.self) {
            try HTTPField.checkValue(String(repeating: "a", count: 8_193), of: "X")
        }
        #expect(throws: ParseError.self) { try HTTPField.checkName(String(repeating: "a", count: 257)) }
        #expect(throws: ParseError.self) { try HTTPField.checkMethod(String(repeating: "A", count: 33)) }
        let many = Array(repeating: HeaderField(name: "A", value: "b"), count: 101)
        #expect(throws: ParseError.self) { try HTTPField.check(many) }
    }

    @Test("a method in small letters gets a hint how to write it, and CONNECT is refused")
    func methods() {
        #expect { try HTTPField.checkMethod("get") } throws: { "\($0)".contains("write GET") }
        #expect { try HTTPField.checkMethod("CONNECT") } throws: { "\($0)".contains("tunnel") }
        #expect(throws: Never.self) { try HTTPField.checkMethod("PURGE") }
    }

    private func passes(_ check: () throws -> Void) -> Bool {
        do {
            try check()
            return true
        } catch {
            return false
        }
    }
}
