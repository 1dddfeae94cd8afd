import Testing
import Wire

/// What goes onto the wire, and what must never go.
@Suite(.timeLimit(.minutes(1)))
struct HTTP1EncoderTests {
    private func encode(
        _ method: String, _ target: String = "/", _ fields: [(name: String, value: String)] = [],
        body: String = ""
    ) throws(HTTP1EncodeFault) -> String {
        let body = Array(body.utf8)
        let (bytes, headerCount) = try HTTP1RequestEncoder.encode(
            method: method, target: target, fields: fields, body: body)
        #expect(Array(bytes.dropFirst(headerCount)) == body)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("requests are written byte for byte")
    func bytes() throws {
        let fields = [(name: "Host", value: "a:80"), (name: "Accept", value: "")]
        #expect(
            try encode("GET", "/x?y=1", fields) == "GET /x?y=1 HTTP/1.1\r\nHost: a:80\r\nAccept: \r\n\r\n")
        #expect(try encode("DELETE", body: "hi") == "DELETE / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")
        let length = [(name: "content-length", value: "2")]
        #expect(
            try encode("POST", "/", length, body: "hi") == "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi")
    }

    @Test("Content-Length is sent with a body, and with methods that expect one")
    func contentLength() throws {
        for method in ["POST", "PUT", "PATCH"] {
            #expect(try encode(method) == "\(method) / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        }
        for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
            #expect(try encode(method) == "\(method) / HTTP/1.1\r\n\r\n")
        }
    }

    @Test("the server's parser reads back what is encoded")
    func roundTrip() throws {
        let (bytes, headerCount) = try HTTP1RequestEncoder.encode(
            method: "PUT", target: "/%C3%A9", fields: [("X", "\u{E9}\t1"), ("Connection", "close")],
            body: [0, 13, 10])
        let reading = readRequestEverySplit(bytes)
        #expect(reading.end == .complete)
        #expect(reading.facts.start == "put /%C3%A9 1")
        #expect(reading.facts.headerBytes == UInt64(headerCount))
        #expect(reading.facts.bodyBytes == 3)
        #expect(!reading.facts.keepAlive)
    }

    @Test("nothing that could end a line, or add one, is encoded")
    func injection() {
        // CR LF is one Character in Swift: a check by Character would let it pass.
        let payloads = [
            "\r\n", "\r", "\n", "\u{0}", "a\r\nX: 1", "a\nb", "\r\n\r\nGET / HTTP/1.1", "\u{7F}", "\u{1B}",
        ]
        for payload in payloads {
            #expect(throws: HTTP1EncodeFault.method) { try encode("GET\(payload)") }
            #expect(throws: HTTP1EncodeFault.target) { try encode("GET", "/\(payload)") }
            let good = (name: "A", value: "b")
            #expect(throws: HTTP1EncodeFault.fieldName(index: 1)) {
                try encode("GET", "/", [good, ("X\(payload)", "")])
            }
            #expect(throws: HTTP1EncodeFault.fieldValue(index: 1)) {
                try encode("GET", "/", [good, ("X", payload)])
            }
        }
        for name in ["", "a b", "a:", "(a)", "\u{E9}"] {
            #expect(throws: HTTP1EncodeFault.fieldName(index: 0)) { try encode("GET", "/", [(name, "1")]) }
        }
        for target in ["", " ", "/a b", "/\u{E9}", "/\t"] {
            #expect(throws: HTTP1EncodeFault.target) { try encode("GET", target) }
        }
        for method in ["", "G T", "GET:", "G\u{E9}T"] {
            #expect(throws: HTTP1EncodeFault.method) { try encode(method) }
        }
    }

    @Test("fields that contradict the framing of the body are refused")
    func framing() {
        for value in ["1", "+2", "2, 2", "", "02"] {
            #expect(throws: HTTP1EncodeFault.contentLength(index: 0)) {
                try encode("POST", "/", [("Content-length", value)], body: "hi")
            }
        }
        #expect(throws: HTTP1EncodeFault.contentLength(index: 1)) {
            try encode("POST", "/", [("Content-Length", "2"), ("content-length", "2")], body: "hi")
        }
        #expect(throws: HTTP1EncodeFault.transferEncoding(index: 0)) {
            try encode("POST", "/", [("Transfer-Encoding", "chunked")])
        }
    }

    @Test("the client's parser reads a response head of every status")
    func responseHeads() {
        for status in UInt16(200)...599 {
            let head = "HTTP/1.1 \(status) Any\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            let reading = readEverySplit(Array(head.utf8))
            #expect(reading.end == .complete)
            #expect(reading.facts.start == "\(status)")
            #expect(!reading.facts.keepAlive)
        }
    }

    @Test("every fault has a sentence of its own")
    func sentences() {
        let faults = HTTP1Fault.allCases.map(\.sentence)
        let encode: [HTTP1EncodeFault] = [
            .method, .target, .fieldName(index: 2), .fieldValue(index: 2), .contentLength(index: 2),
            .transferEncoding(index: 2),
        ]
        let all = faults + encode.map(\.sentence)
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.count > 20 && !$0.hasSuffix(".") })
        #expect(encode.suffix(4).allSatisfy { $0.sentence.contains("field 3") }, "people count from 1")
    }
}
